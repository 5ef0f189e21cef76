"""What offices do to a table that is laid out already: columns, marks, lines where none belong."""

from dataclasses import replace

from tests.intake.documents.truth import Matrix, Truth

MARKS = ("①", "*", "②", "※")
OTHER_BRACKETS = (str.maketrans("（）", "〔〕"), str.maketrans("（）", "【】"))
ODD_NAMES = (
    "阿卜杜拉·买买提",
    "John A. Smith",
    "迪丽热巴·迪力木拉提",
    "Maria Garcia Lopez",
    "欧阳小芳",
)
MARKED = ("title", "organisation", "platform", "name")


def with_odd_names(row: dict, number: int) -> dict:
    """One of the people with a name of a minority, or with Latin letters and blanks."""
    changed = dict(row)
    if changed.get("people"):
        at = number % len(changed["people"])
        odd = ODD_NAMES[number % len(ODD_NAMES)]
        changed["people"] = [*changed["people"][:at], odd, *changed["people"][at + 1 :]]
    if changed.get("name") and number % 2:
        changed["name"] = ODD_NAMES[number % len(ODD_NAMES)]
    return changed


def insert_columns(matrix: Matrix) -> Matrix:
    """Blank columns: one behind the first, one before the last, as spacing."""
    for at in (1, len(matrix.rows[0])):
        if at >= len(matrix.rows[0]):
            at = len(matrix.rows[0]) - 1
        for row in matrix.rows:
            row.insert(at, "")
        matrix.merges = [
            (top, left + 1, height, width)
            if left >= at
            else (top, left, height, width + (left + width > at))
            for top, left, height, width in matrix.merges
        ]
    return matrix


def upright(text: str) -> str:
    """A short text written downwards, a character a line."""
    return "\n".join(text) if 1 < len(text) <= 6 and not text.isascii() else text


def broken(text: str) -> str:
    """A header broken elsewhere than on the page before."""
    return text[:-1] + "\n" + text[-1] if len(text) > 2 and "\n" not in text else text


def footnoted(cell: str, number: int) -> str:
    """A cell with the mark of a note behind it."""
    return cell + MARKS[number % len(MARKS)] if cell and number % 5 == 2 else cell


def notes(rows: int) -> list[str]:
    """The notes of the marks that ``footnoted`` set."""
    found = {MARKS[number % len(MARKS)]: number for number in range(rows) if number % 5 == 2}
    return [f"{mark} 该条信息由市科技局补充提供。" for mark in found]


def page_line(width: int, number: int) -> list[str]:
    """A page number that slipped into the table: a row of its own, in one of its cells."""
    at = 0 if number % 2 else width // 2
    text = (f"第 {number} 页 共 9 页", f"— {number} —", f"- {number} -")[number % 3]
    return [text if each == at else "" for each in range(width)]


def halves(cells: list[str], names: list[str]) -> tuple[list[str], list[str]]:
    """A row that a page broke: the first lines of its cells, and what stands on the next page."""
    first, second = [], []
    for cell, name in zip(cells, names, strict=False):
        cut = len(cell) // 2 + 1
        is_long = len(cell) > 9 and name in ("title", "organisation", "organisations", "people")
        if is_long and "\n" in cell:
            cut = cell.index("\n", 0) + 1
        first.append(cell[:cut].rstrip("\n") if is_long else cell)
        second.append(cell[cut:] if is_long else "")
    return first, second


def in_header_row(matrix: Matrix, header: list[str]) -> bool:
    """Units of a header in a row of their own below it; whether there are any."""
    if not any("\n（" in head for head in header):
        return False
    top = len(matrix.rows)
    pieces = [head.partition("\n（") for head in header]
    matrix.rows.append([head for head, _break, _unit in pieces])
    matrix.rows.append([f"（{unit}" if unit else "" for _head, _break, unit in pieces])
    matrix.merges += [(top, at, 2, 1) for at, piece in enumerate(pieces) if not piece[2]]
    return True


def three_levels(matrix: Matrix, header: list[str]) -> None:
    """A header on three levels over the last columns."""
    top, last, width = len(matrix.rows), len(header) - 2, len(header)
    matrix.rows.append([header[0], "项目基本情况"] + [""] * (width - 2))
    matrix.rows.append(["", *header[1:last], "主要情况", ""])
    matrix.rows.append([""] * last + header[last:])
    matrix.merges += [(top, 0, 3, 1), (top, 1, 1, width - 1), (top + 1, last, 1, 2)]
    matrix.merges += [(top + 1, at, 2, 1) for at in range(1, last)]


def other_brackets(truth: Truth) -> int:
    """Which other brackets this document writes names with."""
    return len(truth.title) % len(OTHER_BRACKETS)


def spoiled_truth(truth: Truth, nasty: set[str]) -> Truth:
    """The truth of a document whose own names are odd."""
    if "odd_names" not in nasty:
        return truth
    rows = tuple(with_odd_names(row, number) for number, row in enumerate(truth.rows))
    return replace(truth, rows=rows)
