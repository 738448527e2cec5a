"""Anchors for tests: anchored now, a verification with anchors, and whoever works on the database behind the door."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import psycopg

from sipingtai.access.file_store import installed_files
from sipingtai.access.keys import installed_keys
from sipingtai.cases.anchor_file import installed_anchors
from sipingtai.cases.verification import Figures, verify
from sipingtai.cases.verification_anchors import Anchors, read_anchors
from sipingtai.cases.verification_journal import Keyring
from sipingtai.jobs.anchor import Anchored, anchor
from sipingtai.org.models import Unit

Owner = psycopg.Connection[Any]

BESIDE = ("text", "attachment", "assignment", "clock", "word", "precedent")


def anchored(anew: str = "") -> Anchored:
    return anchor(datetime.now(UTC), anew=anew)


def lines() -> list[bytes]:
    return list(installed_anchors().lines())


def rewrite(kept: Iterable[bytes]) -> None:
    """What somebody with the file does to it."""
    installed_anchors().path.write_bytes(b"".join(line + b"\n" for line in kept))


def verified(*, now: datetime | None = None) -> tuple[str, Anchors]:
    """The faults, one a line, and what the anchors say beside them."""
    keys, units = installed_keys(), frozenset(Unit.objects.values_list("id", flat=True))
    anchors = read_anchors(installed_anchors(), Keyring(keys))
    faults = verify(
        keys=keys,
        files=installed_files(),
        units=units,
        figures=Figures(),
        anchors=anchors,
        now=now or datetime.now(UTC),
    )
    return "\n".join(map(str, faults)), anchors


def told(*, now: datetime | None = None) -> str:
    return verified(now=now)[0]


def told_without_anchors() -> str:
    keys, units = installed_keys(), frozenset(Unit.objects.values_list("id", flat=True))
    return "\n".join(map(str, verify(keys=keys, files=installed_files(), units=units, figures=Figures())))


class Snapshot:
    """All tables of cases as they are now, to set the database back to: a backup in somebody's hands."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._tables = [
            row[0] for row in owner.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'cases_%'").fetchall()
        ]
        owner.execute("DROP SCHEMA IF EXISTS taken CASCADE")
        owner.execute("CREATE SCHEMA taken")
        for table in self._tables:
            owner.execute(f"CREATE TABLE taken.{table} AS TABLE public.{table}")

    def restore(self) -> None:
        with self._owner.transaction():
            self._owner.execute(f"TRUNCATE {', '.join(f'public.{table}' for table in self._tables)} CASCADE")
            for table in sorted(self._tables, key=lambda name: name != "cases_case"):
                self._owner.execute(f"INSERT INTO public.{table} OVERRIDING SYSTEM VALUE TABLE taken.{table}")
            self._owner.execute(
                "SELECT setval(pg_get_serial_sequence('cases_step', 'id'), (SELECT max(id) FROM cases_step))"
            )

    def drop(self) -> None:
        self._owner.execute("DROP SCHEMA IF EXISTS taken CASCADE")


def delete_whole(owner: Owner, case_id: int) -> None:
    """A case with all that hangs on it, leaving nothing behind."""
    with owner.transaction():
        for table in (*BESIDE, "step"):
            owner.execute(f"DELETE FROM cases_{table} WHERE case_id = %s", [case_id])
        owner.execute("DELETE FROM cases_case WHERE id = %s", [case_id])


def cut_tail(owner: Owner, case_id: int, keep: int) -> None:
    """The steps after `keep` with their texts and files; the row and its side tables are set back from the snapshot."""
    with owner.transaction():
        for table in ("step", "text", "attachment"):
            owner.execute(f"DELETE FROM cases_{table} WHERE case_id = %s AND no > %s", [case_id, keep])
        for table in ("assignment", "clock", "word"):
            owner.execute(f"DELETE FROM cases_{table} WHERE case_id = %s", [case_id])
            before = f"SELECT * FROM taken.cases_{table} WHERE case_id = %s"
            owner.execute(f"INSERT INTO cases_{table} OVERRIDING SYSTEM VALUE {before}", [case_id])
        columns = owner.execute(
            "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute"
            " WHERE attrelid = 'cases_case'::regclass AND attnum > 0 AND NOT attisdropped"
        ).fetchone()
        assert columns is not None
        owner.execute(
            f"UPDATE cases_case SET ({columns[0]}) ="
            " (SELECT {0} FROM taken.cases_case t WHERE t.id = cases_case.id) WHERE id = %s".format(columns[0]),
            [case_id],
        )
