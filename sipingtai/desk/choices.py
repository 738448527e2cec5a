"""What one may choose from (选项): long lists of options, written once for every state of the organisation."""

from collections.abc import Iterable
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from sipingtai.core.case import Channel
from sipingtai.core.setting import Setting, UnitKind
from sipingtai.core.stages import Stage
from sipingtai.desk.filters import DAYS, Narrowing
from sipingtai.desk.frame import asker_names
from sipingtai.faces.asker import Asker
from sipingtai.loop.reading.options import Choice
from sipingtai.loop.reading.places import Names, areas_within, categories
from sipingtai.org.actors import after

STATES = 8  # of the organisation that are kept: days and versions
PLACES = 64  # parts of the organisation people look at


def narrowing_options(asker: Asker, narrowing: Narrowing) -> dict[str, SafeString]:
    """The options one may narrow a list to, by the name they have in its address; what is in force is selected."""
    found, setting = asker_names(asker), asker.setting
    commands = frozenset(setting.units[u].command for u in asker.actor.units if u in setting.units)
    every = {
        "days": _days(),
        "stage": _stages(),
        "category": _categories(found, setting),
        "area": _areas(found, ranges(asker)),
        "channel": _channels(),
        "holder": _holders(setting, commands),
    }
    chosen = narrowing.values()
    return {name: _with_chosen(options, chosen[name]) for name, options in every.items()}


def ranges(asker: Asker) -> tuple[tuple[str, str], ...]:
    """The areas somebody may name: what they stand over, else where their units are."""
    if asker.standing.areas:
        return asker.standing.areas
    codes = {asker.setting.units[u].area for u in asker.actor.units if u in asker.setting.units}
    return tuple((code, after(code)) for code in sorted(codes))


@lru_cache(maxsize=STATES)
def category_list(found: Names, setting: Setting) -> SafeString:
    """The catalogue as a field proposes it while one types: 17002 公共设施 · 路灯."""
    return _written(Choice(value=f"{c.value} {c.label}", label="") for c in categories(found, setting))


@lru_cache(maxsize=STATES)
def _categories(found: Names, setting: Setting) -> SafeString:
    return _written(categories(found, setting))


@lru_cache(maxsize=PLACES)
def _areas(found: Names, within: tuple[tuple[str, str], ...]) -> SafeString:
    return _written(areas_within(found, within))


@lru_cache(maxsize=PLACES)
def _holders(setting: Setting, commands: frozenset[int]) -> SafeString:
    """Who may hold a case under these commands."""
    kinds = (UnitKind.COMMAND, UnitKind.PLATFORM, UnitKind.OFFICE)
    units = (u for u in setting.units.values() if u.command in commands and u.active and u.kind in kinds)
    return _written(Choice(value=str(u.id), label=u.name) for u in units)


@lru_cache(maxsize=1)
def _stages() -> SafeString:
    return _written(Choice(value=s.value, label=s.label) for s in Stage)


@lru_cache(maxsize=1)
def _channels() -> SafeString:
    return _written(Choice(value=c.value, label=c.label) for c in Channel)


@lru_cache(maxsize=1)
def _days() -> SafeString:
    return _written(Choice(value=days, label=label) for days, label in DAYS.items())


def _written(choices: Iterable[Choice]) -> SafeString:
    return render_to_string("desk/parts/options.html", {"choices": tuple(choices)})


def _with_chosen(options: SafeString, value: str) -> SafeString:
    if not value:
        return options
    named = f'value="{escape(value)}"'
    return mark_safe(options.replace(named, f"{named} selected", 1))  # noqa: S308  written by the template, marked here
