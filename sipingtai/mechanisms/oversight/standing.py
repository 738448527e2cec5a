"""Who looks on (监督): oversight accounts, the area they stand over, and what they may fill in."""

from collections.abc import Mapping

from sipingtai.access.plain_text import clean
from sipingtai.core.posts import Actor, Post
from sipingtai.core.setting import Setting
from sipingtai.loop.errors import Invalid, NotFound
from sipingtai.org.actors import Standing

ROLE = "oversight"


def looks_on(standing: Standing) -> bool:
    """Whether somebody looks on and is no part of the loop's command: whoever commands as well cannot watch over it."""
    return standing.role == ROLE


def watched_area(actor: Actor, setting: Setting) -> str:
    """The widest area somebody's oversight seats stand over. Raises NotFound for whoever has none."""
    seats = [s for s in actor.seats | actor.substitute if s.post is Post.OVERSIGHT and s.unit in setting.units]
    if not seats:
        raise NotFound
    return min((setting.units[s.unit].area for s in seats), key=lambda area: (len(area), area))


def require_oversight(standing: Standing) -> None:
    """Raise NotFound for anybody else: for them there is no such thing."""
    if not looks_on(standing):
        raise NotFound


def written(texts: Mapping[str, tuple[str, str, int, int]]) -> dict[str, str]:
    """Texts as they are stored, by field: (as typed, label, fewest, most characters).

    Raises Invalid with every fault at once.
    """
    found: dict[str, str] = {}
    faults: dict[str, str] = {}
    for name, (typed, label, fewest, most) in texts.items():
        try:
            found[name] = clean(typed, most, label)
        except ValueError as error:
            faults[name] = str(error)
            continue
        if len(found[name]) < fewest:
            faults[name] = f"请填写{label}，至少 {fewest} 个字。" if fewest > 1 else f"请填写{label}。"
    if faults:
        raise Invalid(faults)
    return found
