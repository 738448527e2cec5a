"""Anchoring (锚定): the chain heads that changed since the last time go to the file outside the database.

1. One at a time: an advisory lock of the database, and a lock of the file.
2. Take up the thread where both the file and the database know it. Where one has lost records, the other's count goes
   on, so that the hole stays to be seen, and what may not be anchored any more is anchored again.
3. Fix the newest step there is, and wait until nobody can still commit an older one.
4. Write and sync the line; then let the database remember it. A crash between the two costs nothing: the file is ahead,
   and the next run notes it. After several crashes in a row, or one while several lines were written, it is ahead by
   more: what the journal still bears out is noted, and what it does not stays a hole that verification finds.

The cost is what changed: steps are found by their ids, and the file is read from its end.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from attrs import frozen
from django.db import OperationalError, connection

from sipingtai.access.actor_scope import system_scope
from sipingtai.access.keys import KeyProvider, KeyTrouble, installed_keys
from sipingtai.cases import models
from sipingtai.cases.anchor_file import AnchorFile, AnchorTrouble, Writer, installed_anchors
from sipingtai.cases.anchors import Head, Record, Unreadable, is_sealed, read, sealed, spell
from sipingtai.cases.journal import JOURNAL

SPAN = 20_000
"""Ids of steps one line covers at most: 600 kB where a great import comes at once. Each run reads the last line."""

_CRASHED = 100  # lines; a run that is killed has written a few, and runs come minutes apart
PATIENCE = timedelta(seconds=20)  # for whoever is writing steps just now; a request takes parts of a second
_LOOK = 0.05  # seconds between two looks
LOCK = 7_464_001  # any number nobody else locks; a backup takes it, so that database and file are of one moment


@frozen(kw_only=True)
class Anchored:
    """What a run came to."""

    records: int = 0
    steps: int = 0
    heads: int = 0
    last: Record | None = None  # the newest record there is


def anchor(now: datetime, *, anew: str = "", file: AnchorFile | None = None) -> Anchored:
    """Anchor what changed since the last time; nothing is written where nothing did.

    `anew` is a reason to begin anew: every head is anchored, and verification no longer holds the journal to what was
    anchored before (after a backup was restored). It stays in the file, and verification tells it for ever.
    Raises AnchorTrouble, KeyTrouble.
    """
    keys = installed_keys()
    with system_scope("锚定"):
        _alone()
        with (file or installed_anchors()).writing() as writer:
            return _write(writer, keys, now=now.astimezone(UTC), anew=anew)


def _write(writer: Writer, keys: KeyProvider, *, now: datetime, anew: str) -> Anchored:
    thread = _thread(writer, keys)
    since = 0 if anew else thread.since
    newest = _newest_step()
    settled = newest <= since or _settled()
    done = Anchored(last=thread.last)
    for low, high in _spans(since, newest, at_least_one=bool(anew)):
        heads, steps = _changed(low, high)
        if not anew and set(done.last.heads if done.last else ()).issuperset(heads):
            continue  # no step in this span, or none that the last record does not name already
        record = Record(
            no=thread.no + done.records + 1,
            at=now,
            since=low,
            reach=high,
            upto=high if settled else since,
            steps=steps,
            heads=heads,
            anew=anew,
            prev=done.last.seal if done.last and done.records else thread.seal,
        )
        record = sealed(record, keys.current(JOURNAL))
        writer.append(spell(record))
        _remember(record)
        anew = ""  # said once
        done = Anchored(records=done.records + 1, steps=done.steps + steps, heads=done.heads + len(heads), last=record)
    return done


@frozen(kw_only=True)
class _Thread:
    """Where to go on."""

    no: int = 0
    seal: str = "00" * 32
    since: int = 0
    last: Record | None = None


def _thread(writer: Writer, keys: KeyProvider) -> _Thread:
    """The later number of file and database, and the earlier step: a database set back has its steps anchored anew."""
    written = _last_written(writer, keys)
    known = models.Anchor.objects.order_by("-no").first()
    if written is None and known is None:
        return _Thread()
    if written is None or (known is not None and known.no > written.no):
        assert known is not None
        upto = min(known.upto, written.upto) if written else 0
        return _Thread(no=known.no, seal=bytes(known.seal).hex(), since=upto, last=written)
    if known is None or known.no < written.no:
        for record in _not_remembered(writer, keys, known.no if known else 0):
            if record.no == written.no or _borne_out(record):
                _remember(record)
    upto = min(known.upto, written.upto) if known else 0
    return _Thread(no=written.no, seal=written.seal, since=upto, last=written)


def _last_written(writer: Writer, keys: KeyProvider) -> Record | None:
    """The last line that was written whole by somebody with the key."""
    return next(_written(writer, keys), None)


def _written(writer: Writer, keys: KeyProvider) -> Iterator[Record]:
    """The records of the file from the last, as far as they are whole and sealed with our key."""
    for line in writer.backwards():
        try:
            record = read(line)
            if is_sealed(record, keys.get(JOURNAL, record.key)):
                yield record
        except (Unreadable, KeyTrouble):
            continue


def _not_remembered(writer: Writer, keys: KeyProvider, known: int) -> Iterator[Record]:
    """What the file has beyond what the database remembers, as far back as crashes can have left it, each once."""
    before: int | None = None
    for record in islice(_written(writer, keys), _CRASHED):
        if record.no <= known:
            return
        if before is None or record.no < before:
            yield record
            before = record.no


_BORNE_OUT = """
    SELECT count(*) FROM unnest(%s::bigint[], %s::integer[], %s::text[]) AS head (case_id, no, link)
    JOIN cases_step step ON step.case_id = head.case_id AND step.no = head.no
        AND rpad(encode(substring(step.link FROM 1 FOR 8), 'hex'), 16, '0') = head.link
"""


def _borne_out(record: Record) -> bool:
    """Whether the journal has every head the record names. A database that was set back has not."""
    cases, numbers, links = ([*column] for column in zip(*record.heads, strict=True)) if record.heads else ([], [], [])
    with connection.cursor() as cursor:
        cursor.execute(_BORNE_OUT, [cases, numbers, links])
        return bool(cursor.fetchone()[0] == len(record.heads))


def _remember(record: Record) -> None:
    row = models.Anchor(no=record.no, at=record.at, upto=record.upto, seal=bytes.fromhex(record.seal))
    row.save(force_insert=True)


def _alone() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    except OperationalError as error:
        raise AnchorTrouble("另一个锚定正在进行，请稍后再试。") from error


def _newest_step() -> int:
    newest = models.Step.objects.order_by("-id").values_list("id", flat=True).first()
    return newest or 0


def _settled() -> bool:
    """Wait until no transaction is left that could still commit a step older than the newest; False if one lasts.

    Ids are drawn when a step is inserted and become visible in the order of commits: 7 may turn up after 8 was
    anchored. Whoever has drawn an id has locked the table for writing before, and keeps that lock until the commit can
    be seen. So once all who hold it now have ended, every id up to the newest is there or never will be; those who come
    later draw higher ones.
    """
    waiting = _writers()
    until = time.monotonic() + PATIENCE.total_seconds()
    while waiting:
        if time.monotonic() > until:
            return False
        time.sleep(_LOOK)
        waiting &= _writers()
    return True


_WRITERS = """
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'cases_step'::regclass AND mode = 'RowExclusiveLock'
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND pid IS DISTINCT FROM pg_backend_pid()
"""


def _writers() -> frozenset[str]:
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS)
        return frozenset(row[0] for row in cursor.fetchall())


def _spans(since: int, newest: int, *, at_least_one: bool) -> Iterator[tuple[int, int]]:
    for low in range(since, max(newest, since + at_least_one), SPAN):
        yield low, min(low + SPAN, newest)


_CHANGED = """
    SELECT DISTINCT ON (case_id) case_id, no, rpad(encode(substring(link FROM 1 FOR 8), 'hex'), 16, '0'),
        count(*) OVER (PARTITION BY case_id)
    FROM cases_step WHERE id > %s AND id <= %s ORDER BY case_id, no DESC
"""


def _changed(low: int, high: int) -> tuple[tuple[Head, ...], int]:
    """The heads of the cases with a step among these ids, by case; and how many steps those are."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, [low, high])
        found = cursor.fetchall()
    return tuple(Head(case, no, link) for case, no, link, _ in found), sum(row[3] for row in found)
