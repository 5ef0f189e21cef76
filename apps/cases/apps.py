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
        from apps.cases.desk.lists import orders  # noqa: F401 - says how long changes are made
        from apps.cases.fields import say_plainly  # models must be loaded first
        from apps.cases.history import join_by_hash
        from apps.cases.kinds import record_kinds
        from apps.cases.triggers import ignore_none

        for kind in record_kinds.values():
            say_plainly(kind.model)
        post_migrate.connect(ignore_none, sender=self)
        post_migrate.connect(join_by_hash, sender=self)
