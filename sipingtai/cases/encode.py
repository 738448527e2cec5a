"""Case ↔ JSON. Fields at their default are left out of a stored state; a change always names its value.

Of the clocks, which are most of what a step has to say, a change spells only the new ones: a number stands for the one
in that place (from 0) of the list as it was before.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

import attrs
import orjson
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn

from sipingtai.core.calendar import TZ
from sipingtai.core.case import Case
from sipingtai.core.clocks import Clock
from sipingtai.core.limits import Limit

Json = dict[str, Any]

_TEXT_OF_LIMIT: dict[Limit, str] = {}
_LIMIT_OF_TEXT: dict[str, Limit] = {}


def _limit_text(limit: Limit) -> str:
    # The same few limits occur in millions of clocks.
    return _TEXT_OF_LIMIT.setdefault(limit, str(limit)) if limit not in _TEXT_OF_LIMIT else _TEXT_OF_LIMIT[limit]


def _limit(text: str) -> Limit:
    if text not in _LIMIT_OF_TEXT:
        _LIMIT_OF_TEXT[text] = Limit.parse(text)
    return _LIMIT_OF_TEXT[text]


def moment_text(moment: datetime) -> str:
    """A moment as the journal spells it: UTC, microseconds. Four times as fast as strftime: a case has dozens."""
    spelled = orjson.dumps(moment.astimezone(UTC), option=orjson.OPT_UTC_Z)[1:-1].decode()
    return spelled if len(spelled) == _WHOLE else f"{spelled[:-1]}.000000Z"  # it leaves out what is nought


_WHOLE = len("2026-03-02T01:30:00.000000Z")


def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True, prefer_attrib_converters=False, detailed_validation=False)
    converter.register_unstructure_hook(datetime, moment_text)
    converter.register_structure_hook(datetime, lambda text, _: datetime.fromisoformat(text).astimezone(TZ))
    converter.register_unstructure_hook(Limit, _limit_text)
    converter.register_structure_hook(Limit, lambda text, _: _limit(text))
    converter.register_unstructure_hook(frozenset, sorted)
    converter.register_unstructure_hook_func(lambda t: getattr(t, "__origin__", None) is frozenset, sorted)

    def sparse(cls: type) -> bool:
        return attrs.has(cls) and cls is not Limit

    converter.register_unstructure_hook_factory(
        sparse, lambda cls: make_dict_unstructure_fn(cls, converter, _cattrs_omit_if_default=cls is not Case)
    )
    converter.register_structure_hook_factory(sparse, lambda cls: make_dict_structure_fn(cls, converter))
    return converter


_CONVERTER = _converter()
# A case's id and its count of steps are columns of their own, not part of what a step changes.
_APART = ("id", "steps")


_FIELDS = [field for field in attrs.fields(Case) if field.name not in _APART]
_SPELL: dict[str, Callable[[Any], Any]] = {f.name: _CONVERTER.get_unstructure_hook(f.type) for f in _FIELDS}
_DEFAULT_VALUES = {f.name: f.default for f in _FIELDS if f.default is not attrs.NOTHING}
_VALUES_OF = attrgetter(*_SPELL)  # all at once, which costs half of one by one
_UNTOUCHED = [f.default for f in _FIELDS]
_CLOCKS = frozenset(f.name for f in _FIELDS if f.type == tuple[Clock, ...])
_spell_clock = _CONVERTER.get_unstructure_hook(Clock)


def encode(case: Case) -> Json:
    """The state as it is stored: plain JSON values, without the fields at their default."""
    return _differing(_VALUES_OF(case), _UNTOUCHED)


def decode(state: Mapping[str, Any], *, case_id: int, steps: int) -> Case:
    """The case a stored state stands for."""
    return _CONVERTER.structure({**state, "id": case_id, "steps": steps}, Case)


_DEFAULTS: Json = {name: _SPELL[name](value) for name, value in _DEFAULT_VALUES.items()}


def sparse(whole: Json) -> Json:
    """Spelled fields without those at their default: a later step may have put one back to it."""
    return {name: value for name, value in whole.items() if name not in _DEFAULTS or value != _DEFAULTS[name]}


def changes(before: Case | None, after: Case) -> Json:
    """The fields a step changed, with their new values; the first step names every field that is not at its default.

    The values themselves are compared, and only those that differ are spelled out: most fields of a case stay the same
    object from step to step.
    """
    if before is None:
        return encode(after)
    return _differing(_VALUES_OF(after), _VALUES_OF(before))


def _differing(values: Iterable[Any], others: Iterable[Any]) -> Json:
    """The fields whose values differ, spelled out."""
    return {
        name: _spelled_clocks(value, other) if name in _CLOCKS else spell(value)
        for (name, spell), value, other in zip(_SPELL.items(), values, others, strict=True)
        if value is not other and value != other
    }


def _spelled_clocks(clocks: Sequence[Clock], before: Sequence[Clock]) -> list[Any]:
    return [before.index(clock) if clock in before else _spell_clock(clock) for clock in clocks]


def apply(state: Json, changed: Json) -> Json:
    """Fold one step's changes into a sparse state (I6: replaying the steps gives the row)."""
    folded = {**state}
    fold(folded, changed)
    return sparse(folded)


def fold(state: Json, changed: Json) -> None:
    """Fold one step's changes into a state that may have fields at their default.

    Raises LookupError or TypeError for changes that no step of ours made.
    """
    for name, value in changed.items():
        if name in _CLOCKS:
            before = state.get(name, [])
            state[name] = [before[clock] if isinstance(clock, int) else clock for clock in value]
        else:
            state[name] = value
