"""The template: its columns, its rows, and the signed sheet that says what they were made from."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext as _

from apps.cases import scope
from apps.districts.forms import QUOTED
from apps.districts.kind import INDICATOR_VALUE
from apps.districts.models import Blank, IndicatorValue, Scope
from apps.districts.queries import last_year_values
from apps.districts.returns import Line, Return
from apps.districts.workbook.lists import ListImprint
from apps.registry.models import Indicator, ValueSource

# Raise it with every change of the layout that an older workbook does not have.
TEMPLATE = "3"
FORMAT = "yongke-return"
HIDDEN_SHEET = "_yongke"
MOST_ROWS = 12_000
MOST_COLUMNS = 60

COLUMNS = (
    "code",
    "indicator",
    "subject",
    "definition",
    "unit",
    "scope",
    "last_year",
    "value",
    "qualifier",
    "blank",
    *QUOTED,
)
INPUTS = ("value", "qualifier", "blank", *QUOTED)
# How many texts tell a row's origin.
ORIGIN_CELLS = 10
# Without one of these columns no row can be read.
NEEDED = ("code", "unit", *INPUTS)


def column_labels() -> dict[str, str]:
    """Return the heading of each column in the reader's language."""
    return {
        "code": _("code"),
        "indicator": _("indicator"),
        "subject": _("subject, period"),
        "definition": _("definition and rule"),
        "unit": _("unit"),
        "scope": _("scope"),
        "last_year": _("Last year"),
        "value": _("value"),
        "qualifier": _("qualifier"),
        "blank": _("no value because"),
        "quoted_from": _("quoted from"),
        "quoted_on": _("date of the source"),
    }


@dataclass(frozen=True)
class Values:
    """What the district types about a figure."""

    value: Decimal | None = None
    blank: str = ""
    qualifier: str = ""
    quoted_from: str = ""
    quoted_on: dt.date | None = None

    @classmethod
    def of(cls, figure: IndicatorValue | None) -> "Values":
        """Return what a stored figure says; all empty where there is none."""
        if figure is None:
            return cls()
        return cls(
            figure.value, figure.blank, figure.qualifier, figure.quoted_from, figure.quoted_on
        )

    @property
    def as_stored(self) -> dict[str, Any]:
        """Return the values by the names of the figure's fields."""
        return asdict(self)

    def printed(self, unit: str) -> str:
        """Return the figure as it is printed, with the source it is quoted from.

        Nothing where there is neither value nor reason.
        """
        if self == Values():
            return ""
        figure = IndicatorValue(unit=unit, **self.as_stored)
        return " · ".join(filter(None, [figure.printed, figure.source_words]))


@dataclass(frozen=True)
class SheetRow:
    """One row of the sheet: a line of the form, or a figure about a body or another period."""

    # The indicator's code; "code/2", "code/3" … for its figures beyond the line of the form.
    key: str
    section: str
    indicator: Indicator
    figure: IndicatorValue | None
    before: IndicatorValue | None
    scope: str
    is_open: bool

    @property
    def unit(self) -> str:
        """Return the figure's unit; a new one is in the unit the form asks for."""
        return self.figure.unit if self.figure else self.indicator.unit

    @property
    def subject(self) -> str:
        """Return what a figure beyond the lines is about: a body, a part of the year, a forecast."""
        if self.figure is None or "/" not in self.key:
            return ""
        status = self.figure.get_status_display() if self.figure.status != "actual" else ""
        return " · ".join(filter(None, [self.figure.subject, self.figure.period, status]))

    @property
    def scope_words(self) -> str:
        """Return the scope in words; nothing where the source does not state it."""
        return str(Scope(self.scope).label) if self.scope else ""

    @property
    def label(self) -> str:
        """Return the indicator with what it is about."""
        return f"{self.indicator} ({self.subject})" if self.subject else str(self.indicator)

    @property
    def values(self) -> Values:
        """Return what is stored."""
        return Values.of(self.figure)

    def may_type(self, column: str) -> bool:
        """Say whether the district types in this column of the row: a source of quoted figures."""
        is_quoted = self.indicator.source == ValueSource.QUOTED
        return self.is_open and column in INPUTS and (is_quoted or column not in QUOTED)


def sheet_rows(page: Return) -> Iterator[SheetRow]:
    """Yield the rows of a return in the order of the form. Three queries at most."""
    revision = page.revision
    items = scope.open_items(revision) if page.may_fill and revision.returned_at else None
    before = None
    counts: dict[str, int] = {}
    for section in page.sections:
        for line in section.lines:
            yield _row_of_line(section.title, line)
        for figure in section.others:
            if before is None:
                before = last_year_values(revision.case.bureau, revision.case.year)
            code = figure.indicator.code
            counts[code] = counts.get(code, 1) + 1
            is_open = page.may_fill and (
                items is None or scope.row_is_named(items, INDICATOR_VALUE.code, figure.uid)
            )
            same_period = figure.period == str(revision.case.year)
            yield SheetRow(
                f"{code}/{counts[code]}",
                section.title,
                figure.indicator,
                figure,
                before.find(figure.indicator, figure.unit, figure.subject) if same_period else None,
                figure.scope,
                is_open,
            )


def _row_of_line(section: str, line: Line) -> SheetRow:
    return SheetRow(
        line.indicator.code,
        section,
        line.indicator,
        line.figure,
        line.before,
        line.scope,
        line.is_open,
    )


@dataclass(frozen=True)
class Origin:
    """What one row of a workbook was made from."""

    key: str
    uid: str
    version: int
    unit: str
    scope_words: str
    values: Values

    @classmethod
    def of(cls, row: SheetRow) -> "Origin":
        """Return the origin of a row that is written now."""
        figure = row.figure
        return cls(
            row.key,
            str(figure.uid) if figure else "",
            figure.version if figure else 0,
            row.unit,
            row.scope_words,
            row.values,
        )

    def cells(self) -> list[str]:
        """Return the origin as texts."""
        value = "" if self.values.value is None else f"{self.values.value:f}"
        return [
            self.key,
            self.uid,
            str(self.version),
            self.unit,
            self.scope_words,
            value,
            self.values.blank,
            self.values.qualifier,
            self.values.quoted_from,
            self.values.quoted_on.isoformat() if self.values.quoted_on else "",
        ]

    @classmethod
    def read(cls, cells: list[str]) -> "Origin":
        """Return the origin that ``cells`` holds. Raises ``ValueError`` or ``ArithmeticError``."""
        key, uid, version, unit, words, value, *rest = (cells + [""] * ORIGIN_CELLS)[:ORIGIN_CELLS]
        blank, qualifier, quoted_from, day = rest
        values = Values(
            Decimal(value) if value else None,
            blank,
            qualifier,
            quoted_from,
            dt.date.fromisoformat(day) if day else None,
        )
        return cls(key, uid, int(version), unit, words, values)


@dataclass(frozen=True)
class Imprint:
    """The hidden sheet: which return a workbook was made from, its words, and each row's origin."""

    template: str
    case_id: int
    district: str
    year: int
    revision: int
    sheet: str
    columns: dict[str, str]
    blanks: dict[str, str]
    origins: tuple[Origin, ...]
    lists: ListImprint

    @classmethod
    def of(
        cls, page: Return, sheet: str, rows: Iterable[SheetRow], lists: ListImprint
    ) -> "Imprint":
        """Return the imprint of a workbook that is written now."""
        case = page.revision.case
        return cls(
            TEMPLATE,
            case.pk,
            page.district.slug,
            case.year,
            page.revision.number,
            sheet,
            column_labels(),
            {code: str(label) for code, label in Blank.choices},
            tuple(Origin.of(row) for row in rows),
            lists,
        )

    def table(self) -> list[list[str]]:
        """Return the sheet's cells, all of them texts, signed in the first row."""
        rows = [
            ["format", FORMAT],
            ["template", self.template],
            ["case", str(self.case_id)],
            ["district", self.district],
            ["year", str(self.year)],
            ["revision", str(self.revision)],
            ["sheet", self.sheet],
            *(["column", code, label] for code, label in self.columns.items()),
            *(["blank", code, label] for code, label in self.blanks.items()),
            *(["row", *origin.cells()] for origin in self.origins),
            *self.lists.table(),
        ]
        return [["signature", _signer().sign(_digest(rows))], *rows]

    @classmethod
    def read(cls, table: list[list[str]]) -> "Imprint":
        """Return the imprint in a sheet's cells. Raises ``ValueError`` where it is not as written."""
        signed, rows = table[:1], table[1:]
        try:
            if _signer().unsign(signed[0][1]) != _digest(rows):
                raise ValueError("another content is signed")
        except (IndexError, BadSignature) as error:
            raise ValueError("not signed by this installation") from error
        single = {row[0]: row[1] for row in rows if len(row) == 2}
        named: dict[str, dict[str, str]] = {"column": {}, "blank": {}}
        origins = []
        for row in rows:
            if row[0] == "row":
                origins.append(Origin.read(row[1:]))
            elif row[0] in named:
                named[row[0]][row[1]] = row[2]
        return cls(
            single["template"],
            int(single["case"]),
            single["district"],
            int(single["year"]),
            int(single["revision"]),
            single["sheet"],
            named["column"],
            named["blank"],
            tuple(origins),
            ListImprint.read_table(rows),
        )


def _signer() -> Signer:
    return Signer(salt="apps.districts.workbook")


def _digest(rows: list[list[str]]) -> str:
    """Return the hash of cells; empty ones at the end of a row are nothing."""
    trimmed = []
    for row in rows:
        end = len(row)
        while end and not row[end - 1]:
            end -= 1
        trimmed.append(row[:end])
    return hashlib.sha256(json.dumps(trimmed, ensure_ascii=False).encode()).hexdigest()
