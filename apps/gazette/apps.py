"""App configuration."""

from django.apps import AppConfig


class GazetteConfig(AppConfig):
    """Policy register and chronicle of events."""

    name = "apps.gazette"
