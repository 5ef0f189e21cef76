"""Addresses under ``/accounts/``: only what is used of allauth, so only that can be attacked."""

from allauth.account import views as account
from django.urls import include, path

from apps.accounts import views

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", views.password_missing, name="account_set_password"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("2fa/", include("allauth.mfa.urls")),
    path("events/", views.SecurityEvents.as_view(), name="security_events"),
]
