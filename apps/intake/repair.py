"""Putting right what printing did to a table. Each repair marks the rows it touched.

Columns are named by their position, from 0. A repair that cannot be sure leaves a mark, which
becomes a doubt of the row: nothing is put right silently.
"""

import itertools
import re
from dataclasses import replace

from apps.intake.cells import AWARD_GRADE, is_blank_sign
from apps.intake.grid import Mark, Row, Table
from apps.intake.makes import class_of, count_classes

MORE_CELLS = "more-cells-than-header"
FIRST_CELL_RESTORED = "first-cell-restored"
CATEGORY_GLUED = "category-glued"
FILLED_DOWN = "filled-down"
UNLIKE_COLUMN = "unlike-column"

GLUED_CATEGORY = re.compile(
    rf"(?P<category>(?:国家|[^、，,《]{{0,6}}[省市])?(?:级)?(?:技术发明|自然科学|科学技术进步|科技进步|科学技术合作)"
    rf"(?:奖?{AWARD_GRADE}|奖(?![一二三四特])))[\s:：]*(?P<title>\S.{{3,}})",
    re.S,
)
UPRIGHT = re.compile(r"\S(?:\n\S(?=\n))+\n")
SURE_CLASSES = ("number", "people", "organisation")


def pad_rows(table: Table) -> Table:
    """Rows as wide as the header: short ones padded, printed cells too many kept and marked."""

    if all(len(row.cells) == table.width for row in table.rows):
        return table

    def pad(row: Row) -> Row:
        missing = table.width - len(row.cells)
        if missing < 0 and any(row.cells[table.width :]):
            return row.marked(table.width - 1, MORE_CELLS)
        return row if not missing else replace(row, cells=row.cells + ("",) * missing)

    return table.map_rows(pad)


def fill_down(table: Table, column: int, sure: bool = True) -> Table:
    """Blank cells of a merged category column take the value above them.

    Join the pages first: a page that begins with a blank belongs to the category before.
    Where it is not ``sure`` that the cells were merged, each filled one is marked; so is a blank
    one with nothing above, where any row has a value.
    """
    if not table.column(column):
        return table
    value = ""
    rows = []
    for row in table.rows:
        if row.cells[column] or not value:
            value = row.cells[column]
            rows.append(row if value else row.marked(column, "missing"))
            continue
        filled = row.with_cell(column, value)
        rows.append(filled if sure else filled.marked(column, FILLED_DOWN))
    return replace(table, rows=tuple(rows))


def is_grouped(table: Table, column: int) -> bool:
    """Whether blanks of a column mean the value above: the first row has one, and no value is
    printed again right below itself."""
    values = [row.cells[column] for row in table.rows]
    if not values or not values[0] or all(values) or any(map(is_blank_sign, filter(None, values))):
        return False
    printed = [(row.place, value) for row, value in zip(table.rows, values, strict=True) if value]
    return all(
        value != before or place != place_before
        for (place_before, before), (place, value) in itertools.pairwise(printed)
    )


def profile(rows: list[Row], width: int) -> list[str]:
    """What most cells of each column look like, among rows that have no blank at the end."""
    classes = []
    for at in range(width):
        found = count_classes(row.cells[at] for row in rows if any(row.cells[at : at + 1]))
        classes.append(found.most_common(1)[0][0] if found else "")
    return classes


def restore_first_cell(table: Table) -> Table:
    """Rows whose blank first cell was lost, so that all cells moved left, moved back.

    The sign: the last cell is blank, the first is no text that a whole row has there, and one
    column to the right the cells look like what the other rows have there. Columns that are blank
    from top to bottom count for nothing.
    """
    if table.width < 2:
        return table
    used = [at for at, head in enumerate(table.header) if head or table.column(at)]
    if 0 < len(used) < table.width:
        return _spread(table, used, restore_first_cell(_only(table, used)))
    if all(row.cells[-1] for row in table.rows):
        return table
    whole = [row for row in table.rows if row.cells[-1]] or list(table.rows)
    known = {row.cells[0] for row in whole}
    if len(known - {""}) == len(whole) and not all(cell.isdecimal() for cell in known):
        known_is_open = True  # Every row has a first cell of its own: it is no category.
    else:
        known_is_open = False
    makes = profile(whole, table.width)

    def restore(row: Row) -> Row:
        cells = row.cells
        if len(cells) > table.width or cells[-1] or not cells[0] or cells[0] in known:
            return row
        stays = fit(cells, makes)
        moves = fit(("", *cells[:-1]), makes)
        is_moved = moves > stays or (
            moves == stays and not known_is_open and _sits_badly(cells, makes)
        )
        if not is_moved:
            return row
        marks = tuple(Mark(mark.column + (mark.column >= 0), mark.code) for mark in row.marks)
        shifted = replace(row, cells=("", *cells[:-1]), marks=marks, offset=row.offset - 1)
        return shifted.marked(0, FIRST_CELL_RESTORED)

    return table.map_rows(restore)


def _only(table: Table, used: list[int]) -> Table:
    """The table with some of its columns; marks of the others stay with their rows."""
    return replace(
        table,
        header=tuple(table.header[at] for at in used),
        rows=tuple(
            replace(row, cells=tuple(row.cells[at] for at in used), marks=()) for row in table.rows
        ),
    )


def _spread(table: Table, used: list[int], narrow: Table) -> Table:
    """The table with the rows that were put right without its blank columns."""
    rows = []
    for row, moved in zip(table.rows, narrow.rows, strict=True):
        if moved.marks:
            cells = list(row.cells)
            for at, cell in zip(used, moved.cells, strict=False):
                cells[at] = cell
            row = replace(row, cells=tuple(cells), offset=moved.offset)
            row = row.marked(used[0], FIRST_CELL_RESTORED)
        rows.append(row)
    return replace(table, rows=tuple(rows))


def _sits_badly(cells: tuple[str, ...], makes: list[str]) -> bool:
    return makes[0] == "number" and class_of(cells[0]) != "number"


def fit(cells: tuple[str, ...], makes: list[str]) -> int:
    """How many cells look like their column."""
    return sum(
        1
        for cell, make in zip(cells, makes, strict=False)
        if cell and make and class_of(cell) == make
    )


def lying(text: str) -> str:
    """A text of which the first words are written downwards, a character a line, in one line."""
    return UPRIGHT.sub(lambda found: found[0].replace("\n", ""), text)


def unglue_category(table: Table, title: int, category: int) -> Table:
    """A title that begins or ends with its category gives it up.

    At the end only after a closing 》, for a title may end with the same words in its own
    right. At the beginning where the row has no category, and the words are one.
    """
    known = sorted(set(table.column(category)), key=len, reverse=True)

    def unglue(row: Row) -> Row:
        printed, value = lying(row.cells[title]), row.cells[category]
        if value and printed.endswith("》" + value):
            return row.with_cell(title, printed.removesuffix(value)).marked(title, CATEGORY_GLUED)
        if value:
            return row
        for name in known:
            if len(name) > 3 and printed.startswith(name) and len(printed) > len(name) + 3:
                rest = printed.removeprefix(name).lstrip(" :：\n")
                return (
                    row.with_cell(title, rest)
                    .with_cell(category, name)
                    .marked(title, CATEGORY_GLUED)
                )
            if printed.endswith("》" + name):
                rest = printed.removesuffix(name)
                return (
                    row.with_cell(title, rest)
                    .with_cell(category, name)
                    .marked(title, CATEGORY_GLUED)
                )
        if found := GLUED_CATEGORY.fullmatch(printed):
            row = row.with_cell(title, found["title"]).with_cell(category, found["category"])
            return row.marked(title, CATEGORY_GLUED)
        return row

    return table.map_rows(unglue)


def mark_unlike(table: Table) -> Table:
    """Cells that look like nothing else in their column, marked: something may have moved."""
    makes: dict[int, str] = {}
    for at in range(table.width):
        cells = table.column(at)
        found = count_classes(cells)
        for make in SURE_CLASSES:
            # Where all look alike, none looks like nothing else.
            if len(cells) > 3 and len(cells) * 8 <= found[make] * 10 < len(cells) * 10:
                makes[at] = make

    def mark(row: Row) -> Row:
        for at, make in makes.items():
            if (
                row.cells[at]
                and class_of(row.cells[at]) != make
                and not is_blank_sign(row.cells[at])
            ):
                row = row.marked(at, UNLIKE_COLUMN)
        return row

    return table.map_rows(mark) if makes else table
