"""Addresses of the desk. A case is `/cases/<number>`, a move on it `/cases/<number>/<action>`."""

from django.urls import path

from sipingtai.desk import batch, below, case, contact, decide, files, grids, intake, lists, live, notes, views
from sipingtai.desk.oversight import accountability, explanations, inspections, reveals, sight

app_name = "desk"
urlpatterns = [
    path("", lists.home, name="home"),
    path("cases", lists.everything, name="cases"),
    path("live", live.ask, name="live"),
    path("live/refresh", live.refresh, name="refresh"),
    path("views", views.keep, name="keep_view"),
    path("views/<int:view>/<str:what>", views.change, name="change_view"),
    path("batch/<str:action>", batch.preview, name="batch"),
    path("batch/<str:action>/one", batch.one, name="batch_one"),
    path("decisions", decide.waiting_for_me, name="decisions"),
    path("decisions/sight/<int:grant>/<str:what>", decide.decide_sight, name="decide_sight"),
    path("decisions/<str:number>/<str:action>", decide.decide, name="decide"),
    path("explanations", explanations.explanations, name="explanations"),
    path("explanations/<int:one>", explanations.answer, name="explain"),
    path("oversight/sight", sight.sights, name="sights"),
    path("oversight/sight/<int:grant>/end", sight.give_back, name="give_back"),
    path("oversight/inspections", inspections.inspections, name="inspections"),
    path("oversight/inspections/new", inspections.new, name="new_inspection"),
    path("oversight/inspections/<int:one>", inspections.inspection, name="inspection"),
    path("oversight/inspections/<int:one>/<str:what>", inspections.step, name="inspection_step"),
    path("oversight/records", accountability.records, name="records"),
    path("oversight/records/new", accountability.new, name="new_record"),
    path("oversight/reveals", reveals.reveals, name="reveals"),
    path("below", below.overview, name="below"),
    path("grids", grids.workloads, name="grids"),
    path("new", intake.new, name="new"),
    path("new/category", intake.category, name="suggest"),
    path("cases/<str:number>", case.show, name="case"),
    path("cases/<str:number>/since", live.since, name="since"),
    path("cases/<str:number>/inspect", inspections.from_case, name="inspect"),
    path("cases/<str:number>/note", notes.write, name="note"),
    path("cases/<str:number>/contact", contact.reveal, name="contact"),
    path("cases/<str:number>/files/<uuid:file>", files.whole, name="file"),
    path("cases/<str:number>/files/<uuid:file>/small", files.small, name="thumbnail"),
    path("cases/<str:number>/<str:action>", case.move, name="move"),
]
