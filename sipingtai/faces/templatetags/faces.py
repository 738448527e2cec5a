"""Template tags of the faces: icons from the one sprite, the clock chip, and who leads on duty."""

from functools import lru_cache

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from sipingtai.faces.on_duty import Leader, leaders

register = template.Library()

# A clock's state, in words for those who see neither colour nor shape.
CLOCK_WORDS = {
    "normal": "时限正常",
    "soon": "将到期",
    "overdue": "已到期",
    "long-overdue": "已超期",
    "paused": "已挂起",
    "done": "已完成",
}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """The icon `name` (a key of frontend/icons.json), hidden from screen readers unless `label` says what it means."""
    return _icon(name, label)


@lru_cache(maxsize=512)  # a page has a hundred, and their address is the same as long as the process lives
def _icon(name: str, label: str) -> SafeString:
    address = f"{static('faces/build/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>',
            label,
            address,
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', address)


@register.simple_tag
def clock(state: str, words: str) -> SafeString:
    """A clock chip (时限): its state as shape, colour and spoken word, and what it says, such as 剩 40 分.

    `state` is a key of CLOCK_WORDS, or the name of a core clock state such as LONG_OVERDUE. Anything else raises
    KeyError, for a chip must not lie.
    """
    state = state.lower().replace("_", "-")
    return format_html(
        '<span class="clock clock-{}">{}<span class="visually-hidden">{}：</span>{}</span>',
        state,
        icon(f"clock-{state}"),
        CLOCK_WORDS[state],
        words,
    )


@register.simple_tag(takes_context=True)
def on_duty(context: Context) -> tuple[Leader, ...]:
    """今日值班领导 of whoever asks: `{% on_duty as found %}`; empty where there is no rota."""
    return leaders(context.get("request"))
