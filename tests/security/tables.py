"""Every table of the database, and what the application's role may do with it before anybody is named: by hand."""

from enum import Enum


class Kind(Enum):
    """How a table is held."""

    CASE = "rows of cases: seen with their case, written by the one door alone"
    OWN = "rows of one account: seen and written by their owner alone"
    VAULT = "contacts: sealed; read by those who work on cases, changed by the system alone"
    LOG = "grows; one reads one's own lines, the auditor all"
    SYSTEM = "the system's alone"
    OVERSIGHT = "read by oversight in its area and by whom a row asks; written by the mechanism as the system alone"
    KNOWN = "how the township is organised: read by all, written by the owner's role alone"
    ROTA = "who leads on duty when: read by all like every seat, written by a room's head or chief, never what is over"
    DUTY_LOG = "grows; written by whoever is on duty, read by their command and by those who watch over it"
    MACHINE = "needed before anybody is known (accounts, sessions, failures, jobs): no policy; no matter of anybody"


TABLES: dict[str, Kind] = {
    **dict.fromkeys(
        ("cases_case", "cases_step", "cases_text", "cases_attachment", "cases_assignment", "cases_clock", "cases_word",
         "cases_precedent"),
        Kind.CASE,
    ),
    "cases_anchor": Kind.SYSTEM,
    "desk_view": Kind.OWN,
    "desk_presence": Kind.OWN,
    "desk_note": Kind.OWN,
    "org_dutyshift": Kind.ROTA,
    "duty_entry": Kind.DUTY_LOG,
    "access_contact": Kind.VAULT,
    "access_reveallog": Kind.LOG,
    "access_auditentry": Kind.LOG,
    **dict.fromkeys(
        (f"oversight_{table}" for table in (
            "accountability", "asked", "entry", "explanation", "grant", "inspectedcase", "inspection",
        )),
        Kind.OVERSIGHT,
    ),
    **dict.fromkeys(
        (f"org_{table}" for table in (
            "area", "arbiter", "calendarday", "campaign", "catalogueversion", "category", "categoryroute", "chiefseat",
            "command", "dutyclause", "gridteam", "line", "meetingrule", "platformmembership", "postholding",
            "reorganisation", "scheme", "unit", "version",
        )),
        Kind.KNOWN,
    ),
    **dict.fromkeys(
        ("access_account", "access_signinfailures", "access_token", "access_cache", "account_emailaddress",
         "account_emailconfirmation", "auth_group", "auth_group_permissions", "auth_permission", "django_content_type",
         "django_migrations", "django_session", "mfa_authenticator", "procrastinate_events", "procrastinate_jobs",
         "procrastinate_periodic_defers", "procrastinate_workers"),
        Kind.MACHINE,
    ),
}  # fmt: skip

# Functions that run as the owner, each a hole of a known shape.
DEFINERS = {
    "cases_by_rarity": "the order of words asked for, by the planner's statistics; never how many cases have them",
    "cases_given_with": "ids among what the actor's own units were given or they reported; cases are then asked for",
    "desk_news": "whether anything concerns the asker, never what; and where the journal ends",
    "desk_forget_presence": "sweeps out who was at a case a minute ago; answers nothing",
}
# What policies may call. None of ours is leakproof, so that no condition of a query runs before them.
IN_POLICIES = {
    "actor_role", "actor_account", "actor_units", "actor_areas", "actor_areas_from", "actor_areas_to", "now", "any",
    "oversight_granted", "exists", "select", "coalesce", "and", "or", "not", "in", "all", "count", "range",
}  # fmt: skip
