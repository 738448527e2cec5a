"""The log of duty (值班日志): it only grows. Who was on duty stands in the rota, `org.DutyShift`."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class EntryKind(models.TextChoices):
    """What an entry is."""

    NOTE = "note", "记事"
    HANDOVER = "handover", "交班"
    TAKEOVER = "takeover", "接班"


class Entry(models.Model):
    """One entry, by whoever was on duty. Insert and select only; command and account are plain, as in the journal."""

    command = models.BigIntegerField()
    area = models.CharField(max_length=15, db_collation="C")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=EntryKind)
    text = models.CharField(max_length=2000, blank=True)
    # What was open and pressing at that moment: [number of the case, [why, …]]. Titles are looked up by whoever reads.
    matters = models.JSONField(default=list)
    # A takeover's handover; null where none was written.
    answers = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="taken_by")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["command", "-id"], name="duty_log")]
