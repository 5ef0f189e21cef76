"""What the review asks: the import, its tables with their counts, what their columns mean."""

from collections.abc import Collection
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases.desk.values import field_label
from apps.cases.kinds import record_kinds
from apps.intake import sentences, titles
from apps.intake.columns import COLUMNS, column_label
from apps.intake.imports import alike, organisations
from apps.intake.imports.comparing import spoken_fields
from apps.intake.imports.scope import imports_for
from apps.intake.imports.values import as_text
from apps.intake.models import Import, ImportTable
from apps.intake.shown_lines import Shower
from apps.intake.stated import rows_stated
from apps.intake.synonyms import KINDS
from apps.registry.models import Reason

LINES_PER_PAGE = 50
NAMES_PER_PAGE = 20
NAMES_UNFOLDED = 3
"""More names than these are folded, so that the rows come first."""
MOST_ANSWERED = 100
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


def counts_of(tables: list[ImportTable]) -> dict[str, int | None]:
    """Return how many rows are to be stored and to be settled, and the first table with such ones.

    ``tables`` are those of ``tables_of``.
    """
    shown: list[Any] = [table for table in tables if table.is_taken]
    return {
        "total": sum(table.rows_count for table in shown),
        "doubtful": sum(table.doubtful for table in shown),
        "doubtful_in": next((table.number for table in shown if table.doubtful), None),
    }


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
