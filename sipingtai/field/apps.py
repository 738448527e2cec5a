"""The Django app of the phone's pages; it has no tables."""

from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "sipingtai.field"
    label = "field"
    verbose_name = "掌上"
