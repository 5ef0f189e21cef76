"""Addresses of taking a table into a case."""

from django.urls import path

from apps.intake import views

app_name = "intake"

ONE = "<int:import_id>/"

urlpatterns = [
    path("", views.start, name="start"),
    path(ONE, views.import_page, name="import"),
    path(f"{ONE}cancel/", views.cancel, name="cancel"),
    path(f"{ONE}tables/<int:number>/", views.table, name="table"),
    path(f"{ONE}rows/<int:row_id>/", views.row, name="row"),
    path(f"{ONE}organisations/", views.organisations, name="organisations"),
    path(f"{ONE}organisations/<int:name_id>/", views.organisation, name="organisation"),
    path(f"{ONE}undo-edit/", views.unedit, name="unedit"),
    path(f"{ONE}compare/", views.compare_page, name="compare"),
    path(f"{ONE}accept/", views.accept_import, name="accept"),
    path(f"{ONE}undo/", views.undo, name="undo"),
]
