"""The application reads the organisation and writes none of it: `sipingtai init` does, as the owner."""

from django.db import migrations

from sipingtai.access.rls import GrantApp

TABLES = [
    "area", "arbiter", "calendarday", "campaign", "catalogueversion", "category", "categoryroute", "chiefseat",
    "command", "dutyclause", "gridteam", "line", "meetingrule", "platformmembership", "postholding", "reorganisation",
    "scheme", "unit", "version",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("org", "0001_initial"), ("access", "0001_initial")]

    operations = [GrantApp(f"org_{table}", "SELECT") for table in TABLES]
