"""Signs that point elsewhere: 〃 to the cell above, a raised number or a star to a note below."""

import re

from apps.intake.cells import HAN
from apps.intake.grid import Row, Table

DITTO = {"同上", "〃", "″", "〞", '"', "''"}
_MARKS = "①-⑳*＊※†‡★☆▲△◆●◎#＃"
_RAISED = "¹²³⁰⁴-⁹"
_IN_BRACKETS = r"[\[［【]\d{1,2}[\]］】]|[（(]注\s*\d{0,2}[)）]"
_END = r"(?=$|[、，,；;\n])"
BEHIND = re.compile(
    rf"(?<=[^\s{_MARKS}])\s*[{_MARKS}]+{_END}|"
    rf"(?:(?<=[{HAN}0-9０-９%％）)〕】》”])|(?<=[A-Za-z]{{3}}))\s*(?:[{_RAISED}]+|{_IN_BRACKETS}){_END}"
)
"""The mark of a note behind a name or a figure; 〔2023〕 and m² are none."""
BEFORE = re.compile(rf"^[*＊※†‡★☆▲△◆●◎#＃]+\s*(?=[{HAN}《])")
SIGN = re.compile(rf"[{_MARKS}{_RAISED}〃″〞\"\[［【]|同上|''|[（(]注")
AT_ONCE = 1000
"""Rows that are looked through together: few lists hold a sign."""


def without_signs(table: Table) -> Table:
    """Cells without what points elsewhere: the value above for 〃, no mark of a note at a name.

    A mark that was taken off leaves a doubt; so does 〃 with nothing above it.
    """
    starts = range(0, len(table.rows), AT_ONCE)
    pieces = (table.rows[start : start + AT_ONCE] for start in starts)
    if not any(
        SIGN.search("\x1f".join(["\x1f".join(row.cells) for row in each])) for each in pieces
    ):
        return table
    above: tuple[str, ...] = ("",) * table.width

    def read(row: Row) -> Row:
        nonlocal above
        if SIGN.search("\x1f".join(row.cells)):
            for at, cell in enumerate(row.cells):
                if cell in DITTO:
                    value = above[at] if at < len(above) else ""
                    row = row.with_cell(at, value) if value else row.marked(at, "ditto")
                elif (bare := without_marks(cell)) != cell:
                    row = row.with_cell(at, bare).marked(at, "footnote-mark")
        above = row.cells
        return row

    return table.map_rows(read)


def without_marks(cell: str) -> str:
    """A cell without the marks of notes at its ends; as it is, where nothing else would be left."""
    bare = BEFORE.sub("", BEHIND.sub("", cell))
    return bare if re.search(r"\w", bare) else cell
