"""The Django app of the desk: templates, views, and its own small tables."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Templates under desk/; saved views and presence in tables."""

    name = "sipingtai.desk"
    label = "desk"
    verbose_name = "工作台"
