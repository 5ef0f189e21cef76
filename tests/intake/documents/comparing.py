"""What came back, held against what was written."""

from dataclasses import dataclass, field

from tests.intake.documents.truth import Truth


@dataclass
class Score:
    """What came back: rows wanted and found, cells wanted, wrong, wrong without a doubt, and
    right with one."""

    wanted: int = 0
    found: int = 0
    cells: int = 0
    wrong: int = 0
    silent: int = 0
    doubted: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, other: "Score") -> None:
        """Count another document in."""
        for name in ("wanted", "found", "cells", "wrong", "silent", "doubted"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.examples += other.examples

    @property
    def right(self) -> float:
        """Share of cells that are right."""
        return 1 - self.wrong / max(self.cells, 1)


FIELDS = {
    "awards": (
        "programme",
        "award_class",
        "grade",
        "award_year",
        "title",
        "organisations",
        "people",
    ),
    "laureates": ("programme", "award_year", "name", "employer", "nominator"),
    "certifications": ("platform", "type", "level", "year", "hosts", "status"),
    "roster-entries": (
        "roster",
        "year",
        "rank",
        "title",
        "organisation",
        "district",
        "certificate_number",
        "credit_code",
    ),
    "indicator-values": (
        "indicator",
        "unit",
        "reporting_unit",
        "period",
        "value",
        "qualifier",
        "blank",
    ),
    "policies": ("title", "category", "year", "note", "document_number", "issued_on"),
    "events": ("date_from", "date_to", "title"),
}


ABOUT_THE_ROW = {
    "order-unsure",
    "words-left-over",
    "words-twice",
    "number-gap",
    "number-repeated",
    "number-missing",
    "more-cells-than-header",
    "column-twice",
    "under-wide-head",
    "blank-unsure",
    "same-title",
    "first-cell-restored",
    "line-between",
    "row-alone",
    "part-below",
    "columns-unsure",
    "row-twice",
    "turned",
    "cell-lost",
    "list-unsure",
}
"""Doubts about a whole row: its cells are said to be unsure, or to stand elsewhere."""


def is_doubted(record, name: str) -> bool:
    """Whether a person is told to look at a field of a record."""
    return any(field == name or code in ABOUT_THE_ROW for field, code in record.doubts)


def compare(truth: Truth, found: list, label: str = "") -> Score:
    """Hold candidates against the truth, row by row in order; a missing row loses all its cells."""
    right_kind = [each for each in found if each.kind == truth.kind]
    records = [record for each in right_kind for record in each.records]
    score = Score(wanted=len(truth.rows), found=min(len(records), len(truth.rows)))
    if len(records) != len(truth.rows):
        kinds = [(each.kind, len(each.records)) for each in found]
        score.examples.append(f"{label}: {len(records)} rows, not {len(truth.rows)}; {kinds}")
        score.found = score.found if len(records) < len(truth.rows) else -1
    for number, row in enumerate(truth.rows):
        got = records[number] if number < len(records) else None
        for name in FIELDS[truth.kind]:
            wanted = row.get(name, "")
            score.cells += 1
            value = got.values.get(name, "") if got else None
            if value == wanted or (not value and not wanted and got):
                score.doubted += any(field == name for field, _code in got.doubts)
                continue
            score.wrong += 1
            is_silent = got is None or not is_doubted(got, name)
            score.silent += is_silent
            score.examples.append(
                f"{label} row {number} {name}: {value!r}, not {wanted!r}{', silent' * is_silent}"
            )
    return score
