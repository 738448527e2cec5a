"""Addresses of the demo's own pages; see `doorway`."""

from django.urls import path

from sipingtai.ops.demo import sign_in_views

app_name = "demo"
urlpatterns = [
    path("", sign_in_views.choose, name="choose"),
    path("sign-in/", sign_in_views.sign_in, name="sign_in"),
]
