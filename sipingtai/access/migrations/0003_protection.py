"""Who may do what with the tables of this floor. The two logs only grow: nobody may change or delete a line."""

from django.db import migrations

from sipingtai.access.rls import ACCOUNT, ROLE, SYSTEM, EnableRLS, GrantApp, Policy

_AUDITORS = f"{ROLE} IN ('system', 'audit_admin')"
# Whoever works on cases; administrators run the machine and need nobody's telephone number.
_AT_WORK = f"{ROLE} IN ('system', 'command', 'oversight', 'platform', 'office', 'grid')"
# Signing in happens before there is an actor, or, in a demo, while another one still is.
_SIGNING = "event IN ('sign-in', 'sign-in-failed', 'sign-out')"


class Migration(migrations.Migration):
    dependencies = [("access", "0002_actor")]

    operations = [
        GrantApp("access_account", "SELECT, INSERT, UPDATE"),
        GrantApp("access_signinfailures", "SELECT, INSERT, UPDATE, DELETE"),
        GrantApp("access_token", "SELECT, INSERT, UPDATE"),
        # A villager leaves a contact and reads none; it is changed (erased, sealed anew) by the system alone.
        GrantApp("access_contact", "SELECT, INSERT, UPDATE"),
        EnableRLS("access_contact"),
        Policy("access_contact", "staff_read", "SELECT", using=_AT_WORK),
        Policy("access_contact", "actors_leave", "INSERT", check=f"{ROLE} <> ''"),
        Policy("access_contact", "system_changes", "UPDATE", using=SYSTEM),
        # Nobody looks at a contact in another's name.
        GrantApp("access_reveallog", "SELECT, INSERT"),
        EnableRLS("access_reveallog"),
        Policy("access_reveallog", "own_or_audit", "SELECT", using=f"{_AUDITORS} OR account_id = {ACCOUNT}"),
        Policy("access_reveallog", "in_own_name", "INSERT", check=f"{SYSTEM} OR account_id = {ACCOUNT}"),
        # Sign-ins are recorded before there is an actor.
        GrantApp("access_auditentry", "SELECT, INSERT"),
        EnableRLS("access_auditentry"),
        Policy("access_auditentry", "own_or_audit", "SELECT", using=f"{_AUDITORS} OR account_id = {ACCOUNT}"),
        Policy(
            "access_auditentry",
            "append",
            "INSERT",
            check=f"{ROLE} IN ('', 'system') OR account_id = {ACCOUNT} OR {_SIGNING}",
        ),
    ]
