"""App configuration."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CasesConfig(AppConfig):
    """The case: states, revisions, findings, releases, trace."""

    name = "apps.cases"

    def ready(self) -> None:
        """Find the ``kind.py`` of every app."""
        autodiscover_modules("kind")
