"""The Django app that carries the faces' common templates and static files."""

from django.apps import AppConfig


class FacesConfig(AppConfig):
    """Templates under faces/, static files under faces/build/ (made by `make setup`)."""

    name = "sipingtai.faces"
    label = "faces"
    verbose_name = "界面公用"
