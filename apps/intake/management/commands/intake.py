"""``manage.py intake FILE``: what a file with tables would give, row by row. It stores nothing."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from apps.intake import sentences
from apps.intake.output import as_json
from apps.intake.reading import Intake, read_file
from apps.intake.synonyms import KINDS


class Command(BaseCommand):
    """Read a file. Leaves with 1 where something is wrong, and says it in a sentence."""

    help = "Read the tables of a file (Word, Excel, PDF, HTML, CSV, text) and show their rows."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, the kind of list where it is known, and how to answer."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--kind", choices=sorted(KINDS), default="")
        parser.add_argument("--dry-run", action="store_true", help="store nothing")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, file: Path, kind: str, **options: Any) -> None:
        """Print the tables of the file and what is doubtful in them."""
        if not options["dry_run"]:
            raise CommandError(
                _(
                    "The command stores nothing yet: add --dry-run, or use the desk to take rows over."
                )
            )
        intake = read_file(file, kind)
        if options["as_json"]:
            self.stdout.write(json.dumps(as_json(intake), ensure_ascii=False))
        else:
            self._summary(intake)
        if intake.refusals:
            raise SystemExit(1)

    def _summary(self, intake: Intake) -> None:
        for each in intake.candidates:
            self.stdout.write(f"{each.title or '–'}: {each.kind or '?'}, {len(each.records)}")
            codes = Counter(code for record in each.records for _name, code in record.doubts)
            for code, times in codes.most_common():
                self.stdout.write(f"  {times} × {sentences.doubt(code)}")
            for aside, times in Counter(aside.code for aside in each.aside).items():
                self.stdout.write(f"  {times} × {sentences.aside(aside)}")
        for refusal in intake.refusals:
            place = f" ({refusal.where})" if refusal.where else ""
            self.stderr.write(sentences.refusal(refusal.code, refusal.params) + place)
