"""Whether a report that comes in again says what it said before: the same key with another body is a mistake."""

from collections.abc import Mapping
from typing import Any

from sipingtai.access.actor_scope import as_system
from sipingtai.access.plain_text import clean
from sipingtai.cases import models
from sipingtai.loop.intake.report import PLACE, TEXT, TITLE, Report


def same(case_id: int, report: Report) -> bool:
    """Compare a report with the first step of the case it became. Three statements, for a report sent again alone.

    What is compared: texts, channel, kind, urgency, the category, level, area and time where they were named, the
    point, the units complained about, restriction, files. Not the contact, which lies sealed; nor a text erased by law.
    """
    with as_system("上报"):
        row = models.Case.objects.get(pk=case_id)
        first = models.Step.objects.get(case_id=case_id, no=1)
        texts = dict(models.Text.objects.filter(case_id=case_id, no=1).values_list("name", "content"))
        files = set(models.Attachment.objects.filter(case_id=case_id, no=1).values_list("digest", flat=True))
    return (
        _texts(report, texts)
        and _facts(report, first.body["changes"])
        and (row.longitude, row.latitude) == (report.point or (None, None))
        and ("" in files or files == {f.digest for f in report.files})
        and (report.reported_at or row.received_at) == row.reported_at
    )


def _texts(report: Report, stored: Mapping[str, str | None]) -> bool:
    """Whether the words are the same, as they are stored; a title nobody gave follows from the text."""
    said = (("text", report.text, TEXT), ("place", report.place, PLACE), ("title", report.title, TITLE))
    return all(
        stored.get(name, "") in (None, clean(value, longest, name))
        for name, value, longest in said
        if value or name != "title"
    )


def _facts(report: Report, stored: Mapping[str, Any]) -> bool:
    """Whether the rest is; a field left out of the first step was at its default."""
    named = {
        "channel": report.channel.value,
        "kind": report.kind.value if report.kind else None,
        "urgency": report.urgency.value,
        "category": report.category or None,
        "level": report.level or None,
        "restricted": report.restricted or None,
    }
    defaults = {"kind": "incident", "urgency": "normal", "restricted": False}
    return (
        all(value is None or stored.get(name, defaults.get(name)) == value for name, value in named.items())
        and sorted(stored.get("shunned", ())) == sorted(report.about)
        and str(stored.get("area", "")).startswith(report.area)
    )
