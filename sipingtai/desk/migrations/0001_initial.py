"""Saved views, presence, and the one question every open desk asks every few seconds."""

from django.db import migrations, models

from sipingtai.access.rls import ACCOUNT, SYSTEM, EnableRLS, GrantApp, Policy, app_role

_OWN = f"account = {ACCOUNT}"
_FRESH = "seen > now() - interval '1 minute'"
_CASE_SEEN = "EXISTS (SELECT 1 FROM cases_case WHERE cases_case.id = desk_presence.case)"
_NOTED_CASE_SEEN = "EXISTS (SELECT 1 FROM cases_case WHERE cases_case.id = desk_note.case)"

# Whether anything has happened that concerns the actor since the step `since`. Two looks at the end of the journal's
# primary key when nothing has; otherwise the new steps alone, by the case's own rule of sight. It runs as the owner
# because a case that left the actor's sight is news as well, and tells nothing of it but that there is news.
#
# Numbers are given out before they are committed, so that a step may appear behind one already seen: `counted` is how
# many of the 256 numbers up to `since` were there; where that has changed, something came late.
NEWS = """
CREATE FUNCTION desk_news(since bigint, counted bigint, OUT newest bigint, OUT present bigint, OUT changed boolean)
    STABLE LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    WITH top AS (SELECT coalesce(max(id), 0) AS id FROM cases_step),
         had AS (SELECT count(*) AS n FROM cases_step WHERE id > since - 256 AND id <= since),
         has AS (SELECT count(*) AS n FROM cases_step WHERE id > (SELECT top.id FROM top) - 256)
    SELECT top.id, has.n, CASE
        WHEN had.n <> counted OR top.id < since OR top.id - since > 2000 THEN true
        WHEN top.id = since THEN false
        ELSE EXISTS (
            SELECT 1 FROM cases_step s JOIN cases_case c ON c.id = s.case_id
            WHERE s.id > since
              AND NOT c.shunned && (SELECT actor_units())
              AND NOT (coalesce((SELECT actor_account()), 0) = ANY (c.shunned_people))
              AND (c.sight && (SELECT actor_units())
                   OR c.reporter_account = (SELECT actor_account())
                   OR (NOT c.restricted AND EXISTS (
                       SELECT 1 FROM actor_areas() AS range WHERE c.area >= range.low AND c.area < range.high))
                   OR EXISTS (SELECT 1 FROM cases_assignment a
                              WHERE a.case_id = c.id AND a.unit = ANY ((SELECT actor_units())::bigint[])))
        ) END
    FROM top, had, has
$$;
REVOKE EXECUTE ON FUNCTION desk_news(bigint, bigint) FROM PUBLIC;
"""
DROP = "DROP FUNCTION desk_news(bigint, bigint);"

# Whoever comes next sweeps out what is over, so that nobody's hours lie about; as the owner, because nobody may see them.
OVER = """
CREATE FUNCTION desk_forget_presence() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
AS $$ DELETE FROM desk_presence WHERE seen < now() - interval '1 minute' $$;
REVOKE EXECUTE ON FUNCTION desk_forget_presence() FROM PUBLIC;
"""
DROP_OVER = "DROP FUNCTION desk_forget_presence();"


class Migration(migrations.Migration):
    initial = True
    dependencies = [("access", "0002_actor"), ("cases", "0002_protection")]

    operations = [
        migrations.CreateModel(
            name="View",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account", models.BigIntegerField()),
                ("name", models.CharField(max_length=20)),
                ("query", models.CharField(max_length=500)),
                ("position", models.IntegerField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("account", "name"), name="one_view_per_name")],
                "indexes": [models.Index(fields=["account", "position"], name="view_by_account")],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "case", "account", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("case", models.BigIntegerField()),
                ("account", models.BigIntegerField()),
                ("content", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "case", "account", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("case", models.BigIntegerField()),
                ("account", models.BigIntegerField()),
                ("since", models.DateTimeField()),
                ("seen", models.DateTimeField()),
                ("writing", models.BooleanField(default=False)),
            ],
        ),
        GrantApp("desk_view", "SELECT, INSERT, UPDATE, DELETE"),
        EnableRLS("desk_view"),
        Policy("desk_view", "own", "ALL", using=_OWN, check=_OWN),
        GrantApp("desk_note", "SELECT, INSERT, UPDATE, DELETE"),
        EnableRLS("desk_note"),
        Policy("desk_note", "own", "ALL", using=_OWN, check=f"{_OWN} AND {_NOTED_CASE_SEEN}"),
        # Erasing a case by law takes what people noted of it along.
        Policy("desk_note", "found_by_law", "SELECT", using=SYSTEM),
        Policy("desk_note", "erased_by_law", "DELETE", using=SYSTEM),
        # Nothing of it need survive a crash: no line in the write-ahead log.
        migrations.RunSQL("ALTER TABLE desk_presence SET UNLOGGED", "ALTER TABLE desk_presence SET LOGGED"),
        GrantApp("desk_presence", "SELECT, INSERT, UPDATE"),
        EnableRLS("desk_presence"),
        Policy("desk_presence", "with_the_case", "SELECT", using=f"{_OWN} OR ({_FRESH} AND {_CASE_SEEN})"),
        Policy("desk_presence", "own_comes", "INSERT", check=f"{_OWN} AND {_CASE_SEEN}"),
        Policy("desk_presence", "own_stays", "UPDATE", using=_OWN, check=_OWN),
        migrations.RunSQL(NEWS, DROP),
        migrations.RunSQL(OVER, DROP_OVER),
        migrations.RunSQL(
            f"GRANT EXECUTE ON FUNCTION desk_news(bigint, bigint), desk_forget_presence() TO {app_role()}",
            migrations.RunSQL.noop,
        ),
    ]
