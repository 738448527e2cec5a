"""The Django app of the desk: templates and views, no tables."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Templates under desk/."""

    name = "sipingtai.desk"
    label = "desk"
    verbose_name = "工作台"
