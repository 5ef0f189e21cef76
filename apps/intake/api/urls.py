"""Addresses of the intake's interface."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from apps.intake.api import views

app_name = "intake-api"

DESCRIPTION = {
    "TITLE": "Yongke 甬科: intake",
    "DESCRIPTION": "Tables handed in by bureaus' own systems. docs/intake-api.md tells the way.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/intake/v1",
    "PREPROCESSING_HOOKS": ["apps.intake.api.schema.only_intake"],
    "APPEND_COMPONENTS": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    "SECURITY": [{"token": []}],
}
ONE = "imports/<int:import_id>/"

urlpatterns = [
    path("", views.Root.as_view(), name="root"),
    path("schema/", SpectacularAPIView.as_view(custom_settings=DESCRIPTION), name="schema"),
    path("cases/", views.Cases.as_view(), name="cases"),
    path("imports/", views.Imports.as_view(), name="imports"),
    path(ONE, views.OneImport.as_view(), name="import"),
    path(f"{ONE}comparison/", views.ComparisonView.as_view(), name="comparison"),
    path(f"{ONE}accept/", views.Accept.as_view(), name="accept"),
    path(f"{ONE}undo/", views.Undo.as_view(), name="undo"),
    path(f"{ONE}cancel/", views.Cancel.as_view(), name="cancel"),
    re_path(r"^(?P<rest>.*)$", views.Nothing.as_view()),
]
