"""Who asks: one transaction, in which the database knows the actor and row-level security judges every row.

Without a scope no actor is set, and every protected table is empty.
"""

import contextlib
import re
from collections.abc import Iterable, Iterator
from contextvars import ContextVar

from attrs import evolve, frozen
from django.db import connection, transaction

SYSTEM = "system"
_ROLE = re.compile(r"[a-z][a-z_]*")
_AREA = re.compile(r"[0-9A-Za-z_~-]*")


@frozen
class Actor:
    """What the database is told of whoever asks."""

    role: str  # what kind of actor: a post's family, `villager`, `link`, `system`
    account: int | None = None
    units: tuple[int, ...] = ()
    areas: tuple[tuple[str, str], ...] = ()  # ranges of area codes: from, up to but not including; order of bytes
    reason: str = ""  # of a system scope


class ScopeInsideScope(RuntimeError):
    """A scope was opened inside another: nobody acts as two at once."""


_current: ContextVar[Actor | None] = ContextVar("actor", default=None)

# One statement, so one round trip. `true`: the values end with the transaction.
_SET = (
    "SELECT set_config('sipingtai.role', %s, true), set_config('sipingtai.account', %s, true),"
    " set_config('sipingtai.units', %s, true), set_config('sipingtai.areas', %s, true),"
    " set_config('sipingtai.reason', %s, true),"
    # Somebody who waits for a row longer than this is told so, and tries again.
    " set_config('lock_timeout', '10s', true)"
)


def current() -> Actor | None:
    """The actor of the open scope, or None outside any."""
    return _current.get()


@contextlib.contextmanager
def scope(account_id: int | None, units: Iterable[int], areas: Iterable[tuple[str, str]], role: str) -> Iterator[Actor]:
    """Run one transaction as this actor; it is committed at the end and rolled back on an exception.

    `areas` are half-open ranges of area codes: ("331125", "331126") is the county and all below it.
    Raises ScopeInsideScope in another scope, ValueError for a role or a code that cannot be one.
    """
    with _acting(Actor(role, account_id, tuple(units), tuple(areas))) as actor:
        yield actor


@contextlib.contextmanager
def system_scope(reason: str) -> Iterator[Actor]:
    """Run one transaction as the system itself (jobs, imports, set-up), saying why."""
    if not reason:
        raise ValueError("a system scope names its reason")
    with _acting(Actor(SYSTEM, reason=reason)) as actor:
        yield actor


@contextlib.contextmanager
def _acting(actor: Actor) -> Iterator[Actor]:
    if _current.get() is not None:
        raise ScopeInsideScope
    values = _values(actor)
    with transaction.atomic():
        inside = len(connection.savepoint_ids) > 0  # an outer transaction would keep the values after us
        _tell(values)
        token = _current.set(actor)
        try:
            yield actor
        finally:
            _current.reset(token)
        if inside and not transaction.get_rollback():  # rolled back, the values go by themselves
            _tell(_values(evolve(actor, role="", account=None, units=(), areas=(), reason="")))


def _values(actor: Actor) -> list[str]:
    if actor.role and not _ROLE.fullmatch(actor.role):
        raise ValueError(f"not a role: {actor.role!r}")
    if not all(_AREA.fullmatch(end) for area in actor.areas for end in area):
        raise ValueError("not a range of area codes")
    return [
        actor.role,
        "" if actor.account is None else str(int(actor.account)),
        ",".join(str(int(unit)) for unit in actor.units),
        ",".join(f"{low}:{high}" for low, high in actor.areas),
        actor.reason,
    ]


def _tell(values: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SET, values)


@contextlib.contextmanager
def as_system(reason: str) -> Iterator[None]:
    """Inside an open scope, let the system itself read and write for a moment, then be the same actor again.

    For the one door alone: what a person may do has been judged by then, and the writing may touch what they cannot see
    (a case that leaves their hands, a follower of another office). Outside any scope it opens a system scope.
    """
    actor = _current.get()
    if actor is None:
        with system_scope(reason):
            yield
        return
    if actor.role == SYSTEM:
        yield
        return
    _tell(_values(Actor(SYSTEM, reason=reason)))
    yield
    # Not in a `finally`: after an error the transaction is lost, and with it what it was told.
    _tell(_values(actor))
