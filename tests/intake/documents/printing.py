"""A truth as an office prints it: paragraphs and tables, with any set of nastinesses."""

import datetime as dt
from dataclasses import replace

from tests.intake.documents import habits, spoiling
from tests.intake.documents.truth import Matrix, Truth

UNRULED = ("unruled", "level_lines", "shaded")
"""Tables whose cells no lines part."""
PAPER = (
    "portrait",
    "rotated",
    "sideways",
    "watermark",
    "stamp",
    "header_by_printer",
    "rows_cut",
    *UNRULED,
)
"""How pages are printed; of no matter where there are none."""

NASTY = (
    "merged",
    "blank_below",
    "pages",
    "pages_bare",
    "lost_first",
    "side_by_side",
    "two_levels",
    "unit_total_note",
    "semicolons",
    "commas",
    "lines",
    "padded",
    "full_width",
    "glued",
    "blank_rows",
    "hidden_rows",
    "sections",
    "column_numbers",
    "extra_columns",
    "page_numbers",
    "title_within",
    "broken_separators",
    "mixed_separators",
    "half_brackets",
    "bracketed_lists",
    "three_beside",
    "blank_signs",
    "month_headings",
    "spaced_header",
    "dotted_numbers",
    "many_dates",
    "three_levels",
    "header_units",
    "shuffled",
    "subtotals",
    "total_first",
    "two_headings",
    "split_rows",
    "page_lines",
    "header_breaks",
    "footnotes",
    "blank_columns",
    "vertical",
    "odd_names",
    "ditto",
    "other_brackets",
    "restart_numbers",
    "group_counts",
    *PAPER,
    *habits.HABITS,
)
MERGING = {"merged", "blank_below", "lost_first", "glued"}
IMPLIED = {
    "two_headings": {"sections"},
    "split_rows": {"pages"},
    "header_breaks": {"pages"},
    "running_heads": {"pages_bare"},
    "plain_headings": {"sections"},
    "heading_lines": {"sections"},
}
"""What some things cannot be without."""
LEVELS = ("award_class", "grade")
SECTIONED = ("awards", "policies", "certifications")
"""Kinds of which the group of rows may stand as a heading above them."""
HALF = str.maketrans("（）", "()")


def as_written(truth: Truth, nasty: set[str]) -> Truth:
    """The truth of a document that itself writes names otherwise: they come back as it has them."""
    truth = habits.habitual_truth(spoiling.spoiled_truth(truth, nasty), nasty)
    if not {"half_brackets", "bracketed_lists", "other_brackets"} & nasty:
        return truth
    other = spoiling.OTHER_BRACKETS[spoiling.other_brackets(truth)]

    def name(text: str, number: int) -> str:
        if "bracketed_lists" in nasty and number % 4 == 1 and not text.endswith("）"):
            text += "（甬江、东钱湖厂区）"
        if "other_brackets" in nasty and number % 3 == 2:
            return (text if text.endswith("）") else text + "（集团）").translate(other)
        return text.translate(HALF) if "half_brackets" in nasty else text

    def row(number: int, values: dict) -> dict:
        changed = dict(values)
        for key in ("organisations", "hosts"):
            if values.get(key):
                changed[key] = [name(each, number + at) for at, each in enumerate(values[key])]
        for key in ("organisation", "employer"):
            if values.get(key):
                changed[key] = name(values[key], number)
        return changed

    return replace(truth, rows=tuple(row(*each) for each in enumerate(truth.rows)))


def lay_out(truth: Truth, nasty: set[str], page_rows: int = 8) -> list:
    """The truth as printed: a list of paragraphs (str) and tables (``Matrix``)."""
    nasty = nasty.union(*(IMPLIED.get(each, set()) for each in nasty))
    columns = list(truth.columns)
    as_sections = "sections" in nasty and truth.grouped and truth.kind in SECTIONED
    levels = LEVELS if as_sections and truth.kind == "awards" and "two_headings" in nasty else ()
    if as_sections:
        gone = {truth.grouped, *([*LEVELS, "grade_cell", "category"] if levels else [])}
        columns = [column for column in columns if column[1] not in gone]
    if "shuffled" in nasty and len(columns) > 2:
        columns = [*columns[2:], *columns[:2]]
    if "extra_columns" in nasty:
        columns += [("备注", "remark"), ("联系人", "contact")]
    group_at = next((at for at, (_, name) in enumerate(columns) if name == truth.grouped), None)
    header = [head for head, _ in columns]
    if "spaced_header" in nasty:
        header = [_spaced(head, at) for at, head in enumerate(header)]
    blocks: list = [] if "title_within" in nasty else [truth.title]
    if "unit_total_note" in nasty and "title_within" not in nasty:
        blocks.append("单位：万元")
    # Without numbers nobody can tell where a page without a header ended beside another.
    is_numbered = any(name in ("rank", "number") for _, name in columns)
    beside = (
        0
        if group_at is not None or ("pages_bare" in nasty and not is_numbered)
        else (3 if "three_beside" in nasty else 2 if "side_by_side" in nasty else 0)
    )
    rows = list(truth.printed or truth.rows)
    if "restart_numbers" in nasty and truth.grouped:
        rows = _restarted(rows, truth.grouped)
    size = page_rows if {"pages", "pages_bare"} & nasty else len(rows)
    starts = list(range(0, len(rows), size))
    before: object = None
    names = [name for _, name in columns]
    cut_off: list[str] = []
    counted = 0
    for page, start in enumerate(starts):
        matrix = Matrix([])
        with_head = not page or "pages" in nasty
        if page:
            if "page_numbers" in nasty:
                blocks.append(f"— {page} —")
            if "pages" in nasty and "title_within" not in nasty:
                blocks.append(truth.title + ("（续）" if page % 2 else ""))
        if with_head:
            shown = (
                [spoiling.broken(each) for each in header]
                if page % 2 and "header_breaks" in nasty
                else header
            )
            _head(matrix, truth, columns, shown, nasty)
        if cut_off:
            matrix.rows.append(cut_off)
            cut_off = []
        if "total_first" in nasty and not page and len(columns) > 2:
            matrix.rows.append(["合计", f"{len(rows)}项"] + [""] * (len(columns) - 2))
        run = len(matrix.rows)
        for number, row in enumerate(rows[start : start + size]):
            group = row.get(truth.grouped, "")
            if levels:
                group = tuple(row.get(level, "") for level in levels)
            is_new = bool(start + number) and group != before
            if (
                "subtotals" in nasty
                and is_new
                and truth.grouped
                and len(columns) > 2
                and not levels
            ):
                if group_at is not None and "merged" in nasty and len(matrix.rows) - run > 1:
                    matrix.merges.append((run, group_at, len(matrix.rows) - run, 1))
                matrix.rows.append(_subtotal(columns, group_at, counted))
                run, counted = len(matrix.rows), 0
            counted += 1
            if levels:
                _two_headings(matrix, row, before, len(columns))
            elif as_sections and group != before:
                matrix.rows.append(
                    [habits.heading(number, group, nasty)] + [""] * (len(columns) - 1)
                )
                matrix.merges.append((len(matrix.rows) - 1, 0, 1, len(columns)))
            cells = [print_cell(row, name, nasty, start + number) for _, name in columns]
            if group_at is not None:
                cells[group_at] = _group_cell(cells[group_at], rows, truth, row, nasty)
                if "ditto" in nasty and group == before and number and not MERGING & nasty:
                    cells[group_at] = ("同上", "〃")[page % 2]
            is_first = group != before or (not number and page and "blank_below" not in nasty)
            if group_at is not None and MERGING & nasty:
                if is_first:
                    if "merged" in nasty and len(matrix.rows) - run > 1:
                        matrix.merges.append((run, group_at, len(matrix.rows) - run, 1))
                    run = len(matrix.rows)
                    title_at = next(
                        (at for at, (_, name) in enumerate(columns) if name == "title"), None
                    )
                    if (
                        "glued" in nasty
                        and title_at is not None
                        and group_at == 0
                        and number % 2 == 0
                    ):
                        cells[title_at] = cells[group_at] + cells[title_at]
                        cells[group_at] = ""
                        run = len(matrix.rows) + 1
                else:
                    cells[group_at] = ""
                    # A merged cell cannot be lost: it is still there.
                    if (
                        "lost_first" in nasty
                        and "merged" not in nasty
                        and group_at == 0
                        and (start + number) % 4 == 3
                    ):
                        cells = [*cells[1:], ""]
            before = group
            is_last = number == size - 1 and start + size < len(rows)
            if "split_rows" in nasty and is_last and not beside and cells[0] and not levels:
                is_numbered_row = any(name in ("rank", "number") for name in names)
                if is_numbered_row and "lost_first" not in nasty:
                    cells, cut_off = spoiling.halves(cells, names)
                    cut_off = cut_off if any(cut_off) else []
            if MERGING & nasty or beside or cut_off:
                matrix.rows.append(cells)
            else:
                habits.append_row(matrix, cells, names, row, nasty)
            if "page_lines" in nasty and number % 6 == 4 and "merged" not in nasty and not beside:
                matrix.rows.append(spoiling.page_line(len(columns), number + page))
            if "month_headings" in nasty and truth.kind == "events":
                # The heading of the month stands below what happened in it.
                matrix.rows.append(
                    [row["date"].partition("月")[0] + "月"] + [""] * (len(columns) - 1)
                )
            if "blank_rows" in nasty and number % 3 == 1 and "merged" not in nasty:
                matrix.rows.append([""] * len(columns))
            if "hidden_rows" in nasty and number % 5 == 2 and "merged" not in nasty and not beside:
                matrix.hidden.add(len(matrix.rows))
                matrix.rows.append(["隐藏"] * len(columns))
        if group_at is not None and "merged" in nasty and len(matrix.rows) - run > 1:
            matrix.merges.append((run, group_at, len(matrix.rows) - run, 1))
        if "blank_columns" in nasty and "side_by_side" not in nasty and "three_beside" not in nasty:
            matrix = spoiling.insert_columns(matrix)
        if beside and len(matrix.rows) > 3:
            matrix = _beside(matrix, beside)
        matrix.paper = frozenset(nasty.intersection((*PAPER, "aligned_blanks")))
        if "unit_total_note" in nasty and page == len(starts) - 1:
            width = len(matrix.rows[0])
            matrix.rows.append(["合计", f"{len(rows)}项"] + [""] * (width - 2))
            matrix.rows.append(
                ["注：以上数据截至年底，排名不分先后，由市科技局负责解释。"] + [""] * (width - 1)
            )
            matrix.merges.append((len(matrix.rows) - 1, 0, 1, width))
        blocks.append(matrix)
    if "footnotes" in nasty:
        blocks += spoiling.notes(len(rows))
    blocks.append("以上名单由有关单位负责解释，特此公布，请各单位认真学习贯彻，抓好落实。")
    return habits.with_habits(blocks, truth, nasty)


def _head(matrix: Matrix, truth: Truth, columns: list, header: list[str], nasty: set[str]) -> None:
    if "title_within" in nasty:
        matrix.merges.append((0, 0, 1, len(columns)))
        matrix.rows.append([truth.title] + [""] * (len(columns) - 1))
        if "unit_total_note" in nasty:
            matrix.rows.append([""] * (len(columns) - 1) + ["单位：万元"])
    if "vertical" in nasty:
        header = [spoiling.upright(each) for each in header]
    if "header_units" in nasty and spoiling.in_header_row(matrix, header):
        pass
    elif "three_levels" in nasty and len(columns) > 3:
        spoiling.three_levels(matrix, header)
    elif "two_levels" in nasty and len(columns) > 2:
        top = len(matrix.rows)
        last = len(columns) - 2
        matrix.rows.append([*header[:last], "主要情况", ""])
        matrix.rows.append([""] * last + header[last:])
        matrix.merges += [(top, at, 2, 1) for at in range(last)] + [(top, last, 1, 2)]
    else:
        matrix.rows.append(header[:])
    matrix.heads = len(matrix.rows)
    if "column_numbers" in nasty and len(columns) > 2:
        matrix.rows.append([str(number) for number in range(1, len(columns) + 1)])


def _restarted(rows: list[dict], grouped: str) -> list[dict]:
    """Rows whose printed numbers begin again with each group."""
    found, number, before = [], 0, None
    for row in rows:
        number = number + 1 if row.get(grouped) == before else 1
        before = row.get(grouped)
        found.append({**row, "number": str(number)} if "number" in row else row)
    return found


def _subtotal(columns: list, group_at: int | None, counted: int) -> list[str]:
    """A sub-total below a group: its word in the first cell, or beside the group's column."""
    at = 1 if group_at == 0 else 0
    cells = [""] * len(columns)
    cells[at], cells[at + 1] = "小计", f"{counted}项"
    return cells


def _group_cell(cell: str, rows: list[dict], truth: Truth, row: dict, nasty: set[str]) -> str:
    """The cell of a group: with the number of its rows behind it, or written downwards."""
    if "group_counts" in nasty and cell:
        same = [each for each in rows if each.get(truth.grouped) == row.get(truth.grouped)]
        cell = f"{cell}（{len(same)}项）"
    return spoiling.upright(cell) if "vertical" in nasty else cell


def _two_headings(matrix: Matrix, row: dict, before: object, width: int) -> None:
    """Headings between rows on two levels: the class, and below it the grade."""
    before = before if isinstance(before, tuple) else ("", "")
    now = tuple(row.get(level, "") for level in LEVELS)
    texts = [f"一、{now[0]}"] if now[0] != before[0] else []
    texts += [f"（二）{now[1]}"] if now != before else []
    for text in texts:
        matrix.merges.append((len(matrix.rows), 0, 1, width))
        matrix.rows.append([text] + [""] * (width - 1))


def _spaced(head: str, at: int) -> str:
    """A header spread over its column by blanks, or broken over two lines."""
    if len(head) == 2:
        return f"{head[0]}　{head[1]}"
    return head[:2] + "\n" + head[2:] if at % 2 and len(head) > 3 else head


def _beside(matrix: Matrix, parts: int) -> Matrix:
    """The body in parts beside each other, under a header printed as often."""
    heads = matrix.heads
    body = matrix.rows[heads:]
    height = -(-len(body) // parts)
    width = len(matrix.rows[heads - 1])
    levels = [len([cell for cell in row if cell]) > 1 for row in matrix.rows[:heads]]
    rows = [
        row * parts if level else row + [""] * width * (parts - 1)
        for row, level in zip(matrix.rows, levels, strict=False)
    ]
    for at in range(height):
        row: list[str] = []
        for part in range(parts):
            here = part * height + at
            row += body[here] if here < len(body) else [""] * width
        rows.append(row)
    merges = [
        (r, c, h, w * parts if w == width else w) for r, c, h, w in matrix.merges if r < heads
    ]
    merges += [
        (r, c + width * part, h, w)
        for part in range(1, parts)
        for r, c, h, w in merges
        if w <= width
    ]
    return Matrix(rows, merges)


def print_cell(row: dict, name: str, nasty: set[str], number: int) -> str:
    """One cell as this document prints it."""
    cell = _print_cell(row, name, nasty, number)
    is_marked = "footnotes" in nasty and name in spoiling.MARKED
    cell = spoiling.footnoted(cell, number) if is_marked else cell
    return habits.printed(cell, row, name, nasty, number)


def _print_cell(row: dict, name: str, nasty: set[str], number: int) -> str:
    value = row.get(name, "")
    if isinstance(value, list):
        names = [
            _padded(each) if "padded" in nasty and name == "people" else each for each in value
        ]
        if "mixed_separators" in nasty and len(names) > 2:
            return names[0] + "、" + "；".join(names[1:])
        if "semicolons" in nasty:
            return "；".join(names)
        if "commas" in nasty:
            return ("，", ", ")[number % 2].join(names)
        if "lines" in nasty:
            return "\n".join(names)
        if "broken_separators" in nasty and len(names) > 2:
            return "、".join(names[:2]) + "、\n" + "、".join(names[2:])
        return "、".join(names)
    if "padded" in nasty and name == "name":
        return _padded(value)
    if "full_width" in nasty and name in ("rank", "number", "year"):
        return value.translate(str.maketrans("0123456789", "０１２３４５６７８９")) + (
            "年" if name == "year" else ""
        )
    if name == "contact":
        return "王芳"
    if "blank_signs" in nasty and not value:
        return ("—", "/", "无", "-")[number % 4]
    if "dotted_numbers" in nasty and name in ("rank", "number") and value:
        return value + ("." if number % 2 else "、")
    if name == "issued_on" and value:
        return _dated(value, number if "many_dates" in nasty else 0)
    return value


def _dated(day: str, number: int) -> str:
    """A day as offices write days, the last way as the serial number of a spreadsheet."""
    found = dt.date.fromisoformat(day)
    return (
        day,
        f"{found.year}年{found.month}月{found.day}日",
        f"{found.year}.{found.month}.{found.day}",
        f"{found.year}/{found.month:02}/{found.day:02}",
        f"{found:%Y%m%d}",
        str((found - dt.date(1899, 12, 30)).days),
    )[number % 6]


def _padded(name: str) -> str:
    return f"{name[0]} {name[1]}" if len(name) == 2 and not name.isascii() else name
