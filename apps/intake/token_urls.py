"""Addresses of a person's access tokens."""

from django.urls import path

from apps.intake.views import tokens

app_name = "tokens"

urlpatterns = [
    path("", tokens.tokens, name="tokens"),
    path("<int:token_id>/revoke/", tokens.revoke, name="revoke"),
]
