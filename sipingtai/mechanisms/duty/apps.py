"""Makes this package a Django app: the log of duty."""

from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "sipingtai.mechanisms.duty"
    label = "duty"
    default_auto_field = "django.db.models.BigAutoField"
