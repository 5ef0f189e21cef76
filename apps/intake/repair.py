"""Putting right what printing did to a table. Each repair marks the rows it touched."""

from dataclasses import replace

from apps.intake.grid import Grid, Row

MORE_CELLS = "more-cells-than-header"
FIRST_CELL_RESTORED = "first-cell-restored"
CATEGORY_GLUED = "category-glued"


def pad_rows(grid: Grid) -> Grid:
    """Rows as wide as the header: short ones padded, printed cells too many kept and marked."""

    def pad(row: Row) -> Row:
        missing = grid.width - len(row.cells)
        if missing < 0:
            return row.marked(grid.header[-1], MORE_CELLS)
        return replace(row, cells=row.cells + ("",) * missing)

    return grid.map_rows(pad)


def fill_down(grid: Grid, column: str) -> Grid:
    """Blank cells of a merged category column take the value above them.

    Join the pages first: a page that begins with a blank belongs to the category before.
    """
    index = grid.index(column)
    value = ""
    rows = []
    for row in grid.rows:
        value = row.cells[index] or value
        rows.append(row.with_cell(index, value))
    return replace(grid, rows=tuple(rows))


def restore_first_cell(grid: Grid) -> Grid:
    """Rows whose blank first cell was lost, so that all cells moved left, moved back.

    The sign: the last cell is blank, and the first is a text that no whole row has there.
    The first column must be a category column, where values repeat; use it on no other.
    """
    known = {row.cells[0] for row in grid.rows if row.cells[-1]}

    def restore(row: Row) -> Row:
        if row.cells[-1] or not row.cells[0] or row.cells[0] in known:
            return row
        shifted = replace(row, cells=("", *row.cells[:-1]))
        return shifted.marked(grid.header[0], FIRST_CELL_RESTORED)

    return grid.map_rows(restore)


def split_side_by_side(grid: Grid) -> Grid:
    """Tables printed beside each other (序号|名称|序号|名称) as one, left part first.

    The header tells: it is the same run of cells, twice or more. Parts that are blank at
    the foot of the table are left out. Rows keep the line they share.
    """
    part = _period(grid.header)
    if part == grid.width:
        return grid
    rows = [
        replace(row, cells=row.cells[start : start + part])
        for start in range(0, grid.width, part)
        for row in grid.rows
        if any(row.cells[start : start + part])
    ]
    return replace(grid, header=grid.header[:part], rows=tuple(rows))


def _period(header: tuple[str, ...]) -> int:
    """Length of the shortest run of cells that makes up the header by repetition."""
    width = len(header)
    lengths = (n for n in range(1, width + 1) if width % n == 0)
    return next(n for n in lengths if header == header[:n] * (width // n))


def unglue_category(grid: Grid, title: str, category: str) -> Grid:
    """A title that ends with its own category after a closing 》 gives the category up.

    Only after 》, for a title may end with the same words in its own right.
    """
    title_at, category_at = grid.index(title), grid.index(category)

    def unglue(row: Row) -> Row:
        printed, value = row.cells[title_at], row.cells[category_at]
        if not value or not printed.endswith("》" + value):
            return row
        return row.with_cell(title_at, printed.removesuffix(value)).marked(title, CATEGORY_GLUED)

    return grid.map_rows(unglue)
