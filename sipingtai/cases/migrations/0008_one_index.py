"""One index for what hangs on a case: by the case alone it is found by the index that begins with it as well."""

import django.db.models.deletion
from django.db import migrations, models


def _found_by_the_other(model: str, related_name: str) -> migrations.AlterField:
    return migrations.AlterField(
        model_name=model,
        name="case",
        field=models.ForeignKey(
            db_index=False,
            on_delete=django.db.models.deletion.PROTECT,
            related_name=related_name,
            to="cases.case",
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_went_back")]

    operations = [
        migrations.RemoveIndex(model_name="word", name="word_by_case"),
        _found_by_the_other("step", "journal"),
        _found_by_the_other("text", "texts"),
        _found_by_the_other("attachment", "attachments"),
        _found_by_the_other("assignment", "assignments"),
        _found_by_the_other("clock", "clocks"),
    ]
