"""App configuration."""

from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    """Rosters and their entries."""

    name = "apps.enterprises"
