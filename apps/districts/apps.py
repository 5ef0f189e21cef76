"""App configuration."""

from django.apps import AppConfig


class DistrictsConfig(AppConfig):
    """Annual returns: indicator values and narrative sections."""

    name = "apps.districts"
