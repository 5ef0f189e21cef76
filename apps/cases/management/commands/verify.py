"""``manage.py verify``: is everything still what was signed, approved and released?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.cases.models import Release, Revision
from apps.cases.verification import verify


class Command(BaseCommand):
    """Recompute every hash, follow every log and every chain. Exit code 1 where one is broken."""

    help = "Check content hashes, logs and releases."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line per fault, then the sum."""
        faults = 0
        for sentence in verify():
            self.stdout.write(sentence)
            faults += 1
        if faults:
            raise CommandError(f"{faults} faults found")
        self.stdout.write(
            f"{Revision.objects.count()} revisions and {Release.objects.count()} releases verified."
        )
