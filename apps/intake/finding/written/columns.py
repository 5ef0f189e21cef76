"""Lines whose cells are parted by tabs, or by runs of blanks, as typists set a table."""

import re
from collections.abc import Sequence

from apps.intake.finding.headings import is_heading
from apps.intake.finding.rows import is_header, is_numeric, printed_number
from apps.intake.finding.written.passage import Found, title_above
from apps.intake.grid import Grid, Paragraph, Row
from apps.intake.makes import class_of
from apps.intake.readers.aligned import columns_of, has_gap

LEAST = 3
MOSTLY = 0.8
TABS = re.compile(r"\t+")


def in_columns(run: list[Paragraph]) -> Found | None:
    """The first lines that are a table by their tabs or gaps. Those of pasted text are found before."""
    at = 0
    while at < len(run):
        end = _end_of_run(run, at)
        if end - at >= LEAST:
            for start in (at, at + 1):
                if grid := _grid(run[start:end], run[:start]):
                    return Found(start, end, grid)
        at = max(end, at + 1)
    return None


def _end_of_run(run: Sequence[Paragraph], at: int) -> int:
    """Behind the last of the lines with columns from ``at`` on; a heading may stand between them."""
    end = at
    for place in range(at, len(run)):
        line = run[place]
        if line.place.format != "text" and ("\t" in line.text or has_gap(line.text)):
            end = place + 1
        elif place != end or end == at or not is_heading(line.text):
            break
    return end


def _grid(lines: Sequence[Paragraph], above: Sequence[Paragraph]) -> Grid | None:
    """Such lines as a grid; None where they are none: a table of contents, labels with values."""
    with_cells = [line for line in lines if "\t" in line.text or has_gap(line.text)]
    cells = cells_by_tabs([line.text for line in with_cells])
    if not cells or not is_list(cells, title_above(above)[0]):
        return None
    rows = iter(cells)
    width = max(map(len, cells))
    return Grid(
        tuple(
            Row(
                number if len({each.line for each in lines}) < len(lines) else line.line,
                tuple(_wide(next(rows) if line in with_cells else [line.text], width)),
                (),
                line.place,
            )
            for number, line in enumerate(lines, start=1)
        )
    )


def cells_by_tabs(texts: list[str]) -> list[list[str]]:
    """The cells of lines: by each tab where all have as many, else by runs of tabs, or by gaps.

    None where lines have not as many cells, but for blank ones at their end.
    """
    if not all("\t" in text for text in texts):
        return columns_of([text.replace("\t", "    ") for text in texts])
    single = [[cell.strip() for cell in text.split("\t")] for text in texts]
    several = [[cell.strip() for cell in TABS.split(text.strip())] for text in texts]
    for found in (single, several):
        if len(found[0]) > 1 and len({len(row) for row in found}) == 1:
            return found
    most = len(single[0])
    return single if most > 1 and all(len(row) <= most for row in single) else []


def is_list(cells: Sequence[Sequence[str]], title: str) -> bool:
    """Whether rows of cells are a list: below a header, numbered, or of one make below a title."""
    first = Row(0, tuple(cells[0]))
    if is_header(first):
        return True
    if any(cell.endswith(("：", ":")) for row in cells for cell in row[:1]):
        return False
    if all(is_numeric(row[-1]) for row in cells):
        return False  # Page numbers, as of a table of contents.
    numbers = [printed_number(row[0]) for row in cells]
    if all(
        number is not None and number == (numbers[0] or 0) + at for at, number in enumerate(numbers)
    ):
        return True
    if not title:
        return False
    makes = [class_of(row[at]) for row in cells for at in range(min(2, len(row)))]
    return sum(make in ("organisation", "people") for make in makes) >= len(cells) * MOSTLY


def _wide(cells: Sequence[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]
