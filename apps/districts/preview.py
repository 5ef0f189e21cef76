"""A return as it will be published, for the person who signs it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from apps.cases.kinds import Preview
from apps.cases.models import Revision
from apps.districts.models import Blank, IndicatorValue, NarrativeSection
from apps.districts.narrative.references import TOKEN, References, tell
from apps.districts.printed import sections_of

FIGURES = "indicator-values"


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


def preview(revision: Revision) -> Preview:
    """Return the whole return as the public page of the district will show it. Three queries."""
    case = revision.case
    rows = list(
        IndicatorValue.objects.filter(revision=revision)
        .select_related("indicator", "reporting_unit")
        .order_by("position", "id")
    )

    def url(row: IndicatorValue) -> str:
        return reverse("desk:row", args=[case.pk, FIGURES, row.uid])

    def ask_url(row: IndicatorValue) -> str:
        return f"{reverse('desk:finding_new', args=[case.pk])}?kind={FIGURES}&row={row.uid}"

    sections = sections_of(rows, case.year, url, ask_url=ask_url)
    narrative = list(NarrativeSection.objects.filter(revision=revision).order_by("position", "id"))
    tell(narrative, References(rows, case.year))
    noughts = [row for row in rows if row.value == 0]
    return Preview(
        "districts/preview.html",
        {
            "sections": sections,
            "has_former": any(figure.before for part in sections for figure in part.figures),
            "year_period": str(case.year),
            "narrative": narrative,
            "marked": marked_numbers(narrative),
            "figure_count": len(rows),
            "blanks": blanks_of(rows),
            "noughts": noughts,
        },
    )
