"""App configuration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    """Every write in one chain, anchored outside the database, checked and searched."""

    name = "apps.audit"

    def ready(self) -> None:
        """Cover every table of the project after each migration, new ones too."""
        from apps.audit.coverage import cover_after_migrate  # models must be loaded first

        post_migrate.connect(cover_after_migrate, sender=self)
