"""Addresses of the audit."""

from django.urls import path

from apps.audit import views

app_name = "audit"

urlpatterns = [
    path("", views.audit, name="audit"),
    path("verify/", views.verify_now, name="verify"),
]
