"""The log of duty: written in one's own name while one is on duty, read by the command and those who watch over it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from sipingtai.access.rls import ACCOUNT, ANY_UNIT, ROLE, SYSTEM, EnableRLS, GrantApp, Policy, in_areas

# A request's own clock runs a little before the database's.
_ON_DUTY = f"""EXISTS (
    SELECT 1 FROM org_dutyshift s
    WHERE s.command_id = duty_entry.command AND s.area = duty_entry.area AND s.account_id = {ACCOUNT}
      AND (s.leading OR duty_entry.kind = 'note')
      AND s.starts_at < now() + interval '1 minute' AND s.ends_at > now() - interval '1 minute'
)"""  # noqa: S608
_READERS = f"command = {ANY_UNIT} OR account_id = {ACCOUNT} OR ({ROLE} = 'oversight' AND {in_areas('area')})"


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("access", "0002_actor"),
        ("org", "0003_duty"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("command", models.BigIntegerField()),
                ("area", models.CharField(db_collation="C", max_length=15)),
                ("at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("note", "记事"), ("handover", "交班"), ("takeover", "接班")], max_length=8
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=2000)),
                ("matters", models.JSONField(default=list)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "answers",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken_by",
                        to="duty.entry",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["command", "-id"], name="duty_log")]},
        ),
        GrantApp("duty_entry", "SELECT, INSERT"),
        EnableRLS("duty_entry"),
        Policy("duty_entry", "read", "SELECT", using=f"{SYSTEM} OR {_READERS}"),
        Policy("duty_entry", "on_duty", "INSERT", check=f"{SYSTEM} OR (account_id = {ACCOUNT} AND {_ON_DUTY})"),
    ]
