"""The Django app of the cases floor."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "sipingtai.cases"
    label = "cases"
    verbose_name = "事件"
    default_auto_field = "django.db.models.BigAutoField"
