"""``manage.py verify``: is everything still what was written, signed, approved and released?"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.audit.models import Act
from apps.audit.verification import verify
from apps.cases.models import Release, Revision


class Command(BaseCommand):
    """Recompute every hash, follow every log and every chain. Exit code 1 where one is broken."""

    help = "Check every row, the chain of the audit, content hashes, logs, releases and anchors."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take ``--json``."""
        parser.add_argument(
            "--json", action="store_true", help="one JSON object a fault, a line each"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line per fault as it is found, then the sum."""
        faults = 0
        for fault in verify():
            line = (
                json.dumps(fault.as_json(), ensure_ascii=False) if options["json"] else str(fault)
            )
            self.stdout.write(line)
            faults += 1
        if faults:
            raise CommandError(f"{faults} faults found")
        if not options["json"]:
            self.stdout.write(
                f"{Revision.objects.count()} revisions and {Release.objects.count()} releases"
                f" verified, {Act.objects.count()} acts."
            )
