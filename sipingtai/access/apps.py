"""The Django app of the access floor."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "sipingtai.access"
    label = "access"
    verbose_name = "准入"
    default_auto_field = "django.db.models.BigAutoField"
