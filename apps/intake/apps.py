"""App configuration."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Tables from Word, Excel, PDF, HTML and the clipboard into draft records."""

    name = "apps.intake"

    def ready(self) -> None:
        """Say how an import is undone that is a long change of its case."""
        from apps.intake.imports import undoing  # noqa: F401 - models must be loaded first
