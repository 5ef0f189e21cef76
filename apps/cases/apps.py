"""App configuration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class CasesConfig(AppConfig):
    """The case: states, revisions, findings, releases, trace."""

    name = "apps.cases"

    def ready(self) -> None:
        """Find the ``kind.py`` of every app; let no trigger be ignored."""
        autodiscover_modules("kind")
        from apps.cases.triggers import ignore_none  # its library loads models

        post_migrate.connect(ignore_none, sender=self)
