"""What came back, held against what was written."""

import re
from dataclasses import dataclass, field

from tests.intake.documents.truth import Truth


@dataclass
class Score:
    """What came back: rows wanted and found, rows more than there are, cells wanted, wrong, and
    right with a doubt.

    Of the wrong ones ``silent`` are those that nobody is told of, ``missed`` those of rows that are
    not there and of which a person is told so. A row too many without a doubt is silent as a whole.
    """

    wanted: int = 0
    found: int = 0
    more: int = 0
    cells: int = 0
    wrong: int = 0
    silent: int = 0
    missed: int = 0
    doubted: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, other: "Score") -> None:
        """Count another document in."""
        for name in (
            "wanted",
            "found",
            "more",
            "cells",
            "wrong",
            "silent",
            "missed",
            "doubted",
        ):
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


CALLED_BY = {"policies": "title", "awards": "title", "events": "title", "laureates": "name"} | {
    "certifications": "platform",
    "roster-entries": "organisation",
    "indicator-values": "indicator",
}
"""What a row is called by: who reads it in what was set aside knows the row."""
BESIDE_A_LOSS = {"number-gap", "words-left-over", "part-below", "line-between"}
"""Doubts of a row that say that one beside it may be missing."""


def compare(truth: Truth, found: list, label: str = "") -> Score:
    """Hold candidates against the truth, row by row in order."""
    names = FIELDS[truth.kind]
    records = [record for each in found if each.kind == truth.kind for record in each.records]
    score = Score(wanted=len(truth.rows), cells=len(truth.rows) * len(names))
    if len(records) != len(truth.rows):
        kinds = [(each.kind, len(each.records)) for each in found]
        score.examples.append(f"{label}: {len(records)} rows, not {len(truth.rows)}; {kinds}")
    pairs = paired(truth.rows, records, names)
    for at, (number, place) in enumerate(pairs):
        if number is None:
            _too_many(score, truth.kind, records[place], label)
        elif place is None:
            beside = [
                records[each] for _n, each in pairs[max(at - 1, 0) : at + 2] if each is not None
            ]
            is_told = _is_told(truth.rows[number], truth.kind, found, beside)
            _miss(score, names, f"{label} row {number}", is_told)
        else:
            _hold(score, truth.rows[number], records[place], names, f"{label} row {number}")
    for other in (each for each in found if each.kind not in ("", truth.kind)):
        for record in other.records:
            _too_many(score, other.kind, record, label)
    return score


Pair = tuple[int | None, int | None]
"""The places of a row and of the record read of it; None where there is none."""


def paired(rows: tuple[dict, ...], records: list, names: tuple[str, ...]) -> list[Pair]:
    """Rows and records in their order: where there are more of one, so that most cells agree."""
    if len(rows) == len(records):
        return [(at, at) for at in range(len(rows))]
    best = [[0] * (len(records) + 1) for _row in range(len(rows) + 1)]
    for number in reversed(range(len(rows))):
        for place in reversed(range(len(records))):
            alike = sum(_agree(rows[number], records[place], name) for name in names)
            best[number][place] = max(
                alike + best[number + 1][place + 1],
                best[number + 1][place],
                best[number][place + 1],
            )
    pairs: list[Pair] = []
    number = place = 0
    while number < len(rows) and place < len(records):
        if best[number][place] == best[number + 1][place]:
            pairs.append((number, None))
            number += 1
        elif best[number][place] == best[number][place + 1]:
            pairs.append((None, place))
            place += 1
        else:
            pairs.append((number, place))
            number, place = number + 1, place + 1
    pairs += [(each, None) for each in range(number, len(rows))]
    return [*pairs, *((None, each) for each in range(place, len(records)))]


def _agree(row: dict, record, name: str) -> bool:
    """Whether a cell came back as it was written."""
    wanted, value = row.get(name, ""), record.values.get(name, "")
    return value == wanted or (not value and not wanted)


def _hold(score: Score, row: dict, record, names: tuple[str, ...], label: str) -> None:
    """Count the cells of a row that was found."""
    score.found += 1
    for name in names:
        if _agree(row, record, name):
            score.doubted += any(field == name for field, _code in record.doubts)
            continue
        is_silent = not is_doubted(record, name)
        score.wrong += 1
        score.silent += is_silent
        got, wanted = record.values.get(name, ""), row.get(name, "")
        score.examples.append(f"{label} {name}: {got!r}, not {wanted!r}{', silent' * is_silent}")


def _miss(score: Score, names: tuple[str, ...], label: str, is_told: bool) -> None:
    """Count the cells of a row that was not found."""
    score.wrong += len(names)
    if is_told:
        score.missed += len(names)
    else:
        score.silent += len(names)
        score.examples.append(f"{label}: not found, silent")


def _too_many(score: Score, kind: str, record, label: str) -> None:
    """Count a row that the document does not have, or not as one of this kind."""
    score.more += 1
    if not is_doubted(record, CALLED_BY[kind]):
        score.silent += len(FIELDS[kind])
        score.examples.append(f"{label} row too many: {record.values}, silent")


def _is_told(row: dict, kind: str, found: list, beside: list) -> bool:
    """Whether a person is told of a row that was not found: the document was refused in words, the
    row was set aside, or one beside it says that something is missing."""
    if not any(each.kind for each in found):
        return True
    # Where each place has a row, the indicators stand in the header.
    names = {_bare(row[CALLED_BY[kind]]), _bare(row.get("reporting_unit", ""))} - {""}
    aside = [_bare(aside.text) for each in found for aside in each.aside]
    return any(name in text for name in names for text in aside) or any(
        code in BESIDE_A_LOSS for record in beside for _field, code in record.doubts
    )


def _bare(text: str) -> str:
    """A text without blanks, which tells it in whatever lines it was printed."""
    return re.sub(r"\s", "", text)
