"""What went back (退回返工): an index of the few open cases that did, for those who look on (监督跟踪)."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("cases", "0006_given"),
    ]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(
                    ("holder__isnull", False),
                    models.Q(
                        models.Func(
                            models.F("stage"),
                            output_field=models.BooleanField(),
                            template="%(expressions)s = 'returning'",
                        ),
                        models.Func(
                            models.F("state"),
                            output_field=models.BooleanField(),
                            template="jsonb_exists_any(%(expressions)s, '{rework,returns,declined_answers,reopened}')",
                        ),
                        _connector="OR",
                    ),
                ),
                fields=["due_at", "id"],
                name="case_went_back",
            ),
        ),
    ]
