"""What an upload would change, what is wrong with it, and what a colleague changed meanwhile."""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.districts.models import Blank, IndicatorValue
from apps.districts.returns import Return
from apps.districts.workbook.cells import (
    Found,
    Reading,
    read_day,
    read_number,
    read_reason,
    read_words,
)
from apps.districts.workbook.errors import Fault, Note, Refused, WrongCell
from apps.districts.workbook.layout import INPUTS, Imprint, Origin, SheetRow, Values, sheet_rows
from apps.districts.workbook.lists import Confirmation, compare_lists
from apps.districts.workbook.reading import ReadRow, Sheet, plain

SOURCE_LENGTH = IndicatorValue._meta.get_field("quoted_from").max_length or 120


@dataclass(frozen=True)
class Change:
    """One figure that the workbook would change."""

    row: SheetRow
    sheet: str
    cell: str
    # What the workbook says, and what was stored when it was downloaded.
    yours: Values
    origin: Values
    notes: tuple[str, ...] = ()
    is_stale: bool = False

    @property
    def label(self) -> str:
        """Return what the figure is."""
        return self.row.label

    @property
    def where(self) -> str:
        """Return the place as spreadsheets write it."""
        return f"{self.sheet}!{self.cell}"

    @property
    def before(self) -> str:
        """Return what is stored now, as printed."""
        return self.row.values.printed(self.row.unit) or _("no value")

    @property
    def after(self) -> str:
        """Return what would be stored, as printed."""
        return self.yours.printed(self.row.unit)

    @property
    def downloaded(self) -> str:
        """Return what was stored when the workbook was downloaded."""
        return self.origin.printed(self.row.unit) or _("no value")

    @property
    def figure(self) -> IndicatorValue | None:
        """Return the stored figure."""
        return self.row.figure

    @property
    def choice_name(self) -> str:
        """Return the name of the choice between two values."""
        return f"choice-{self.row.key}"


@dataclass
class Differences:
    """An upload beside the return as it stands."""

    imprint: Imprint
    changes: list[Change] = field(default_factory=list)
    conflicts: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    # Rows of the city's lists that it confirms.
    confirmations: list[Confirmation] = field(default_factory=list)
    unchanged: int = 0

    @property
    def total(self) -> int:
        """Return how many figures and statements would be stored or are to be chosen."""
        return len(self.changes) + len(self.conflicts) + len(self.confirmations)

    @property
    def digest(self) -> str:
        """Return what tells whether somebody who accepts has seen these very differences."""
        seen = [
            [
                change.row.key,
                str(change.figure.uid) if change.figure else "",
                change.figure.version if change.figure else 0,
                change.after,
                change.is_stale,
            ]
            for change in (*self.changes, *self.conflicts)
        ]
        seen.append([fault.where for fault in self.faults])
        seen.append([f"{each.read.uid}.{each.read.revision_id}" for each in self.confirmations])
        return hashlib.sha256(json.dumps(seen).encode()).hexdigest()


def check_place(imprint: Imprint, page: Return) -> None:
    """Raise ``Refused`` unless the workbook was made from this return as it is numbered now."""
    case = page.revision.case
    if imprint.district != page.district.slug or imprint.year != case.year:
        raise Refused(
            _(
                "This is the workbook of %(found)s for %(found_year)s; this page is about %(district)s, %(year)s. Upload it on its own page."
            )
            % {
                "found": imprint.district,
                "found_year": imprint.year,
                "district": page.district.slug,
                "year": case.year,
            }
        )
    if imprint.case_id != case.pk or imprint.revision != page.revision.number:
        raise Refused(
            _(
                "The workbook was made from revision %(found)s of the return; revision %(present)s is open. Download it again and copy your values into it."
            )
            % {"found": imprint.revision, "present": page.revision.number}
        )


def compare(sheet: Sheet, page: Return) -> Differences:
    """Return every difference and every fault of an upload at once. Raises ``Refused``."""
    check_place(sheet.imprint, page)
    result = Differences(sheet.imprint, faults=list(sheet.faults), notes=list(sheet.notes))
    origins = {origin.key: origin for origin in sheet.imprint.origins}
    present = _Present(page)
    times = Counter(row.key for row in sheet.rows)
    for row in sheet.rows:
        origin = origins.get(row.key)
        if row.number in sheet.merged:
            continue
        if origin is None:
            _extra_row(row, sheet, result)
        elif times[row.key] > 1:
            _double_row(row, sheet, result)
        else:
            _compare_row(row, origin, present, sheet, result)
    merged_keys = {row.key for row in sheet.rows if row.number in sheet.merged}
    _removed_rows(
        [key for key in origins if not times[key] and key not in merged_keys],
        present,
        sheet,
        result,
    )
    lists = compare_lists(sheet.listed, sheet.imprint.lists, page)
    result.confirmations = lists.confirmations
    result.faults += lists.faults
    result.notes += lists.notes
    return result


class _Present:
    """The return's rows as they stand, found by what a workbook knows of them."""

    def __init__(self, page: Return) -> None:
        self.lines: dict[str, SheetRow] = {}
        self.figures: dict[str, SheetRow] = {}
        for row in sheet_rows(page):
            if "/" not in row.key:
                self.lines[row.key] = row
            if row.figure:
                self.figures[str(row.figure.uid)] = row

    def find(self, origin: Origin) -> SheetRow | None:
        """Return the row of ``origin``: the same figure, else the line of its indicator."""
        return self.figures.get(origin.uid) or self.lines.get(origin.key)


def _extra_row(row: ReadRow, sheet: Sheet, result: Differences) -> None:
    """Name a row that is not the form's, if something was typed in it."""
    for code in INPUTS:
        found = row.found(code)
        if not found.is_empty:
            result.faults.append(
                Fault(
                    sheet.name,
                    found.cell,
                    found.shown,
                    _("This row is not one of the form's: its code is “%(code)s”.")
                    % {"code": row.key[:60]},
                    _(
                        "Type the value in the indicator's own row. A figure about a body or another period is added on the return's page."
                    ),
                )
            )
            return


def _double_row(row: ReadRow, sheet: Sheet, result: Differences) -> None:
    result.faults.append(
        Fault(
            sheet.name,
            row.found("code").cell,
            row.key,
            _("This row stands more than once, so that its value is not certain."),
            _("Remove the copies."),
            row.key,
        )
    )


def _removed_rows(keys: list[str], present: _Present, sheet: Sheet, result: Differences) -> None:
    """Say which rows are gone; their figures stay as they are."""
    if not keys:
        return
    names = [str(present.lines[key].indicator) if key in present.lines else key for key in keys]
    shown = ", ".join(names[:10]) + ("…" if len(names) > 10 else "")
    result.notes.append(
        Note(
            sheet.name,
            "",
            ngettext(
                "%(count)s row is not in the workbook any more; its figure stays as it is: %(names)s.",
                "%(count)s rows are not in the workbook any more; their figures stay as they are: %(names)s.",
                len(names),
            )
            % {"count": len(names), "names": shown},
        )
    )


def _compare_row(
    row: ReadRow, origin: Origin, present: _Present, sheet: Sheet, result: Differences
) -> None:
    """Add what one row changes, or all that is wrong with it."""
    now = present.find(origin)
    label = now.label if now else row.key
    places = now.indicator.precision if now else 6
    faults: list[Fault] = []
    notes: list[Note] = []

    def fault(found: Found, rule: str, cure: str) -> None:
        faults.append(Fault(sheet.name, found.cell, found.shown, rule, cure, label))

    for code, expected in (("unit", origin.unit), ("scope", origin.scope_words)):
        if code in row.cells and plain(row.found(code).value) != plain(expected):
            fault(
                row.found(code),
                _("The figure's %(column)s is “%(expected)s” and cannot be changed here.")
                % {"column": sheet.imprint.columns[code], "expected": expected},
                _("Write “%(expected)s” again and give the value accordingly.")
                % {"expected": expected},
            )
    read: dict[str, Reading] = {}
    readers = {
        "value": lambda found: read_number(found, origin.unit, places, origin.values.value),
        "qualifier": read_words,
        "blank": lambda found: read_reason(found, sheet.imprint.blanks),
        "quoted_from": lambda found: read_words(found, SOURCE_LENGTH),
        "quoted_on": read_day,
    }
    for code, reader in readers.items():
        found = row.found(code)
        try:
            read[code] = reader(found)
        except WrongCell as wrong:
            fault(found, wrong.rule, wrong.cure)
        else:
            notes += [Note(sheet.name, found.cell, text) for text in read[code].notes]
    if not faults:
        yours = Values(
            read["value"].value,
            read["blank"].text,
            read["qualifier"].text,
            read["quoted_from"].text,
            read["quoted_on"].day,
        )
        if yours.value is not None and yours.blank:
            fault(
                row.found("blank"),
                _("The row has a value and a reason for none."),
                _("Empty one of the two cells."),
            )
        elif yours.value is None and yours.qualifier and yours != origin.values:
            fault(
                row.found("qualifier"),
                _("A qualifier stands beside no value."),
                _("Type the value, or empty the qualifier."),
            )
        elif yours.value is None and _source(yours) != _source(origin.values):
            fault(
                row.found("quoted_from" if yours.quoted_from else "quoted_on"),
                _("A source stands beside no value."),
                _("Type the value, or empty the source."),
            )
        elif now and not now.may_type("quoted_from") and _source(yours) != _source(origin.values):
            fault(
                row.found("quoted_from" if yours.quoted_from else "quoted_on"),
                _("This figure is not quoted from another office; it has no source here."),
                _("Empty the cell; a document that proves the figure is attached as evidence."),
            )
        else:
            _settle(row, origin, now, yours, notes, fault, sheet, result)
    result.faults += faults
    result.notes += notes


def _source(values: Values) -> tuple[str, dt.date | None]:
    return values.quoted_from, values.quoted_on


def _settle(
    row: ReadRow,
    origin: Origin,
    now: SheetRow | None,
    yours: Values,
    notes: list[Note],
    fault: Callable[[Found, str, str], None],
    sheet: Sheet,
    result: Differences,
) -> None:
    """Say whether the row is a change, a choice between two values, or none."""
    if yours == Values() and origin.uid:
        # A figure that was emptied is missing; nought would be a number.
        yours = Values(None, Blank.MISSING.value)
        if yours != origin.values:
            notes.append(
                Note(
                    sheet.name,
                    row.found("value").cell,
                    _("The cell was emptied; the figure would be stored as missing."),
                )
            )
    if yours == origin.values or (now is not None and yours == now.values):
        result.unchanged += 1
        return
    found = row.found("value")
    if now is None:
        fault(
            found,
            _("The figure was removed on the return's page after the download."),
            _("Restore it there, or leave the row as it was."),
        )
        return
    if not now.is_open:
        fault(
            found,
            _(
                "This figure is not open for writing: the return was returned for other items, or the figure is not typed by the district."
            ),
            _("Put back what stood here: %(value)s.")
            % {"value": origin.values.printed(origin.unit) or _("no value")},
        )
        return
    figure = now.figure
    is_stale = (
        (str(figure.uid), figure.version) != (origin.uid, origin.version)
        if figure
        else bool(origin.uid)
    )
    change = Change(
        now,
        sheet.name,
        found.cell,
        yours,
        origin.values,
        tuple(note.text for note in notes),
        is_stale,
    )
    (result.conflicts if is_stale else result.changes).append(change)


def chosen(result: Differences, choices: Mapping[str, str]) -> list[Change] | None:
    """Return what is to be stored: every change, and of the stale rows those chosen as "yours".

    None where a choice is missing.
    """
    if any(
        choices.get(change.choice_name) not in {"yours", "theirs"} for change in result.conflicts
    ):
        return None
    return [
        *result.changes,
        *(change for change in result.conflicts if choices[change.choice_name] == "yours"),
    ]
