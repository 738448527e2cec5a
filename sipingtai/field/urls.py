"""Addresses of the phone's pages."""

from django.urls import path

from sipingtai.field import case_views, report_views, task_views

app_name = "field"
urlpatterns = [
    path("", task_views.tasks, name="tasks"),
    path("mine/", task_views.mine, name="mine"),
    path("report/", report_views.report, name="report"),
    path("suggest/", report_views.suggested, name="suggest"),
    path("case/<str:number>/", case_views.show, name="case"),
    path("case/<str:number>/<str:name>/", case_views.act, name="act"),
    path("file/<str:file_id>/", case_views.file, name="file"),
]
