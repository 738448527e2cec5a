"""Who may do what with the tables of cases. Only the door writes, as the system; people see what their units may see."""

from django.db import migrations
from django.db.migrations.operations.base import Operation

from sipingtai.access.rls import ACCOUNT, SYSTEM, EnableRLS, GrantApp, Policy, in_areas

_UNITS = "(SELECT actor_units())"
_SEEN = f"""{SYSTEM} OR (
    NOT (shunned && {_UNITS})
    AND ({ACCOUNT} IS NULL OR NOT ({ACCOUNT} = ANY (shunned_people)))
    AND (sight && {_UNITS} OR reporter_account = {ACCOUNT} OR (NOT restricted AND {in_areas("area")}))
)"""
_CASE_SEEN = f"{SYSTEM} OR EXISTS (SELECT 1 FROM cases_case WHERE cases_case.id = case_id)"  # noqa: S608

_GROWING = "SELECT, INSERT"
_CHANGING = "SELECT, INSERT, UPDATE"
_FOLDED = "SELECT, INSERT, UPDATE, DELETE"


def _guarded(table: str, privileges: str, seen: str = _CASE_SEEN) -> list[Operation]:
    operations: list[Operation] = [
        GrantApp(table, privileges),
        EnableRLS(table),
        Policy(table, "seen", "SELECT", using=seen),
        Policy(table, "door_inserts", "INSERT", check=SYSTEM),
    ]
    if "UPDATE" in privileges:
        # Whoever sees a row may lock it (SELECT … FOR UPDATE asks this policy); only the system may write it.
        operations.append(Policy(table, "door_updates", "UPDATE", using=seen, check=SYSTEM))
    if "DELETE" in privileges:
        operations.append(Policy(table, "door_deletes", "DELETE", using=SYSTEM))
    return operations


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("access", "0002_actor")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE cases_case_id_seq", "DROP SEQUENCE cases_case_id_seq"),
        GrantApp("cases_case_id_seq", "USAGE"),
        *_guarded("cases_case", _CHANGING, _SEEN),
        *_guarded("cases_step", _GROWING),
        *_guarded("cases_text", _CHANGING),
        *_guarded("cases_attachment", _CHANGING),
        *_guarded("cases_assignment", _FOLDED),
        *_guarded("cases_clock", _FOLDED),
        *_guarded("cases_word", _FOLDED),
        *_guarded("cases_precedent", _GROWING),
        *_guarded("cases_anchor", _GROWING, SYSTEM),
    ]
