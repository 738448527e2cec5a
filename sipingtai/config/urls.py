"""Every address of the system, face by face."""

from django.urls import include, path

from sipingtai.config.health import healthz
from sipingtai.config.metrics import metrics

urlpatterns = [
    path("healthz", healthz),
    path("metrics", metrics),
    path("api/v1/", include("sipingtai.api.urls")),
    path("field/", include("sipingtai.field.urls")),
    path("p/", include("sipingtai.villager.urls")),
    path("demo/", include("sipingtai.ops.demo.urls")),  # answers in a demo alone
    path("", include("sipingtai.access.urls")),
    path("", include("sipingtai.desk.urls")),
]

handler403 = "sipingtai.faces.not_allowed.refused"
handler500 = "sipingtai.config.lost_database.trouble"
