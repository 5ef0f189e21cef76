"""App configuration."""

from django.apps import AppConfig


class AwardsConfig(AppConfig):
    """Award programmes, prize-winning projects, youth laureates."""

    name = "apps.awards"
