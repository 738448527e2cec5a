"""What a filling told, apart from what is drawn anew each time."""

from typing import Any

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases.models import Case


def everything() -> dict[str, Any]:
    """Every matter by its key: where it came in, its texts, and who did what when."""
    with system_scope("测试"):
        first = Case.objects.order_by("id").values_list("id", flat=True)[0]
        found: dict[str, Any] = {}
        for case in Case.objects.order_by("id"):
            steps = case.journal.order_by("no").values_list("at", "action", "account", "unit")
            texts = case.texts.order_by("no", "name").values_list("no", "name", "content")
            place = (case.number.rsplit("-", 1)[0], case.id - first, case.grid, case.longitude)
            # The key of a part follows from its parent's number, which goes on counting here.
            key = str(case.key if case.sender == "demo" else case.id - first)
            found[key] = (place, list(texts), list(steps))
    return found
