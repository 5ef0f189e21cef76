"""App configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, roles, bureaus: who you are and what you may touch."""

    name = "apps.accounts"
