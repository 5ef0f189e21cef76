"""App configuration."""

from django.apps import AppConfig


class PlatformsConfig(AppConfig):
    """Platform types, certifications and their life."""

    name = "apps.platforms"
