"""``manage.py intake FILE``: what a file with tables would give, row by row; or store it in a case.

With ``--dry-run`` it needs no account and stores nothing.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.accounts.models import User
from apps.cases.errors import WorkflowError
from apps.cases.models import Revision
from apps.intake import sentences
from apps.intake.comparison import fault_of, lacking_of
from apps.intake.imports.accepting import accept
from apps.intake.imports.comparing import compare
from apps.intake.imports.starting import take_in
from apps.intake.models import Import, ImportState
from apps.intake.output import as_json
from apps.intake.places import places_of
from apps.intake.reading import Intake, read_file
from apps.intake.synonyms import KINDS
from apps.intake.tasks import read_import


class Command(BaseCommand):
    """Read a file. Leaves with 1 where something is wrong, and says it in a sentence."""

    help = "Read the tables of a file (Word, Excel, PDF, HTML, CSV, text) and show their rows."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, the kind of list where it is known, and how to answer."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--kind", choices=sorted(KINDS), default="")
        parser.add_argument("--case", type=int, help="the case's number, as in its address")
        parser.add_argument("--user", help="the account that fills the case")
        parser.add_argument("--dry-run", action="store_true", help="store nothing")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, file: Path, kind: str, **options: Any) -> None:
        """Print the tables of the file and what is doubtful in them."""
        if not options["dry_run"]:
            self._take(file, kind, options)
            return
        intake = read_file(file, kind)
        if options["as_json"]:
            self.stdout.write(json.dumps(as_json(intake), ensure_ascii=False))
        else:
            self._summary(intake)
        if intake.refusals:
            raise SystemExit(1)

    def _take(self, file: Path, kind: str, options: dict[str, Any]) -> None:
        """Take a file into a case as its filler would, all of it or nothing."""
        actor, revision = _place(options["case"], options["user"])
        try:
            data = file.read_bytes()
            intake = take_in(actor, revision, file.name, data, kind, is_queued=False)
            read_import(import_id=intake.pk)
            intake.refresh_from_db()
            if intake.state != ImportState.READ:
                faults = [
                    {
                        "message": sentences.refusal(each["code"], each["params"]),
                        "where": sentences.place(each["where"]),
                    }
                    for each in intake.refusals
                ]
                self._answer(options, intake, {}, faults)
                raise SystemExit(1)
            found = compare(intake)
            places = places_of([fault.line for fault in found.faults])
            between = pgettext("between items", ", ")
            faults = [
                {"message": said["text"], "where": between.join((said["place"], said["label"]))}
                for said in (fault_of(fault, places) for fault in found.faults)
            ]
            faults = [
                *({"message": each["text"], "where": ""} for each in lacking_of(found.lacking)),
                *faults,
            ]
            if not intake.tables.filter(is_taken=True).exists():
                faults = [{"message": sentences.refusal("not-of-case", {}), "where": ""}]
            if found.total and not found.faulty:
                accept(actor, intake.pk, found.digest)
        except OSError as error:
            raise CommandError(sentences.refusal("no-file", {})) from error
        except WorkflowError as error:
            raise CommandError(str(error)) from error
        self._answer(options, intake, {**found.counts, "doubtful": found.doubtful}, faults)
        if faults:
            raise SystemExit(1)

    def _answer(
        self,
        options: dict[str, Any],
        intake: Import,
        counts: dict[str, int],
        faults: list[dict[str, str]],
    ) -> None:
        """Say what was stored, or everything that keeps it from being stored."""
        intake.refresh_from_db()
        is_stored = intake.state == ImportState.ACCEPTED
        if options["as_json"]:
            said = {"import": intake.pk, "stored": is_stored, "rows": counts, "errors": faults}
            self.stdout.write(json.dumps(said, ensure_ascii=False))
            return
        words = {
            "new": _("New"),
            "changed": _("Changed"),
            "unchanged": _("Unchanged"),
            "missing": _("In the case, not in the file"),
            "doubtful": _("To be settled"),
        }
        for name, count in counts.items():
            self.stdout.write(f"{words[name]}: {count}")
        self.stdout.write(_("Stored.") if is_stored else _("Nothing was stored."))
        for fault in faults:
            self.stderr.write(
                f"{fault['message']} ({fault['where']})" if fault["where"] else fault["message"]
            )

    def _summary(self, intake: Intake) -> None:
        for each in intake.candidates:
            self.stdout.write(f"{each.title or '–'}: {each.kind or '?'}, {len(each.records)}")
            codes = Counter(code for record in each.records for _name, code in record.doubts)
            for code, times in codes.most_common():
                self.stdout.write(f"  {times} × {sentences.doubt(code)}")
            for aside, times in Counter(aside.code for aside in each.aside).items():
                self.stdout.write(f"  {times} × {sentences.aside(aside)}")
        for refusal in intake.refusals:
            self.stderr.write(sentences.refusal(refusal.code, refusal.params, refusal.where))


def _place(case: int | None, username: str | None) -> tuple[User, Revision]:
    """Return who takes the file in, and where. Raises ``CommandError`` with the cure."""
    if case is None or not username:
        raise CommandError(
            _("Say where and as whom: --case NUMBER --user NAME; or only look, with --dry-run.")
        )
    actor = User.objects.filter(username=username, is_active=True).first()
    if actor is None:
        raise CommandError(_("There is no account of this name."))
    revisions = Revision.objects.visible_to(actor).select_related("case__bureau")
    revision = revisions.filter(case_id=case).order_by("-number").first()
    if revision is None:
        raise CommandError(_("This account sees no case of this number."))
    return actor, revision
