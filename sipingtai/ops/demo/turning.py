"""A township that changes its set-up in the middle of the year that is told (架构调整): its organisation.

Where the set-up before a delivered pack is delivered as well (`shelf.earlier`), a demo's township begins with that one.
The organisation changes first, as `sipingtai reorganise` changes it; then the year is told, its first part by people
and units as they were before (`first_part`).
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import cache

from attrs import frozen
from django.db import transaction

from sipingtai.access.routers import organisation_ahead
from sipingtai.core.calendar import TZ, local
from sipingtai.ops.demo.cast import Cast, gather_all
from sipingtai.org import models, reorganising
from sipingtai.org.management.commands.init import keep_passwords
from sipingtai.org.packs.applying import apply
from sipingtai.org.packs.codes import room_code, scheme_code
from sipingtai.org.packs.sheets import OWNER
from sipingtai.org.packs.shelf import Shelf, delivered, earlier, load
from sipingtai.org.reorganising import Change, pack_of

AGO = 120  # days before now; a shorter year begins afterwards
EVENING = time(18, 0)  # when the offices have closed


@frozen(kw_only=True)
class Turn:
    """A township's last evening under its earlier set-up."""

    place: str  # the township's name
    at: datetime
    before: Cast  # people and units as they were
    after: Cast  # as they are since
    change: Change


def first_forms() -> list[str]:
    """The packs a demo sets up: the earlier one of a township that is new or still lives by it, else the delivered."""
    forms = {pack: pack for pack in delivered()}
    for pack, before in _with_earlier():
        known = models.Unit.objects.filter(code=room_code(pack_of(before).code)).exists()
        if not known or _lives_by(before):
            forms[pack] = pack_of(before).file
    return list(forms.values())


def turn_all(casts: Sequence[Cast], now: datetime, *, ago: int = AGO) -> list[Turn]:
    """Reorganise those of these townships that live by an earlier set-up, some days before now; cases are told later.

    A filling that was interrupted left a reorganisation without cases: it is taken up again. Raises CannotReorganise.
    """
    areas = {cast.setting.units[cast.township].area: cast for cast in casts}
    found: list[Turn] = []
    for pack, before in _with_earlier():
        cast = areas.get(pack_of(before).code)
        if cast is not None and (turn := _turn(before, load([pack]), now, _evening(cast, now, ago))):
            found.append(turn)
    return found


def finish(turns: Sequence[Turn]) -> None:
    """Note that no open case is left behind, once what was told is stored."""
    for turn in turns:
        reorganising.finish(turn.change.command, turn.at + timedelta(hours=1))


@cache
def _with_earlier() -> tuple[tuple[str, Shelf], ...]:
    """Each delivered pack that has a set-up before it, and that one. Read once."""
    return tuple((pack, load([str(before)])) for pack in delivered() if (before := earlier(pack)))


def _lives_by(shelf: Shelf) -> bool:
    """Whether the township's set-up in force is this one."""
    pack = pack_of(shelf)
    code = scheme_code(pack.code, pack.scheme.name, pack.first_day) if pack.scheme else ""
    return models.Scheme.objects.filter(code=code, valid_to=None).exists()


def _turn(before: Shelf, after: Shelf, now: datetime, evening: datetime) -> Turn | None:
    with reorganising.nothing_else():
        row = reorganising.unfinished(after)
        if row is None and not _lives_by(before):
            return None
        at = local(row.started_at) if row else evening
        then = _as_it_was(before, at)
        if row is not None:
            change = reorganising.resumed(row, after, at)
        else:
            change, passwords = reorganising.carry_out(after, at, reorganising.preview(after, at).plan)
            if passwords:
                keep_passwords(passwords)
    (since,) = gather_all(now, [change.area])
    return Turn(place=pack_of(after).name, at=at, before=then, after=since, change=change)


def _evening(cast: Cast, now: datetime, ago: int) -> datetime:
    """After the last working day that long ago."""
    day = local(now).date() - timedelta(days=ago)
    while not cast.setting.calendar.is_workday(day):
        day -= timedelta(days=1)
    return datetime.combine(day, EVENING, TZ)


def _as_it_was(shelf: Shelf, at: datetime) -> Cast:
    """The township by its earlier pack, tried and taken back: after an interrupted run the tables are ahead of it."""
    with transaction.atomic(using=OWNER):
        apply(shelf, today=at.date())
        with organisation_ahead():
            (found,) = gather_all(at, [pack_of(shelf).code])
            found.meet()
        transaction.set_rollback(True, using=OWNER)
    return found
