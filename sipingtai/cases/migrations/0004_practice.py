"""Where matters of a category ended: an index of ended cases for suggestions (分流推荐)."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0003_standing")]

    operations: ClassVar = [
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["command", "category", "closed_at"],
                condition=models.Q(stage__in=("closed", "archived")),
                name="case_by_practice",
            ),
        ),
    ]
