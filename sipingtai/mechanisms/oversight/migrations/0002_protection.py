"""Who reads what of oversight; and the one way in which a restricted case is shown to an oversight account."""

from django.db import migrations
from django.db.migrations.operations.base import Operation

from sipingtai.access.rls import ACCOUNT, ANY_UNIT, ROLE, SYSTEM, EnableRLS, GrantApp, Policy, app_role, in_areas

_UNITS = "(SELECT actor_units())"
_LOOKS_ON = f"{ROLE} = 'oversight'"

# Whose turn it is to decide; nobody who must keep out (回避) is ever named there.
_ASKED = f"{SYSTEM} OR (deciders && {_UNITS} AND NOT ({ACCOUNT} = ANY (kept_out)))"
# The applicant; who decides; and once it is granted whoever sees the case. An oversight account is shown no grant of
# another: asking that would ask the policy of cases, which asks for the grants.
_GRANT = f"""{SYSTEM} OR account = {ACCOUNT}
    OR EXISTS (SELECT 1 FROM oversight_asked WHERE oversight_asked.grant_id = oversight_grant.id)
    OR ({ROLE} <> 'oversight' AND granted
        AND EXISTS (SELECT 1 FROM cases_case WHERE cases_case.id = oversight_grant."case"))"""  # noqa: S608
_IN_AREA = f"{SYSTEM} OR ({_LOOKS_ON} AND {in_areas('area')})"
_OF_INSPECTION = "EXISTS (SELECT 1 FROM oversight_inspection WHERE oversight_inspection.id = inspection_id)"

# The cases an oversight account was granted sight of, as of this statement. Bound when it is made, run as the asker.
GRANTED = """
CREATE FUNCTION oversight_granted() RETURNS bigint[] STABLE PARALLEL SAFE LANGUAGE sql
    RETURN (
        SELECT coalesce(array_agg(g."case"), '{}') FROM oversight_grant AS g
        WHERE g.account = actor_account() AND g.granted AND g.ended_at IS NULL AND g.until > now()
    );
REVOKE EXECUTE ON FUNCTION oversight_granted() FROM PUBLIC;
"""
# Beside the policy `seen` of cases 0002: policies of a command add up. For every other role it ends at the first
# comparison, so that nobody else's statement ever calls the function. Who must keep out (回避) is kept out here as
# there. It opens reading alone: there is none for UPDATE.
_GRANTED_CASE = f"""{_LOOKS_ON} AND restricted
    AND id = ANY ((SELECT oversight_granted())::bigint[])
    AND NOT (shunned && {_UNITS}) AND NOT ({ACCOUNT} = ANY (shunned_people))"""
# Every reveal of a contact on a case one sees.
_SUBJECT = 'access_reveallog.subject COLLATE "C"'
_REVEALED = f"{_LOOKS_ON} AND EXISTS (SELECT 1 FROM cases_case WHERE cases_case.number = {_SUBJECT})"  # noqa: S608


def _guarded(table: str, seen: str, *, changes: bool = False) -> list[Operation]:
    operations: list[Operation] = [
        GrantApp(table, "SELECT, INSERT, UPDATE" if changes else "SELECT, INSERT"),
        EnableRLS(table),
        Policy(table, "seen", "SELECT", using=seen),
        Policy(table, "judged_first", "INSERT", check=SYSTEM),
    ]
    return (
        [*operations, Policy(table, "judged_changes", "UPDATE", using=SYSTEM, check=SYSTEM)] if changes else operations
    )


class Migration(migrations.Migration):
    dependencies = [("oversight", "0001_initial"), ("cases", "0002_protection"), ("access", "0003_protection")]

    operations = [
        *_guarded("oversight_asked", _ASKED),
        *_guarded("oversight_grant", _GRANT, changes=True),
        *_guarded("oversight_inspection", _IN_AREA, changes=True),
        *_guarded("oversight_inspectedcase", f"{SYSTEM} OR {_OF_INSPECTION}"),
        *_guarded("oversight_explanation", f"{_IN_AREA} OR unit = {ANY_UNIT}", changes=True),
        *_guarded("oversight_accountability", _IN_AREA),
        *_guarded("oversight_entry", f"{SYSTEM} OR {_OF_INSPECTION}"),
        migrations.RunSQL(GRANTED, "DROP FUNCTION oversight_granted()"),
        migrations.RunSQL(
            f"GRANT EXECUTE ON FUNCTION oversight_granted() TO {app_role()}",
            migrations.RunSQL.noop,
        ),
        Policy("cases_case", "seen_by_grant", "SELECT", using=_GRANTED_CASE),
        Policy("access_reveallog", "overseen", "SELECT", using=_REVEALED),
    ]
