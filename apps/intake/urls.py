"""Addresses of taking a table into a case."""

from django.urls import path

from apps.intake.views import (
    accepting,
    lines,
    lists,
    organisations,
    reviewing,
    standing,
    starting,
    undoing,
)

app_name = "intake"

ONE = "<int:import_id>/"

urlpatterns = [
    path("", starting.start, name="start"),
    path("list/<slug:code>/<slug:form>/", lists.list_file, name="list_file"),
    path(ONE, standing.import_page, name="import"),
    path(f"{ONE}cancel/", starting.cancel, name="cancel"),
    path(f"{ONE}tables/<int:number>/", reviewing.table, name="table"),
    path(f"{ONE}rows/<int:row_id>/", lines.row, name="row"),
    path(f"{ONE}organisations/", organisations.organisations, name="organisations"),
    path(f"{ONE}organisations/<int:name_id>/", organisations.organisation, name="organisation"),
    path(f"{ONE}undo-edit/", reviewing.unedit, name="unedit"),
    path(f"{ONE}compare/", accepting.compare_page, name="compare"),
    path(f"{ONE}accept/", accepting.accept_import, name="accept"),
    path(f"{ONE}undo/", undoing.undo, name="undo"),
]
