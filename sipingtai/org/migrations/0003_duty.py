"""The rota (值班表): known to all like every seat; written by a room's head or its chief, and never for what is over."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from sipingtai.access.rls import ACCOUNT, SYSTEM, EnableRLS, GrantApp, Policy

# Who leads on duty decides as chief: so nobody writes the rota but who holds a post above it for good, themselves or as
# B岗; not the leader on duty, who would put off their own end.
_TODAY = "(now() AT TIME ZONE 'Asia/Shanghai')::date"
_ABOVE = f"""EXISTS (
    SELECT 1 FROM org_postholding h
    WHERE h.account_id = {ACCOUNT} AND h.valid_from <= {_TODAY} AND (h.valid_to IS NULL OR h.valid_to > {_TODAY})
      AND (h.unit_id = org_dutyshift.command_id AND h.post = 'room-head'
           OR EXISTS (SELECT 1 FROM org_chiefseat c
                      WHERE c.command_id = org_dutyshift.command_id AND c.unit_id = h.unit_id AND c.post = h.post))
)"""  # noqa: S608
# A request's own clock runs a little before the database's.
_NOT_OVER = "ends_at > now() - interval '1 minute'"
_STILL_AHEAD = "starts_at > now() - interval '1 minute'"


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0002_grants"),
        ("access", "0002_actor"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DutyShift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area", models.CharField(db_collation="C", max_length=15)),
                ("day", models.DateField()),
                ("leading", models.BooleanField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duty_shifts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "command",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["area", "day"], name="org_duty_by_area")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("leading", True)),
                        fields=("command", "starts_at"),
                        name="org_one_leads_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="org_duty_has_an_end"
                    ),
                ],
            },
        ),
        # Of a turn that has begun nothing changes but its end.
        GrantApp("org_dutyshift", "SELECT, INSERT, DELETE, UPDATE (ends_at)"),
        EnableRLS("org_dutyshift"),
        # It says who holds a post, and must be known before it is known who asks.
        Policy("org_dutyshift", "known", "SELECT", using="true"),
        Policy("org_dutyshift", "planned", "INSERT", check=f"{SYSTEM} OR ({_STILL_AHEAD} AND {_ABOVE})"),
        Policy(
            "org_dutyshift", "cut_short", "UPDATE", using=f"{_NOT_OVER} AND {_ABOVE}", check=f"{_NOT_OVER} AND {_ABOVE}"
        ),
        Policy("org_dutyshift", "planned_anew", "DELETE", using=f"{_STILL_AHEAD} AND {_ABOVE}"),
    ]
