"""What the ways of writing a list as lines have in common: numbers, titles, the list found."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from apps.intake.finding.headings import is_award, is_heading
from apps.intake.finding.rows import COUNT_BEHIND, LIST_TITLE, NUMBERING_BEFORE
from apps.intake.finding.titles import is_furniture, put_together, title_of
from apps.intake.grid import WHOLE_ROW, Grid, Mark, Paragraph, Row, Table
from apps.intake.synonyms import KINDS

UNSURE = Mark(WHOLE_ROW, "list-unsure")
"""The mark of a row out of lines that nothing else says to be a list."""
LEFT_OVER = Mark(WHOLE_ROW, "words-left-over")
NUMBER = re.compile(
    r"\s*(?:[（(]\s*(\d{1,4})\s*[)）]\s*[.．、]?|(\d{1,4})\s*(?:[.．、)）](?!\d+(?:[%％]|\s|$))|\s(?=\D)))\s*(?=\S)"
)
POINTED = re.compile(
    r"\s*(?:[（(]\s*(?P<inner>\d{1,3})\s*[)）]|(?P<number>\d{1,3})\s*[.．、)）])\s*(?=\S)"
)
"""A number that cannot be the cell of a table: with a point behind it, or in brackets."""
CIRCLED = re.compile(r"\s*([①-⑳])\s*(?=\S)")
BULLET = re.compile(r"\s*(?:[●◆■▲△★☆•·◎○◇□➢➤▶►※◾◼]+|[-*—–]+\s+)\s*(?=\S)")
LONGEST_TITLE, NEAR = 60, 6


@dataclass(frozen=True)
class Found:
    """A list found among lines: those it was made of, from ``start`` to before ``end``."""

    start: int
    end: int
    block: Grid | Table


def numbered(text: str) -> tuple[int | None, str]:
    """The number that a line begins with, None for none, and what stands behind it or a bullet."""
    if found := NUMBER.match(text):
        return int(found[1] or found[2]), text[found.end() :].strip()
    if found := CIRCLED.match(text):
        return ord(found[1]) - ord("①") + 1, text[found.end() :].strip()
    found = BULLET.match(text)
    return None, text[found.end() if found else 0 :].strip()


def is_list_title(text: str) -> bool:
    """Whether a line is the title of a list: short, with a word for one, or for what it lists.

    One that says nothing but the class or the grade of a prize heads some rows of it.
    """
    title = title_of(text)
    if not title or len(title) > LONGEST_TITLE or re.search(r"[:：；;]$|[，。]", title):
        return False
    if is_award(bare_heading(title)):
        return False
    bare = re.sub(r"\s", "", title)
    return LIST_TITLE.search(bare) is not None or any(
        re.search(kind.titles, bare) for kind in KINDS.values()
    )


def title_above(lines: Sequence[Paragraph]) -> tuple[str, tuple[str, ...]]:
    """The title of a list below these lines, and those that are no prose, the nearest first."""
    nearest = lines[-NEAR * 2 :]
    near = tuple(line.text for line in reversed(nearest[-NEAR:]) if title_of(line.text))
    for end in range(len(nearest), 0, -1):
        text = nearest[end - 1].text
        if is_list_title(text) and not is_furniture(text):
            return bare_heading(put_together(title_of(text), nearest[:end])), near
    return "", near


def bare_heading(text: str) -> str:
    """A heading without its number, and without how many rows it heads."""
    return COUNT_BEHIND.sub("", NUMBERING_BEFORE.sub("", text))


def headings_before(lines: Sequence[Paragraph], at: int, are_several: bool = False) -> int:
    """Where the headings begin that stand right above a line.

    One that could be a title is a heading where ``are_several`` others stand below and a title above.
    """
    while at and is_heading(lines[at - 1].text):
        is_title = is_list_title(lines[at - 1].text)
        if is_title and not (are_several and title_above(lines[: at - 1])[0]):
            break
        at -= 1
    return at


def table_of_rows(
    above: Sequence[Paragraph],
    header: Sequence[str],
    rows: Sequence[tuple[Paragraph, Sequence[str], tuple[Mark, ...]]],
    is_sure: bool,
) -> Table:
    """The list below ``above``: each row with the line it begins on, its cells and its marks.

    A row of one cell more than nothing else, marked as a heading, heads those below it.
    """
    title, near = title_above(above)
    lines = [line.line for line, _cells, _marks in rows]
    are_told_apart = all(a < b for a, b in itertools.pairwise(lines))
    width = len(header)
    return Table(
        title,
        tuple(header),
        tuple(
            Row(
                line.line if are_told_apart else number,
                (*cells, *[""] * (width - len(cells))),
                marks if is_sure else (*marks, UNSURE),
                line.place,
            )
            for number, (line, cells, marks) in enumerate(rows, start=1)
        ),
        near,
    )
