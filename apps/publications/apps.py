"""App configuration."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save


class PublicationsConfig(AppConfig):
    """The public side: listings, search, exports, API, feeds."""

    name = "apps.publications"

    def ready(self) -> None:
        """Count what is published in the transaction that publishes it."""
        from apps.cases.signals import released

        released.connect(_tally, dispatch_uid="tally")
        post_save.connect(_renew, sender="registry.Indicator", dispatch_uid="tally_indicator")
        post_migrate.connect(_tally_missing, sender=self, dispatch_uid="tally_missing")


def _tally(sender: Any, revisions: Any, **kwargs: Any) -> None:
    from apps.publications.tallies import tally

    tally(revisions)


def _renew(sender: Any, instance: Any, created: bool, **kwargs: Any) -> None:
    """Count figures by the section that their indicator stands in now."""
    from apps.publications.tallies import renew

    if not created:
        renew(instance)


def _tally_missing(sender: Any, **kwargs: Any) -> None:
    """Count what was published before there were tallies, once their table is there."""
    from apps.publications.tallies import tally_missing

    tally_missing()
