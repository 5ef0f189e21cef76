"""A small table for each record, its labels down the side: one table below the other, all alike."""

import re
from collections.abc import Iterable, Iterator, Sequence

from apps.intake.finding.headings import is_heading
from apps.intake.finding.rows import HEADING_MARK
from apps.intake.finding.written.labelled import CHIEF
from apps.intake.grid import Aside, Block, Grid, Mark, Paragraph, Row, Table
from apps.intake.synonyms.headers import header_fits, is_known_header, plain_header

LEAST_CARDS, LEAST_LABELS, LONGEST_LABEL = 2, 2, 16
WIDEST, LONGEST = 8, 2000
NUMBERS = re.compile(r"[\d一二三四五六七八九十百]+")

Card = dict[str, tuple[str, tuple[Mark, ...]]]
"""The cells of a record by their labels, each with its marks."""


def joined_cards(blocks: Iterable[Block]) -> Iterator[Block | Table]:
    """The blocks of a document, cards that follow one another as one table.

    A line that stands above each of them and differs by its number is set aside.
    """
    every = list(blocks)
    at = 0
    while at < len(every):
        end, table = _cards_from(every, at)
        if table is not None:
            yield table
            at = end
        else:
            yield every[at]
            at += 1


def cards_of(grid: Grid) -> list[tuple[Row, Card]]:
    """The records of a grid of labels and values, each with its first row; none where it is no such.

    A label that comes again begins the next record.
    """
    if not grid.rows or len(grid.rows[0].cells) > WIDEST or len(grid.rows) > LONGEST:
        return []
    cards: list[tuple[Row, Card]] = []
    for row in grid.rows:
        at = 0
        while at < len(row.cells):
            label = row.cells[at]
            if not label:
                at += 1
                continue
            if at + 1 >= len(row.cells) or len(label) > LONGEST_LABEL or "\n" in label:
                return []
            if not cards or label in cards[-1][1]:
                cards.append((row, {}))
            marks = tuple(mark for mark in row.marks if mark.column == at + 1)
            cards[-1][1][label] = row.cells[at + 1], marks
            at += 2
    return cards if all(map(_is_card, (card for _row, card in cards))) else []


def _is_card(card: Card) -> bool:
    """Whether labels are those of a record: several, one of them what a list cannot be without."""
    known = sum(map(is_known_header, card))
    if known < LEAST_LABELS or known * 2 < len(card):
        return False
    return any(header_fits(label, words) for label in card for words in CHIEF) and not all(
        is_known_header(value) for value, _marks in card.values() if value
    )


def _cards_from(blocks: Sequence[Block], start: int) -> tuple[int, Table | None]:
    """The table that cards from a block on make, and the place behind the last of them."""
    first = blocks[start]
    lead = None
    if isinstance(first, Paragraph) and _is_numbered_line(first):
        lead = NUMBERS.sub("", first.text)
    at = start + 1 if isinstance(first, Paragraph) else start
    if isinstance(first, Paragraph) and lead is None and not is_heading(first.text):
        return start, None
    found: list[tuple[Row, Card]] = []
    rows: list[tuple[Row, Card] | Paragraph] = []
    aside: list[Aside] = []
    if isinstance(first, Paragraph):
        _set_apart(first, rows, aside)
    end = start
    while at < len(blocks):
        block = blocks[at]
        if isinstance(block, Grid):
            cards = cards_of(block)
            if not cards or (found and not _are_alike(found[-1][1], cards[0][1])):
                break
            found += cards
            rows += cards
            aside += block.dropped
            end = at + 1
        elif found and (
            is_heading(block.text)
            or (_is_numbered_line(block) and lead in (None, NUMBERS.sub("", block.text)))
        ):
            _set_apart(block, rows, aside)
        else:
            break
        at += 1
    if len(found) < LEAST_CARDS:
        return start, None
    while isinstance(rows[-1], Paragraph):
        rows.pop()
    return end, _table(rows, aside)


def _set_apart(
    line: Paragraph, rows: list[tuple[Row, Card] | Paragraph], aside: list[Aside]
) -> None:
    """A line above a card: a heading, or only the number of the card."""
    if is_heading(line.text):
        rows.append(line)
    else:
        aside.append(Aside(line.text, "line", line.line))


def _is_numbered_line(block: Paragraph) -> bool:
    return (
        len(block.text) <= 12
        and NUMBERS.search(block.text) is not None
        and not is_heading(block.text)
    )


def _are_alike(first: Card, second: Card) -> bool:
    heads, others = ({plain_header(label) for label in card} for card in (first, second))
    return len(heads & others) * 2 > max(len(heads), len(others))


def _table(found: Sequence[tuple[Row, Card] | Paragraph], aside: Sequence[Aside]) -> Table:
    cards = [each[1] for each in found if not isinstance(each, Paragraph)]
    labels = list(dict.fromkeys(label for card in cards for label in card))
    rows = []
    for each in found:
        if isinstance(each, Paragraph):
            blank = ("",) * (len(labels) - 1)
            rows.append(Row(each.line, (each.text, *blank), (HEADING_MARK,), each.place))
            continue
        row, card = each
        cells = tuple(card[label][0] if label in card else "" for label in labels)
        marks = tuple(
            Mark(at, mark.code)
            for at, label in enumerate(labels)
            for mark in card.get(label, ("", ()))[1]
        )
        rows.append(Row(row.line, cells, marks, row.place))
    return Table("", tuple(labels), tuple(rows), aside=tuple(aside))
