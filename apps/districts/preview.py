"""A return as it will be published, for the person who signs it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from apps.cases.kinds import Preview
from apps.cases.reading import Content
from apps.districts.lists.answers import CODE as STATEMENTS
from apps.districts.lists.models import CLAIMS
from apps.districts.lists.page import notes_of
from apps.districts.lists.standing import read_lists
from apps.districts.models import Blank, IndicatorValue, NarrativeSection
from apps.districts.narrative.references import TOKEN, References, tell
from apps.districts.printed import sections_of
from apps.registry.models import FormVersion

FIGURES = "indicator-values"
NARRATIVE = "narrative-sections"


@dataclass(frozen=True)
class Blanks:
    """The figures without a value for one reason; ``label`` says which."""

    label: str
    rows: Sequence[IndicatorValue]


def blanks_of(rows: Sequence[IndicatorValue]) -> list[Blanks]:
    """Return the figures without a value by reason, and the reasons that occur only."""
    found = [
        Blanks(str(blank.label), [row for row in rows if row.blank == blank]) for blank in Blank
    ]
    return [blanks for blanks in found if blanks.rows]


def marked_numbers(narrative: Sequence[NarrativeSection]) -> list[tuple[str, list[str]]]:
    """Return the numbers that the writer marked as no figure, by the heading of their section."""
    found = []
    for section in narrative:
        numbers = [t["literal"].strip() for t in TOKEN.finditer(section.text) if t["literal"]]
        if numbers:
            found.append((section.heading, numbers))
    return found


@dataclass(frozen=True)
class Claimed:
    """A disputed or added row as the person who signs reads it."""

    title: str
    says: str
    claim: str
    reason: str
    url: str


@dataclass(frozen=True)
class Said:
    """What the return says of the lists of one kind of row."""

    label: str
    # How many rows stand how, in words.
    notes: str
    waiting: int
    claims: Sequence[Claimed]


def lists_said(content: Content) -> list[Said]:
    """Return what the return says of the city's lists, by kind of row. Two queries.

    It is signed with the rest; of the public page only the number of confirmed rows is part.
    """
    revision = content.revision
    lists = read_lists(revision, statements=content.rows[STATEMENTS])
    return [
        Said(
            str(kind.label_plural),
            notes_of(lists.of(kind)),
            sum(line.is_waiting for line in lists.of(kind)),
            [
                Claimed(
                    line.statement.title,
                    line.label,
                    line.statement.get_claim_display() if line.statement.claim else "",
                    line.statement.reason,
                    reverse("desk:row", args=[revision.case_id, STATEMENTS, line.statement.uid]),
                )
                for line in lists.of(kind)
                if line.statement is not None and line.statement.says in CLAIMS
            ],
        )
        for kind in lists.kinds
    ]


def preview(content: Content, form_head: FormVersion | None) -> Preview:
    """Return the whole return as the public page of the district will show it.

    It is made of the rows that are hashed. Three queries, for what is no part of the return: the
    year before, the district, the city's lists.
    """
    case = content.revision.case
    rows = content.rows[FIGURES]

    def url(row: IndicatorValue) -> str:
        return reverse("desk:row", args=[case.pk, FIGURES, row.uid])

    def ask_url(row: IndicatorValue) -> str:
        return f"{reverse('desk:finding_new', args=[case.pk])}?kind={FIGURES}&row={row.uid}"

    sections = sections_of(rows, case.year, url, ask_url=ask_url)
    narrative = content.rows[NARRATIVE]
    tell(narrative, References(rows, case.year))
    noughts = [row for row in rows if row.value == 0]
    return Preview(
        "districts/preview.html",
        {
            "form_head": form_head,
            "sections": sections,
            "has_former": any(figure.before for part in sections for figure in part.figures),
            "year_period": str(case.year),
            "narrative": narrative,
            "marked": marked_numbers(narrative),
            "figure_count": len(rows),
            "blanks": blanks_of(rows),
            "noughts": noughts,
            "lists": lists_said(content),
        },
    )
