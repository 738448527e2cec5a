"""Indexes for what leaders follow: cases with a card in force (督办), and instructions (批示)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_practice")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(
                    models.Q(("stage", "archived"), _negated=True),
                    models.Func(
                        models.F("state"),
                        function="jsonb_path_exists",
                        output_field=models.BooleanField(),
                        template="%(function)s(%(expressions)s, '$.cards[*] ? (!exists(@.lifted))')",
                    ),
                ),
                fields=["id"],
                name="case_carded",
            ),
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(condition=models.Q(("action", "instruct")), fields=["at", "id"], name="step_instructed"),
        ),
    ]
