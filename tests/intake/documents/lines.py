"""A truth as an office writes it without a table: line by line, in each of the ways they have."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tests.intake.documents.printing import as_written, print_cell
from tests.intake.documents.truth import Truth
from tests.intake.documents.writing import as_docx, as_html

CELL_HABITS = (
    "semicolons",
    "commas",
    "mixed_separators",
    "padded",
    "odd_names",
    "half_brackets",
    "bracketed_lists",
    "many_dates",
    "day_ranges",
)
"""What an office may do to the words of a cell, wherever it stands."""
NUMBER = ("rank", "number")
FIELDS_OF = {"grade_cell": ("award_class", "grade"), "date": ("date_from", "date_to")}
"""Fields that a column says, where they are not called as it is."""
NAMES = ("title", "organisation", "platform", "name", "indicator")
"""The columns of which one is what a row is called by."""
POINTS = ("{}.", "{}、", "（{}）", "{}．", "({})")
BETWEEN = ("，", "；", ", ", "; ")


@dataclass(frozen=True)
class Lines:
    """A document of lines: in which way it is written, what it says, and the lines."""

    way: str
    truth: Truth
    lines: list[str]


def as_lines(blocks: list) -> bytes:
    """Pasted text, a line below the other."""
    return "\n".join(blocks).encode()


def as_page(blocks: list) -> bytes:
    """A web page, where typists set blanks that stay for a tab: a blank cell has its sign there."""
    if any(re.search(r"(?<!\t)\t(?!\t)", each) for each in blocks):
        blocks = [re.sub(r"\t(?=\t|$)", "\t—", each) for each in blocks]
    return as_html([each.replace("\t", "\u00a0" * 6) for each in blocks])


LINE_WRITERS: dict[str, Callable[[list], bytes]] = {
    "text": as_lines,
    "docx": as_docx,
    "html": as_page,
}


def write_lines(truth: Truth, seed: int) -> Lines:
    """The truth in one of the ways that suit it, with what stands around it in a notice."""
    chance = random.Random(seed)
    nasty = set(chance.sample(CELL_HABITS, chance.randint(0, 2)))
    truth = as_written(truth, nasty)
    way = chance.choice([name for name, (kinds, _write) in WAYS.items() if truth.kind in kinds])
    told, lines = WAYS[way][1](truth, nasty, chance)
    before = chance.choice(
        ((), ("各有关单位：", "经评审，并报市政府同意，现予公布。"), ("（排名不分先后）",))
    )
    behind = chance.choice(
        ((), ("某市科学技术局", "2024年12月5日"), ("附注：以上由市科技局解释。",))
    )
    return Lines(f"{way} {'+'.join(sorted(nasty))}", told, [truth.title, *before, *lines, *behind])


Written = tuple[Truth, list[str]]


def chronicle(truth: Truth, nasty: set[str], chance: random.Random) -> Written:
    """Lines that each begin with a day; or a month above its days."""
    bullet = chance.choice(("", "◆", "●", "· "))
    gap = chance.choice(("　", " ", "，", "：", "  "))
    under_months = chance.random() < 0.3 and "day_ranges" not in nasty
    is_wide = chance.random() < 0.2
    lines = []
    for row in truth.rows:
        month, _month, day = row["date"].partition("月")
        if under_months:
            lines.append(f"{month}月")
        line = (day if under_months else row["date"]) + gap + row["title"] + "。"
        lines.append(bullet + (line.translate(WIDE) if is_wide else line))
    rows = tuple({**row, "title": row["title"] + "。"} for row in truth.rows)
    if is_wide:
        rows = tuple({**row, "title": row["title"].translate(WIDE)} for row in rows)
    return replace(truth, rows=rows), lines


WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def bracketed(truth: Truth, nasty: set[str], chance: random.Random) -> Written:
    """Names one below the other, what else is said of each in brackets behind it."""
    name_at, others = _name_and_others(truth)
    headings = bool(truth.grouped) and chance.random() < 0.5
    bare = {"roster-entries": "district", "laureates": "employer", "policies": "document_number"}
    only = bare.get(truth.kind, "")
    if truth.kind == "policies" or (only and chance.random() < 0.5):
        others = [column for column in others if column[1] == only]
    else:
        only = ""
    if headings:
        others = [column for column in others if column[1] != truth.grouped]
    point, between = chance.choice(POINTS), chance.choice(BETWEEN)
    is_numbered = truth.kind != "roster-entries" or chance.random() < 0.8
    lines: list[str] = []
    for number, row in enumerate(truth.rows):
        lines += _heading(truth, number) if headings else []
        name = print_cell(row, name_at, nasty, number)
        name = f"《{name}》" if truth.kind == "policies" else name
        said = [
            cell if only else f"{head}：{cell}"
            for head, column in others
            if (cell := print_cell(row, column, nasty, number))
        ]
        remark = f"（{between.join(said)}）" if said else ""
        lines.append((point.format(number + 1) if is_numbered else "") + name + remark)
    printed = {name_at, *(column for _head, column in others)}
    printed |= {truth.grouped} if headings else set()
    return _told(truth, printed | (set(NUMBER) if is_numbered else set())), lines


def labelled(truth: Truth, nasty: set[str], chance: random.Random) -> Written:
    """Entries of labels with their values, a label a line or all of them in one."""
    columns = [column for column in truth.columns if column[1] not in NUMBER]
    headings = bool(truth.grouped) and chance.random() < 0.5
    if headings:
        columns = [column for column in columns if column[1] != truth.grouped]
    in_one = chance.random() < 0.3
    gap, colon = chance.choice(("　", "；", "，", "  ")), chance.choice(("：", ":", "： "))
    point = chance.choice((*POINTS, ""))
    leaves_out = chance.random() < 0.5
    lines: list[str] = []
    for number, row in enumerate(truth.rows):
        lines += _heading(truth, number) if headings else []
        cells = [(head, print_cell(row, column, nasty, number)) for head, column in columns]
        said = [f"{head}{colon}{cell}" for head, cell in cells if cell or not leaves_out]
        said[0] = (point.format(number + 1) if point else "") + said[0]
        lines += [gap.join(said)] if in_one else said
    numbers = set(NUMBER) if point else set()
    return _told(
        truth, {column for _head, column in truth.columns if column not in NUMBER} | numbers
    ), lines


def below(truth: Truth, nasty: set[str], chance: random.Random) -> Written:
    """A cell a line, as a table comes when it is copied as bare text. Without numbers, none is blank."""
    columns = list(truth.columns)
    rows = [
        [print_cell(row, column, nasty, number) for _head, column in columns]
        for number, row in enumerate(truth.rows)
    ]
    has_number = any(column in NUMBER for _head, column in columns)
    if has_number and chance.random() < 0.3 and all(map(all, rows)):
        at = next(at for at, (_head, column) in enumerate(columns) if column in NUMBER)
        columns.pop(at)
        rows = [[*row[:at], *row[at + 1 :]] for row in rows]
    if not has_number:
        rows = [[cell or "—" for cell in row] for row in rows]
    lines = [head.replace("\n", "") for head, _column in columns]
    lines += [cell for row in rows for cell in row if cell]
    return _told(truth, {column for _head, column in columns}), lines


def tabbed(truth: Truth, nasty: set[str], chance: random.Random) -> Written:
    """Cells that tabs part; several of them where the typist wanted the columns to stand straight."""
    rows = [[head.replace("\n", "") for head, _column in truth.columns]]
    rows += [
        [print_cell(row, column, nasty, number) for _head, column in truth.columns]
        for number, row in enumerate(truth.rows)
    ]
    is_full = all(map(all, rows))
    tab = "\t\t" if is_full and chance.random() < 0.3 else "\t"
    return truth, [tab.join(row) for row in rows]


TABLES = ("awards", "roster-entries", "certifications", "policies", "laureates", "events")
WAYS = {
    "chronicle": (("events",), chronicle),
    "bracketed": (TABLES[:-1], bracketed),
    "labelled": (TABLES, labelled),
    "below": (TABLES, below),
    "tabbed": ((*TABLES, "indicator-values"), tabbed),
}


def _name_and_others(truth: Truth) -> tuple[str, list[tuple[str, str]]]:
    """The column a row is called by, and those that are neither this nor its number."""
    columns = [column for column in truth.columns if column[1] not in NUMBER]
    name = next(column for column in columns if column[1] in NAMES)
    return name[1], [column for column in columns if column != name]


def _heading(truth: Truth, number: int) -> list[str]:
    """The heading above a row that is the first of its group, with how many there are."""
    groups = [row[truth.grouped] for row in truth.rows]
    if number and groups[number - 1] == groups[number]:
        return []
    nth = len(dict.fromkeys(groups[: number + 1]))
    return [
        f"{'一二三四五六七八九十'[nth - 1]}、{groups[number]}（{groups.count(groups[number])}项）"
    ]


def _told(truth: Truth, printed: set[str]) -> Truth:
    """The truth without what the columns that are not printed would say."""
    lost = {
        name
        for _head, column in truth.columns
        if column not in printed
        for name in FIELDS_OF.get(column, (column,))
    }
    return replace(truth, rows=tuple(_without(row, lost) for row in truth.rows))


def _without(row: dict, names: Sequence[str] | set[str]) -> dict:
    return {name: type(value)() if name in names else value for name, value in row.items()}
