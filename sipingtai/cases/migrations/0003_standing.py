"""Since when a case stands where it stands, and from when on it is due soon: two marks of its step clock beside the row.

The queue's index ends with the warning mark, so that counting what is due soon (将到期) looks at no row that is not.
"""

from typing import ClassVar

from django.db import migrations, models

# As cases.projection does: of the running step clocks the one due first. Ended cases have none.
_OF_OPEN_CASES = """
    UPDATE cases_case SET warn_at = running.warn_at, began_at = running.started_at
    FROM (
        SELECT DISTINCT ON (case_id) case_id, warn_at, started_at FROM cases_clock
        WHERE paused_at IS NULL AND kind NOT IN ('total', 'assist', 'approve') AND (kind <> 'track' OR ref = 0)
        ORDER BY case_id, due_at
    ) AS running
    WHERE cases_case.id = running.case_id AND cases_case.due_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0002_protection")]

    operations: ClassVar = [
        migrations.AddField("case", "warn_at", models.DateTimeField(null=True)),
        migrations.AddField("case", "began_at", models.DateTimeField(null=True)),
        migrations.RunSQL(_OF_OPEN_CASES, migrations.RunSQL.noop),
        migrations.RemoveIndex("case", name="queue"),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["holder", "stage", "due_at", "id", "warn_at"],
                condition=models.Q(holder__isnull=False),
                name="queue",
            ),
        ),
    ]
