"""App configuration."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """The shared vocabulary: districts, organisations and their names, years, the indicator dictionary."""

    name = "apps.registry"
