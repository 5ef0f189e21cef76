"""``manage.py load_pack <dir>``: bring a data pack in, through the workflow's own functions."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.cases.errors import WorkflowError
from apps.intake import loading
from apps.intake.pack_rows import PackError


class Command(BaseCommand):
    """Load a data pack. Loading it twice changes nothing."""

    help = "Load a data pack: its dictionaries, and with YONGKE_DEMO=1 its accounts and cases."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the pack's folder."""
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Load the dictionaries; in a demo also the accounts and the published cases."""
        try:
            pack = loading.read_pack(folder)
            loading.load_dictionaries(folder, pack)
            if not settings.DEMO:
                self.stdout.write(
                    "Dictionaries loaded. Accounts and cases of a pack come with YONGKE_DEMO=1 only."
                )
                return
            password = os.environ.get("YONGKE_DEMO_PASSWORD", "")
            if not password:
                raise CommandError("Set YONGKE_DEMO_PASSWORD: the demo accounts need a password.")
            made = loading.make_demo_accounts(password)
            loaded = loading.load_cases(folder, pack, self.stdout.write)
        except (PackError, WorkflowError) as error:
            raise CommandError(f"The pack was not loaded: {error}") from error
        self.stdout.write(f"Pack loaded: {len(made)} accounts and {loaded} cases new.")
