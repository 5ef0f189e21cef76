"""What the review asks: the import, its tables with their counts, a page of lines with their doubts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases.desk.values import field_label, words
from apps.cases.kinds import RecordKind, record_kinds
from apps.intake import sentences, titles
from apps.intake.columns import COLUMNS, REQUIRED, column_label
from apps.intake.imports import alike, organisations
from apps.intake.imports.comparing import GIVES, Fault, Item, Lacking, spoken_fields
from apps.intake.imports.comparing import Line as Compared
from apps.intake.imports.scope import imports_for
from apps.intake.imports.values import Typist, as_text, is_list
from apps.intake.models import Import, ImportRow, ImportTable
from apps.intake.stated import rows_stated
from apps.intake.synonyms import KINDS
from apps.registry.models import Reason

LINES_PER_PAGE = 50
NAMES_PER_PAGE = 20
NAMES_UNFOLDED = 3
"""More names than these are folded, so that the rows come first."""
MOST_ANSWERED = 100
LONG = 16
"""Characters from which on a value gets a field as wide as the form."""
SAMPLE = 40
"""Characters of a sample shown beside its column."""


def find_import(user: User, case_id: int, import_id: int) -> Import:
    """Return an import of a case that ``user`` fills. Raises ``Import.DoesNotExist``."""
    found: Import = (
        imports_for(user)
        .select_related("revision__case__bureau", "started_by", "source")
        .defer("source__content")
        .get(pk=import_id, revision__case_id=case_id)
    )
    return found


def imports_of(user: User, case_id: int) -> QuerySet[Import]:
    """Return the imports of one case, newest first."""
    return (
        imports_for(user)
        .filter(revision__case_id=case_id)
        .exclude(state="cancelled")
        .select_related("started_by")
    )


def tables_of(intake: Import) -> list[ImportTable]:
    """Return the tables of an import, each with ``rows_count``, ``doubtful``, ``faulty``, ``aside``."""
    row = Q(rows__aside="")
    return list(
        intake.tables.annotate(
            rows_count=Count("rows", filter=row),
            doubtful=Count(
                "rows", filter=row & (Q(rows__is_doubtful=True) | Q(rows__is_faulty=True))
            ),
            faulty=Count("rows", filter=row & Q(rows__is_faulty=True)),
            aside=Count("rows", filter=~Q(rows__aside="")),
        ).order_by("number")
    )


@dataclass(frozen=True)
class SourceCell:
    """A cell as it was found, and the field it was taken for."""

    text: str
    name: str


@dataclass(frozen=True)
class ResultCell:
    """A field of a line as it would be stored, with what is unsure or wrong about it."""

    name: str
    label: str
    text: str
    doubts: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    is_settled: bool = False
    is_edited: bool = False


@dataclass(frozen=True)
class Line:
    """One line of the review: the source beside the result."""

    row: ImportRow
    source: list[SourceCell]
    cells: list[ResultCell]
    faults: list[str]

    @property
    def place(self) -> str:
        """Return where the line stands in the file, in words."""
        return place_of(self.row.table, self.row.line, self.row.place)

    @property
    def mark(self) -> str:
        """Return the same as short as may be: under a heading that says “Line” the number does."""
        return self.place if len(_places(self.row.table)) > 1 else str(self.row.line or "–")

    @property
    def reason(self) -> str:
        """Return why it is no row."""
        return sentences.aside(self.row.aside) if self.row.aside else ""


def _places(table: ImportTable) -> list[dict[str, Any]]:
    """Return the sheets, pages or tables that the rows of a table stand in."""
    return table.frame.get("places", [])


def place_of(table: ImportTable, line: int, place: int) -> str:
    """Return where a line stands in the file; of a table joined of several, in which of them too."""
    words = f"line {line or '–'}"
    places = _places(table)
    for key in ("sheet", "page", "table"):
        if len({each[key] for each in places}) > 1:
            return sentences.place(f"{key} {places[place][key]}, {words}")
    return sentences.place(words)


def places_of(lines: Collection[ImportRow | Compared]) -> dict[int, str]:
    """Return where lines that are compared stand, by their keys. One query at most."""
    joined = [line.pk for line in lines if len(_places(line.table)) > 1]
    found = ImportRow.objects.filter(pk__in=joined).values_list("pk", "place")
    at = dict(found) if joined else {}
    return {line.pk: place_of(line.table, line.line, at.get(line.pk, 0)) for line in lines}


class Shower:
    """Makes lines of one table ready to be looked at."""

    def __init__(self, table: ImportTable) -> None:
        """Know which fields to show: those said, and those that must not be missing."""
        self.table = table
        self.kind: RecordKind | None = record_kinds.get(table.kind)

    @cached_property
    def names(self) -> list[str]:
        """Return the fields shown, in the kind's order."""
        if self.kind is None:
            return []
        code = self.table.kind
        constants = self.table.corrections.get("constants", {})
        shown = spoken_fields(self.table) | set(REQUIRED[code]) | set(constants)
        if code == "awards":
            shown |= {"award_class"}
        return [name for name in self.kind.fields if name in shown and name in COLUMNS[code]]

    @cached_property
    def headers(self) -> list[str]:
        """Return the fields shown, in words."""
        return [self.label(name) for name in self.names]

    @cached_property
    def typist(self) -> Typist:
        """Return what knows the dictionaries: asked for only where something does not fit."""
        assert self.kind is not None
        return Typist(self.kind, self.table.intake.revision)

    def label(self, name: str) -> str:
        """Return a field in words."""
        assert self.kind is not None
        return field_label(self.kind.model, name)

    def line(self, row: ImportRow) -> Line:
        """Return one line."""
        if self.kind is None or row.aside:
            return Line(row, self.source(row), [], [])
        faults = self.typist.faults(row.result) if row.is_faulty else {}
        reasons: dict[str, list[str]] = {}
        for name, code in row.doubts:
            reasons.setdefault(name, []).append(sentences.doubt(code))
        cells = [
            ResultCell(
                name,
                self.label(name),
                as_text(row.result.get(name)).replace("\n", "、"),
                reasons.get(name, []),
                faults.get(name, []),
                name in row.settled,
                name in row.edits,
            )
            for name in self.names
        ]
        rest = [text for name, texts in faults.items() if name not in self.names for text in texts]
        return Line(row, self.source(row), cells, rest)

    def source(self, row: ImportRow) -> list[SourceCell]:
        """Return the cells as found, each with the field it was taken for."""
        names = [column["field"] for column in self.table.columns]
        found = []
        for at, text in enumerate(row.cells):
            column = at - row.shift
            name = names[column] if 0 <= column < len(names) else ""
            found.append(SourceCell(text, " ".join(GIVES.get(name, (name,))) if name else ""))
        return found

    def inputs(
        self, row: ImportRow, typed: Mapping[str, str] | None = None, wanted: str = ""
    ) -> list[dict[str, Any]]:
        """Return the fields of a line as they are edited: all that the kind has.

        ``typed`` is what a person typed and could not be taken over; it stays. The cursor goes to
        the field ``wanted``, else to the first that was typed, is wrong or unsure.
        """
        assert self.kind is not None
        faults = self.typist.faults(row.result)
        open_doubts = {name for name, _code in row.open_doubts}
        names = [name for name in self.kind.fields if name in COLUMNS[self.table.kind]]
        now = {name: as_text(row.result.get(name, "")) for name in names}
        shown = {name: (typed or now).get(name, now[name]) for name in names}
        order = (
            *(name for name in names if shown[name].split() != now[name].split()),
            *(name for name in names if faults.get(name) or name in open_doubts),
            names[0],
        )
        focus = wanted if wanted in names else order[0]
        return [
            {
                "name": name,
                "label": self.label(name),
                "value": shown[name],
                "seen": now[name],
                "is_list": is_list(self.kind, name),
                "is_long": max(len(now[name]), len(shown[name])) > LONG
                and not is_list(self.kind, name),
                "has_focus": name == focus,
                "faults": faults.get(name, []),
                "doubts": [
                    sentences.doubt(c) for n, c in row.doubts if n == name and n in open_doubts
                ],
            }
            for name in names
        ]


def organisations_of(intake: Import, number: str = "1", *, is_open: bool = False) -> dict[str, Any]:
    """Return a page of the names that are unsure, and those answered. Four queries.

    Many names are folded unless the person ``is_open`` to them: has just answered one.
    """
    pages = Paginator(organisations.open_names(intake).order_by("-rows", "pk"), NAMES_PER_PAGE)
    shown = pages.get_page(number)
    labels = dict(Reason.choices)
    answered = list(organisations.answered_names(intake)[:MOST_ANSWERED])
    return {
        "names": [
            {
                "name": name,
                "candidates": [
                    {**each, "why": labels.get(each["reason"], "")} for each in name.candidates
                ],
            }
            for name in shown.object_list
        ],
        "names_page": shown,
        "names_open": pages.count,
        "names_folded": not is_open and pages.count > NAMES_UNFOLDED,
        "names_answered": answered,
    }


def mapping_of(table: ImportTable) -> list[dict[str, Any]]:
    """Return the columns of a table with their samples and the field each is taken for."""
    return [
        {
            "index": at,
            "header": column["header"],
            "field": column["field"],
            "percent": round(column["confidence"] * 100),
            "is_named": str(at) in table.corrections.get("columns", {}),
            "samples": [
                Truncator(text).chars(SAMPLE, truncate="…")
                for text in dict.fromkeys(column["samples"])
            ],
        }
        for at, column in enumerate(table.columns)
    ]


def choices_of(code: str) -> list[tuple[str, str]]:
    """Return the fields that a column may be, in words."""
    names = dict.fromkeys((*KINDS[code].columns, *COLUMNS[code], "id"))
    return [("", _("— left out —")), *((name, column_label(code, name)) for name in names)]


def shared_doubts(table: ImportTable, shower: Shower) -> list[dict[str, Any]]:
    """Return what is unsure alike in several rows: the field, the reasons, how many. One query."""
    return [
        {
            "value": " ".join((each.name, *each.codes)),
            "label": shower.label(each.name),
            "reasons": [sentences.doubt(code) for code in each.codes],
            "rows": each.rows,
        }
        for each in alike.shared_doubts(table)
        if each.name in shower.names
    ]


def lacking(lines: Sequence[Line]) -> list[str]:
    """Return the fields that must not be blank and that none of these lines has."""
    if not lines or not all(line.cells for line in lines):
        return []
    return [
        cells[0].name
        for cells in zip(*(line.cells for line in lines), strict=True)
        if all(cell.faults and not cell.text for cell in cells)
    ]


def stated(table: ImportTable) -> int | None:
    """Return the number of rows the words around a table state, where another number was found.

    ``table`` is one of ``tables_of``. No query.
    """
    number = rows_stated((table.title, *table.frame["above"]))
    return number if number != table.rows_count else None  # type: ignore[attr-defined]


def constants_of(table: ImportTable, lacking: Collection[str] = ()) -> list[dict[str, str]]:
    """Return the fields no column gives, with the value that holds for every row.

    With those that are ``lacking`` all the same: a column of prizes need not name their class.
    For these the name of the case is proposed, to be looked at before the table is read again.
    """
    kind = record_kinds[table.kind]
    spoken = spoken_fields(table)
    said = table.corrections.get("constants", {})
    proposed = _said_by_case(table, lacking)
    return [
        {
            "name": name,
            "label": field_label(kind.model, name),
            "value": as_text(said.get(name, proposed.get(name, ""))),
        }
        for name in kind.fields
        if (name not in spoken or name in lacking or name in said) and name in COLUMNS[table.kind]
    ]


def _said_by_case(table: ImportTable, names: Collection[str]) -> dict[str, str]:
    """Return what the case's own name says of these fields, as a title above the table would."""
    case = table.intake.revision.case
    year, _is_own = titles.year_of(case.subject)
    said = {
        "year": year or str(case.year),
        "award_year": year,
        "programme": titles.programme_of(case.subject),
        "roster": titles.roster_of(case.subject),
    }
    return {name: value for name, value in said.items() if name in names}


def change_of(item: Item, places: Mapping[int, str]) -> dict[str, Any]:
    """Return what a line would change, field by field, in words."""
    kind = record_kinds[item.line.table.kind]
    title = item.line.result.get(kind.title_field) or str(item.line.line)
    return {
        "title": title,
        "place": places[item.line.pk],
        "changes": [
            {
                "label": field_label(kind.model, name),
                "before": words(_shown(kind, name, before)),
                "after": words(after),
            }
            for name, (before, after) in item.changes.items()
        ],
    }


def repeat_of(item: Item, places: Mapping[int, str]) -> dict[str, Any]:
    """Return a line that says the same as an earlier one of the file."""
    kind = record_kinds[item.line.table.kind]
    return {
        "row": item.line,
        "title": item.line.result.get(kind.title_field) or str(item.line.line),
        "place": places[item.line.pk],
        "first": item.repeats,
    }


def _shown(kind: RecordKind, name: str, stored: Any) -> Any:
    """Return a stored value as it is read: a relation by its name."""
    found = kind.model._meta.get_field(name)
    if found.is_relation and stored is not None:
        return found.related_model._default_manager.filter(pk=stored).first()  # type: ignore[union-attr]
    return stored


def lacking_of(lacking: Sequence[Lacking]) -> list[dict[str, Any]]:
    """Return fields that whole tables lack, in words, with the number of their rows."""
    found = []
    for each in lacking:
        label = field_label(record_kinds[each.table.kind].model, each.name)
        text = _("%(field)s is missing in all %(rows)s rows, and must not be.") % {
            "field": label,
            "rows": each.rows,
        }
        found.append({"table": each.table, "label": label, "text": text})
    return found


def fault_of(fault: Fault, places: Mapping[int, str]) -> dict[str, Any]:
    """Return a fault with its place in words."""
    kind = record_kinds[fault.line.table.kind]
    return {
        "row": fault.line,
        "place": places[fault.line.pk],
        "label": field_label(kind.model, fault.name) if fault.name else _("the row"),
        "text": fault.text,
    }
