"""The Django app of oversight."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "sipingtai.mechanisms.oversight"
    label = "oversight"
    verbose_name = "监督问责"
