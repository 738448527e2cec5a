"""The program face as a Django app: it has templates, no tables."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "sipingtai.api"
    label = "api"
