"""More of what offices do: who signed, running heads, sums in other words, notes, lists, ranges."""

import datetime as dt
from dataclasses import replace

from tests.intake.documents.truth import Matrix, Truth

HABITS = (
    "signature_row",
    "table_label",
    "running_heads",
    "odd_totals",
    "raised_marks",
    "raised_figures",
    "odd_lists",
    "day_ranges",
    "several_lines",
    "copied_table",
    "lost_letters",
    "odd_letters",
    "plain_headings",
    "heading_lines",
    "aligned_blanks",
    "on_its_side",
)
LABELS = (("表3 ", "续表3 "), ("表1-2　", "续表1-2　"), ("附表2：", "附表2（续）："), ("表一 ", ""))
HEADS = ("市科学技术局文件", "内部资料，注意保存", "2024年度科技统计资料汇编")
SIGNED = ("填报人：王芳", "审核人：李强", "日期：2024年1月5日", "联系电话：0577-88888888")
SIGNED_BARE = ("制表：王芳", "复核：", "填报日期：2024.1.5", "（盖章）")
BEHIND = ("¹", "[1]", "（注1）", "▲", "²", "#")
BEFORE = ("★", "*", "▲", "☆")
NOTED = ("title", "organisation", "platform", "name")
RADICALS = str.maketrans("工生大金", "⼯⽣⼤⾦")
SUMS = (
    ("", "东山区小计：{}项"),
    ("以上共计{}项",),
    ("全市合计", "{}项"),
    ("", "共 {} 项"),
    ("总计（{}项）",),
    ("", "合 计", "{}"),
    ("东山区小计", "{}"),
    ("累计", "{}项"),
)


def of_habit(choices: tuple, truth: Truth) -> int:
    """Which of several ways this document has: the same one throughout."""
    return sum(map(ord, truth.title)) % len(choices)


def habitual_truth(truth: Truth, nasty: set[str]) -> Truth:
    """The truth of a document that itself says other things: events of several days."""
    if "day_ranges" not in nasty or truth.kind != "events":
        return truth
    return replace(truth, rows=tuple(map(_of_days, truth.rows)))


def _of_days(row: dict) -> dict:
    first = dt.date.fromisoformat(row["date_from"])
    last = first + dt.timedelta(days=3)
    y, m = first.year, first.month
    ways = (
        f"{m}月{first.day}日至{last.day}日",
        f"{m}月{first.day}日—{last.month}月{last.day}日",
        f"{y}年{m}月{first.day}日—{last.year}年{last.month}月{last.day}日",
        f"{y}.{m}.{first.day}-{last.year}.{last.month}.{last.day}",
        f"{m}.{first.day}-{last.month}.{last.day}",
        f"{m}月{first.day}-{last.day}日",
    )
    return {**row, "date": ways[m % len(ways)], "date_to": last.isoformat()}


def printed(cell: str, row: dict, name: str, nasty: set[str], number: int) -> str:
    """One cell as an office of these habits prints it."""
    value = row.get(name, "")
    if "odd_lists" in nasty and isinstance(value, list) and len(value) > 1:
        return odd_list(value, number)
    if "raised_figures" in nasty and name == "cell" and cell[-1:].isdecimal() and number % 4 == 1:
        return cell + ("¹", "①", "*", "[2]", "²")[number % 5]
    if not cell:
        return cell
    if name in NOTED and "raised_marks" in nasty and number % 5 == 3:
        at = number // 5
        return BEFORE[at % 4] + cell if at % 2 else cell + BEHIND[at % len(BEHIND)]
    if name in ("organisation", "organisations", "employer", "hosts", "platform"):
        if "lost_letters" in nasty and number == 3:
            return cell[:2] + "□?\ue5e5"[len(cell) % 3] + cell[3:]
        if "odd_letters" in nasty and number % 3 == 1:
            return (cell[:3] + "\u200b" + cell[3:] + "\u00a0").translate(RADICALS)
    return cell


def odd_list(names: list[str], number: int) -> str:
    """A list of names by a separator of its own in each row."""
    way = number % 7
    if way == 0:
        return "/".join(names)
    if way == 1:
        return "".join(f"{chr(0x2460 + at)}{name}" for at, name in enumerate(names))
    if way == 2:
        return " ".join(f"{at}.{name}" for at, name in enumerate(names, start=1))
    if way == 3:
        return "、".join(names[:-1]) + "和" + names[-1]
    if way == 4:
        return "、".join(names) + "等"
    return ("|", "＋")[way - 5].join(names)


def append_row(
    matrix: Matrix, cells: list[str], names: list[str], row: dict, nasty: set[str]
) -> None:
    """A row, over as many lines as it has organisations, all its other cells merged."""
    at = next((at for at, name in enumerate(names) if name in ("organisations", "hosts")), None)
    several = row.get(names[at], []) if at is not None else []
    is_numbered = any(name in ("rank", "number") for name in names)
    if "several_lines" not in nasty or at is None or len(several) < 2 or not is_numbered:
        matrix.rows.append(cells)
        return
    top = len(matrix.rows)
    matrix.rows.append([*cells[:at], several[0], *cells[at + 1 :]])
    matrix.rows += [["" if i != at else name for i in range(len(cells))] for name in several[1:]]
    matrix.merges += [(top, i, len(several), 1) for i in range(len(cells)) if i != at]


def heading(number: int, group: str, nasty: set[str]) -> str:
    """The heading above a group of rows: numbered, or with nothing but its name."""
    is_plain = "plain_headings" in nasty and not ("heading_lines" in nasty and "奖" not in group)
    return group if is_plain else f"{'一二三四五六七八九十'[number % 10]}、{group}"


def _with_heading_lines(blocks: list) -> list:
    """Headings as lines of text between tables, each with the header once more, or without."""
    found: list = []
    for block in blocks:
        if not isinstance(block, Matrix) or not block.heads or block.hidden:
            found.append(block)
            continue
        width = len(block.rows[0])
        starts = [
            top
            for top, left, height, span in sorted(block.merges)
            if top >= block.heads and (left, height, span) == (0, 1, width)
        ]
        is_odd = not starts or starts[0] > block.heads + 1 or len(block.merges) > len(starts)
        if is_odd or not block.rows[block.heads][0]:
            found.append(block)
            continue
        head = block.rows[: starts[0]]
        for start, end in zip(starts, [*starts[1:], len(block.rows)], strict=True):
            part = Matrix([*head, *block.rows[start + 1 : end]], heads=len(head))
            part.paper = block.paper
            found += [block.rows[start][0], part]
    return found


def _on_its_side(block: object, rows: int) -> object:
    """A short table with nothing else in it, its headers down the side."""
    is_plain = isinstance(block, Matrix) and not (block.merges or block.hidden)
    if not is_plain or block.heads != 1 or len(block.rows) != rows + 1:
        return block
    return Matrix([list(cells) for cells in zip(*block.rows, strict=True)], paper=block.paper)


def with_habits(blocks: list, truth: Truth, nasty: set[str]) -> list:
    """A document's blocks with the habits that are about it as a whole."""
    if "heading_lines" in nasty and "title_within" not in nasty:
        blocks = _with_heading_lines(blocks)
    if "on_its_side" in nasty and truth.kind == "indicator-values" and not truth.printed:
        blocks = [_on_its_side(each, len(truth.rows)) for each in blocks]
    if "odd_totals" in nasty:
        for number, block in enumerate(blocks):
            if isinstance(block, Matrix):
                _insert_sums(block, of_habit(SUMS, truth) + number)
    if "table_label" in nasty:
        blocks = _labelled(blocks, truth)
    if "running_heads" in nasty:
        blocks = _under_heads(blocks, truth)
    if "copied_table" in nasty:
        blocks = [*blocks[:-1], *blocks]
    if "signature_row" in nasty:
        last = next(block for block in reversed(blocks) if isinstance(block, Matrix))
        width = len(last.rows[0])
        signed = (SIGNED, SIGNED_BARE)[of_habit((1, 2), truth)][: max(width, 2)]
        last.rows.append([*signed, *[""] * (width - len(signed))])
        blocks.insert(-1, "（盖章）")
    return blocks


def _insert_sums(matrix: Matrix, way: int) -> None:
    """A sum in the middle of a table and one at its end, in other words each."""
    width = len(matrix.rows[0])
    if not matrix.heads or width < 3:
        return
    middle = (matrix.heads + len(matrix.rows)) // 2 + 1
    for at in (len(matrix.rows), middle):
        is_within = any(
            top < at < top + height or at - 1 in matrix.hidden
            for top, _left, height, _width in matrix.merges
        )
        if is_within or at <= matrix.heads + 1:
            continue
        form = SUMS[(way + at) % len(SUMS)]
        cells = [each.format(at) for each in form]
        matrix.rows.insert(at, [*cells, *[""] * (width - len(cells))])
        matrix.merges = [(top + (top >= at), *rest) for top, *rest in matrix.merges]
        matrix.hidden = {each + (each >= at) for each in matrix.hidden}


def _labelled(blocks: list, truth: Truth) -> list:
    first, again = LABELS[of_habit(LABELS, truth)]
    found, is_first = [], True
    for block in blocks:
        if isinstance(block, str) and block.startswith(truth.title):
            block = (first if is_first else again) + truth.title
            is_first = False
        found.append(block)
    return found


def _under_heads(blocks: list, truth: Truth) -> list:
    """The same line above every page; in some documents not above the first."""
    way = of_habit(HEADS * 2, truth)
    found: list = [] if way > 2 else [HEADS[way % 3]]
    has_table = False
    for block in blocks:
        if isinstance(block, Matrix) and has_table:
            at = len(found)
            while isinstance(found[at - 1], str):
                at -= 1
            found.insert(at, HEADS[way % 3])
        has_table = has_table or isinstance(block, Matrix)
        found.append(block)
    return found
