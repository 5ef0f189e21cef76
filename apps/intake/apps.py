"""App configuration."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Tables from Word, Excel, PDF, HTML and the clipboard into draft records."""

    name = "apps.intake"
