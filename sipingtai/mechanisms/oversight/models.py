"""Tables of oversight (监督问责). Cases, units and accounts are plain numbers, as in `cases.models`.

Row-level security (migration 0001): oversight reads what lies in its area; whoever is asked reads what they are asked.
Only the functions beside this file write, as the system, after they have judged who asks.
"""

from datetime import date, timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from sipingtai.core.calendar import local


class Grant(models.Model):
    """An application for sight of one restricted case (限知查看申请), and what became of it.

    It says the same whether such a case exists or not; who is to decide stands apart, in `Asked`.
    """

    account = models.BigIntegerField()  # who asks
    number = models.CharField(max_length=32, db_collation="C")  # as typed; perhaps no case's
    reason = models.CharField(max_length=500)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    granted = models.BooleanField(null=True)
    answer = models.CharField(max_length=500, blank=True)  # the decider's words
    case = models.BigIntegerField(null=True)  # known to the applicant once it is granted
    until = models.DateTimeField(null=True)  # the sight ends by itself at this moment
    ended_at = models.DateTimeField(null=True)  # taken or given back before that
    ended_by = models.BigIntegerField(null=True)
    ended_why = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["account", "asked_at"], name="grant_by_applicant"),
            # What a policy of cases_case asks, once a statement of an oversight account.
            models.Index(
                fields=["account", "until"], condition=models.Q(granted=True, ended_at=None), name="grant_in_force"
            ),
            models.Index(fields=["case"], condition=models.Q(granted=True), name="grant_by_case"),
        ]

    @property
    def last_day(self) -> date | None:
        """The last day of the sight, where it was granted."""
        return local(self.until - timedelta(seconds=1)).date() if self.until else None


class Asked(models.Model):
    """Who is asked to decide: there is a row only where there is a restricted case. Hidden from the applicant."""

    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, primary_key=True, related_name="asked")
    case = models.BigIntegerField()
    commands = ArrayField(models.BigIntegerField())  # the commanding one and the one above: their chiefs decide
    deciders = ArrayField(models.BigIntegerField())  # the units where these chiefs have their seats
    kept_out = ArrayField(models.BigIntegerField())  # 回避: people who must not know of the case

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case"], name="asked_by_case")]


class Inspection(models.Model):
    """One inspection (监督检查) of matters, units or a piece of work; never of a resident."""

    number = models.CharField(max_length=32, unique=True, db_collation="C")
    area = models.CharField(max_length=15, db_collation="C")  # of the oversight that opened it
    subject = models.CharField(max_length=100)
    basis = models.CharField(max_length=500)
    scope = models.CharField(max_length=500)
    opened_by = models.BigIntegerField()
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    closed_at = models.DateTimeField(null=True)
    result = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["area", "opened_at", "id"], name="inspection_by_area")]

    def __str__(self) -> str:
        return self.number


class InspectedCase(models.Model):
    """A case an inspection looks at. It is shown to whoever may see the case itself."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="cases")
    case = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["inspection", "case"], name="attached_once")]
        indexes: ClassVar = [models.Index(fields=["case"], name="inspection_by_case")]


class Explanation(models.Model):
    """A written explanation asked of a unit (书面说明). The unit reads the question, and nothing else of it all."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="explanations")
    number = models.CharField(max_length=32, db_collation="C")  # the inspection's, which the unit cannot read
    area = models.CharField(max_length=15, db_collation="C")
    unit = models.BigIntegerField()
    question = models.CharField(max_length=1000)
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    answer = models.TextField(blank=True)
    answered_by = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)
    lapsed_at = models.DateTimeField(null=True)  # the inspection was closed without it

    class Meta:
        indexes: ClassVar = [models.Index(fields=["unit", "answered_at", "id"], name="explanation_by_unit")]


class Accountability(models.Model):
    """A record of accountability (问责记录): which unit, at which level, answers for what. It names no person."""

    number = models.CharField(max_length=32, unique=True, db_collation="C")
    area = models.CharField(max_length=15, db_collation="C")
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, null=True, related_name="records")
    case = models.BigIntegerField(null=True)
    unit = models.BigIntegerField()
    level = models.CharField(max_length=20)  # 责任层级
    measure = models.CharField(max_length=20)  # 问责措施
    basis = models.CharField(max_length=1000)
    decided_by = models.CharField(max_length=100)  # the body or meeting that decided
    decided_on = models.DateField()
    recorded_by = models.BigIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["area", "recorded_at", "id"], name="accountability_by_area")]

    def __str__(self) -> str:
        return self.number


class Event(models.TextChoices):
    """What happens in an inspection."""

    OPENED = "opened", "立项"
    ATTACHED = "attached", "加入事件"
    FOUND = "found", "发现问题"
    ASKED = "asked", "要求书面说明"
    ANSWERED = "answered", "收到书面说明"
    RECORDED = "recorded", "记录问责"
    CLOSED = "closed", "办结"


class Entry(models.Model):
    """One line of an inspection's history (检查经过). Insert and select only."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="history")
    event = models.CharField(max_length=10, choices=Event)
    account = models.BigIntegerField()
    at = models.DateTimeField()
    unit = models.BigIntegerField(null=True)  # who was asked, who answered, who answers for it
    case = models.BigIntegerField(null=True)
    content = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["inspection", "id"], name="entry_by_inspection")]
