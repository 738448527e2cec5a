"""Who else has a case open now (在看、在填). A row lives as long as its owner's desk asks for news; nobody keeps it."""

from datetime import datetime, timedelta

from attrs import frozen
from django.db import connection

from sipingtai.core.calendar import local

# A desk asks every 4 s; one that has missed three turns is gone. Its row is written every second turn.
FRESH = timedelta(seconds=13)
STALE = timedelta(seconds=6)


@frozen(kw_only=True)
class Other:
    """Somebody else at the same case."""

    name: str
    since: str  # 10:32
    writing: bool  # has filled something in


def others(rows: list[list[object]] | None, me: int, now: datetime) -> tuple[tuple[Other, ...], bool]:
    """From the rows of `live.ASK`: who else is here, and whether one's own row is still good."""
    found, own = [], False
    for account, name, since, seen, writing in rows or ():
        fresh = now - datetime.fromisoformat(str(seen))
        if account == me:
            own = fresh < STALE
        elif fresh < FRESH:
            told = local(datetime.fromisoformat(str(since)))
            found.append(Other(name=str(name), since=f"{told:%H:%M}", writing=bool(writing)))
    return tuple(sorted(found, key=lambda o: (o.since, o.name))), own


_COME = """
    INSERT INTO desk_presence ("case", account, since, seen, writing)
    VALUES (%(case)s, %(account)s, %(now)s, %(now)s, %(writing)s)
    ON CONFLICT ("case", account) DO UPDATE SET seen = excluded.seen, writing = excluded.writing,
        since = CASE WHEN desk_presence.seen > excluded.seen - interval '30 seconds' THEN desk_presence.since
                     ELSE excluded.since END
"""


def come(case: int, account: int, now: datetime, *, writing: bool) -> None:
    """Say that somebody has this case open, and sweep out what is over. The caller has seen the case."""
    with connection.cursor() as cursor:
        cursor.execute(_COME, {"case": case, "account": account, "now": now, "writing": writing})
        cursor.execute("SELECT desk_forget_presence()")
