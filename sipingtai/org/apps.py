"""Django's name for the floor 组织."""

from django.apps import AppConfig


class OrgConfig(AppConfig):
    """Tables `org_*`."""

    name = "sipingtai.org"
    label = "org"
    verbose_name = "组织"
    default_auto_field = "django.db.models.BigAutoField"
