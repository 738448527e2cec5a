"""Addresses of the villager's pages. No number and no code ever stands in one."""

from django.urls import path

from sipingtai.villager import progress_views, report_views

app_name = "villager"
urlpatterns = [
    path("", report_views.start, name="start"),
    path("report/", report_views.choose, name="choose"),
    path("report/<str:area>/", report_views.report, name="report"),
    path("receipt/", report_views.receipt, name="receipt"),
    path("query/", progress_views.query, name="query"),
    path("progress/", progress_views.progress, name="progress"),
    path("progress/leave/", progress_views.leave, name="leave"),
    path("progress/<str:name>/", progress_views.act, name="act"),
    path("file/<str:file_id>/", progress_views.file, name="file"),
]
