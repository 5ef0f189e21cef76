"""Addresses of a person's access tokens."""

from django.urls import path

from apps.intake import token_views

app_name = "tokens"

urlpatterns = [
    path("", token_views.tokens, name="tokens"),
    path("<int:token_id>/revoke/", token_views.revoke, name="revoke"),
]
