"""Every address of the system, face by face."""

from django.urls import path

from sipingtai.config.health import healthz

urlpatterns = [
    path("healthz", healthz),
]
