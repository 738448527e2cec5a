"""Every address of the system, face by face."""

from django.urls import include, path

from sipingtai.config.health import healthz

urlpatterns = [
    path("healthz", healthz),
    path("", include("sipingtai.access.urls")),
]
