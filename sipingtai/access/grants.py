"""What the application role may do with the tables of Django and of the libraries; `sipingtai migrate` sees to it.

Our own tables are granted by the migration that makes them (`access.rls.GrantApp`). A test holds that every table in
the database is in one of the two places, so that nothing is granted by accident or forgotten.
"""

from collections.abc import Callable

ALL = "SELECT, INSERT, UPDATE, DELETE"
READ = "SELECT"

FRAMEWORK_TABLES: dict[str, str] = {
    "access_cache": ALL,
    "account_emailaddress": ALL,
    "account_emailconfirmation": ALL,
    "auth_group": READ,
    "auth_group_permissions": READ,
    "auth_permission": READ,
    "django_content_type": READ,
    "django_migrations": READ,
    "django_session": ALL,
    "mfa_authenticator": ALL,
    "procrastinate_events": "SELECT, INSERT, DELETE",
    "procrastinate_jobs": ALL,
    "procrastinate_periodic_defers": ALL,
    "procrastinate_workers": ALL,
}

# Django's own columns need none: they are identity columns, which come with INSERT.
FRAMEWORK_SEQUENCES = (
    "procrastinate_events_id_seq",
    "procrastinate_jobs_id_seq",
    "procrastinate_periodic_defers_id_seq",
)


def grant_framework_tables(execute: Callable[[str], object], role: str) -> None:
    """Set exactly these grants for `role` (quoted), taking back any other; `execute` runs a statement as the owner."""
    for table, privileges in FRAMEWORK_TABLES.items():
        execute(f'REVOKE ALL ON "{table}" FROM {role}')
        execute(f'GRANT {privileges} ON "{table}" TO {role}')
    for sequence in FRAMEWORK_SEQUENCES:
        execute(f'GRANT USAGE, SELECT ON SEQUENCE "{sequence}" TO {role}')
