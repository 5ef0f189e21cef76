"""What a person does to an import before it is stored. Nothing of the case changes."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases.errors import Refused
from apps.cases.kinds import record_kinds
from apps.intake import sentences
from apps.intake.columns import COLUMNS
from apps.intake.imports import alike, constants, layouts, organisations, staging, twins
from apps.intake.imports.lines import LineReader
from apps.intake.imports.scope import held, kinds_of
from apps.intake.imports.values import as_text, is_list
from apps.intake.models import Import, ImportEdit, ImportRow, ImportTable
from apps.intake.readers.tidy import tidy
from apps.intake.synonyms import KINDS

LONGEST_VALUE = 5000


def _line(intake: Import, row_id: int) -> ImportRow:
    line: ImportRow = (
        ImportRow.objects.select_related("table__intake__revision__case")
        .filter(table__intake=intake)
        .get(pk=row_id)
    )
    return line


def _note(actor: User, intake: Import, line: ImportRow) -> None:
    """Keep what a line was before it is changed."""
    ImportEdit.objects.create(
        intake=intake,
        row=line,
        by=actor,
        before={
            "edits": line.edits,
            "settled": line.settled,
            "aside": line.aside,
        },
    )


def _store(line: ImportRow) -> ImportRow:
    LineReader(line.table, None).judge(line)
    line.save()
    return line


@transaction.atomic
def edit(
    actor: User,
    import_id: int,
    row_id: int,
    values: Mapping[str, str],
    seen: Mapping[str, str] | None = None,
) -> ImportRow:
    """Set fields of a line as typed, lists one name per line; a field that was typed is settled.

    ``seen`` holds the values as the person had them before: what was left as it was seen is left
    as it is. Raises as ``held`` does; ``Refused`` for a field that the kind has not, and where a
    field that was typed is no longer what was seen.
    """
    intake = held(actor, import_id)
    line = _line(intake, row_id)
    kind = record_kinds[line.table.kind]
    typed: dict[str, Any] = {}
    for name, text in values.items():
        if name not in kind.fields:
            raise Refused(_("A row of this kind has no such field."))
        text = _plain(text)
        if seen is not None and name in seen:
            if text == _plain(seen[name]):
                continue
            now = _plain(as_text(line.result.get(name, "")))
            if now not in (_plain(seen[name]), text):
                raise Refused(
                    _("Somebody changed this row since you opened it. Compare, then decide.")
                )
        value: Any = text
        if is_list(kind, name):
            value = [part.strip() for part in text.split("\n") if part.strip()]
        if value != (line.result.get(name) or ([] if is_list(kind, name) else "")):
            typed[name] = value
    if not typed:
        return line
    _note(actor, intake, line)
    before = organisations.printed_in(line)
    line.edits = {**line.edits, **typed}
    line.settled = sorted({*line.settled, *typed})
    _store(line)
    organisations.look_again(intake, before | organisations.printed_in(line))
    return line


def _plain(text: str) -> str:
    """Return a typed text as a file's cell is read: one kind of line break, nothing unseen in it."""
    return tidy(text[:LONGEST_VALUE])


@transaction.atomic
def settle(actor: User, import_id: int, row_id: int, name: str = "") -> ImportRow:
    """Say that a field is right as it was read; without a name, that the whole line is."""
    intake = held(actor, import_id)
    line = _line(intake, row_id)
    unsure = {doubt[0] for doubt in line.doubts}
    names = unsure & {name} if name else unsure
    if names <= set(line.settled):
        return line
    _note(actor, intake, line)
    line.settled = sorted({*line.settled, *names})
    return _store(line)


@transaction.atomic
def settle_alike(actor: User, import_id: int, number: int, name: str, codes: Sequence[str]) -> int:
    """Say that a field is right as read in every row where these are its open doubts; count them.

    A row in which anything else is unsure about the field is left alone. ``undo`` takes all back
    in one step. Raises as ``held``; ``ImportTable.DoesNotExist``.
    """
    table = held(actor, import_id).tables.get(number=number)
    if name not in COLUMNS.get(table.kind, ()) or not set(codes) <= set(sentences.DOUBTS):
        raise Refused(_("A row of this kind has no such field."))
    return alike.settle(actor, table, name, codes)


@transaction.atomic
def set_aside(actor: User, import_id: int, row_id: int) -> ImportRow:
    """Leave a line out of what is stored."""
    intake = held(actor, import_id)
    line = _line(intake, row_id)
    if line.aside:
        return line
    _note(actor, intake, line)
    line.aside = staging.BY_HAND
    line.save()
    organisations.look_again(intake, organisations.printed_in(line))
    return line


@transaction.atomic
def put_back(actor: User, import_id: int, row_id: int) -> ImportRow:
    """Make a line that was set aside a row. Raises ``Refused`` in a table of no kind."""
    intake = held(actor, import_id)
    line = _line(intake, row_id)
    if not line.aside:
        return line
    if not line.table.kind:
        raise Refused(_("Say first which kind of list this table is."))
    _note(actor, intake, line)
    line.aside = ""
    staging.read_one(line)
    line.save()
    organisations.look_again(intake, organisations.printed_in(line))
    return line


@transaction.atomic
def undo(actor: User, import_id: int) -> ImportRow | None:
    """Take the last change back and return its line, or one of them; None where there is none."""
    intake = held(actor, import_id)
    last = intake.edits.order_by("-pk").first()
    if last is None:
        return None
    if "together" in last.before:
        alike.take_back(last)
        return _line(intake, last.row_id)
    line = _line(intake, last.row_id)
    before = organisations.printed_in(line)
    line.edits = last.before["edits"]
    line.settled = last.before["settled"]
    line.aside = last.before["aside"]
    last.delete()
    _store(line)
    organisations.look_again(intake, before | organisations.printed_in(line))
    return line


@transaction.atomic
def choose(actor: User, import_id: int, number: int, is_taken: bool) -> ImportTable:
    """Take a candidate, or set it aside. Raises ``Refused`` for one of no kind."""
    intake = held(actor, import_id)
    table = intake.tables.get(number=number)
    if is_taken and not table.kind:
        raise Refused(_("Say first which kind of list this table is."))
    table.is_taken = is_taken
    table.save(update_fields=["is_taken"])
    organisations.look(intake)
    twins.look(intake)
    return table


@transaction.atomic
def map_columns(
    actor: User,
    import_id: int,
    number: int,
    kind: str,
    columns: Mapping[int, str],
    for_all: Mapping[str, str] | None = None,
) -> ImportTable:
    """Say what a table is and what its columns mean; read it again; remember it for the layout.

    ``for_all`` are values that hold for every row: where nothing else is new, they are set in the
    lines as they were read. Raises ``Refused`` for a kind that the case
    does not hold, a field that the kind has not, or one given to two columns.
    """
    intake = held(actor, import_id)
    table = intake.tables.get(number=number)
    table.intake = intake
    if kind not in kinds_of(intake.revision):
        raise Refused(_("A case of this kind takes in no such tables."))
    named = [name for name in columns.values() if name]
    if len(set(named)) < len(named):
        raise Refused(_("Two columns cannot be the same field. Choose one of them."))
    known = {*KINDS[kind].columns, *COLUMNS[kind], "id", ""}
    if not set(columns.values()) <= known or not set(columns) <= set(range(len(table.columns))):
        raise Refused(_("A row of this kind has no such field."))
    fields = record_kinds[kind].fields
    texts = {name: _plain(text) for name, text in (for_all or {}).items() if _plain(text)}
    if not set(texts) <= set(fields):
        raise Refused(_("A row of this kind has no such field."))
    said = {
        name: text.splitlines() if is_list(record_kinds[kind], name) else text
        for name, text in texts.items()
    }
    is_other = kind != table.kind
    # Names are looked for where the table was not taken, too.
    is_set = not is_other and constants.may_be_set(table, columns, said)
    names_stay = is_set and table.is_taken and not constants.name_somebody(kind, said)
    table.kind, table.is_taken = kind, True
    # The columns of another kind are guessed before they are corrected.
    corrections: dict[str, Any] = {"kind": kind, "columns": {}, "constants": said}
    if not is_other:
        corrections["columns"] = {str(at): name for at, name in columns.items()}
    layouts.remember(actor, table.layout, kind, {} if is_other else columns)
    table.corrections, table.is_remembered = corrections, False
    if is_set:
        constants.set_values(table, said)
    else:
        staging.read_again(table)
    if not names_stay:
        organisations.look(intake)
        twins.look(intake)
    return table


def lines(table: ImportTable, only: str = "") -> QuerySet[ImportRow]:
    """Return the lines of a table: its rows, or only those doubtful, faulty, or set aside."""
    found = table.rows.all()
    if only == "aside":
        return found.exclude(aside="")
    found = found.filter(aside="")
    if only == "doubtful":
        return found.filter(is_doubtful=True) | found.filter(is_faulty=True)
    return found


def page_of(line: ImportRow, size: int) -> int:
    """Return the number of the page, of ``size`` lines, on which a row stands among all rows."""
    before = line.table.rows.filter(aside="", position__lt=line.position).count()
    return before // size + 1
