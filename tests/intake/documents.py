"""A generator of documents: one truth, written in every format, with what offices do to tables.

``Truth`` holds rows by field. ``lay_out`` prints it as pages of paragraphs and tables, with any
set of nastinesses; ``WRITERS`` writes those as bytes. ``compare`` counts what came back.
"""

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

PACK = Path(__file__).resolve().parents[2] / "data" / "ningbo-2023"
LISTS = ("organisations", "people", "hosts")


@dataclass(frozen=True)
class Truth:
    """A list as it should come out: its kind, its title, its columns as printed, its rows."""

    kind: str
    title: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[dict, ...]
    constants: dict = field(default_factory=dict)
    grouped: str = ""


@dataclass
class Matrix:
    """A table as it is printed: cells, merged ranges (row, column, height, width), hidden rows."""

    rows: list[list[str]]
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    heads: int = 0


def pack_rows(file: str, limit: int | None = None) -> list[dict]:
    """Rows of the data pack, lists as lists."""
    with (PACK / file).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))[:limit]
    return [
        {
            name: value.split("|") if name in LISTS and value else [] if name in LISTS else value
            for name, value in row.items()
            if name not in ("source_line", "flags")
        }
        for row in rows
    ]


AWARD_COLUMNS = (
    ("奖励类别", "category"),
    ("项目名称", "title"),
    ("主要完成单位", "organisations"),
    ("主要完成人员", "people"),
)


def category(row: dict) -> str:
    """Class and grade in one cell, as the report prints them."""
    short = {
        "科学技术进步奖": "科学技术进步",
        "技术发明奖": "省技术发明",
        "自然科学奖": "省自然科学",
    }
    return short[row["award_class"]] + row["grade"]


def awards(rows: int | None = None) -> Truth:
    """The city's prize-winning projects."""
    found = [
        {**row, "category": category(row)} for row in pack_rows("awards/ningbo-2022.csv", rows)
    ]
    return Truth(
        "awards",
        "2022年度宁波市科学技术进步奖获奖项目名单",
        AWARD_COLUMNS,
        tuple(found),
        grouped="category",
    )


def provincial(rows: int | None = None) -> Truth:
    """The provincial prizes led from the city, three classes of them."""
    found = [
        {**row, "category": category(row)} for row in pack_rows("awards/zhejiang-2022.csv", rows)
    ]
    return Truth(
        "awards",
        "宁波企事业单位牵头获2022年度浙江省科学技术奖项目汇总表",
        AWARD_COLUMNS,
        tuple(found),
        grouped="category",
    )


def laureates() -> Truth:
    """Young laureates."""
    columns = (
        ("序号", "number"),
        ("姓名", "name"),
        ("工作单位", "employer"),
        ("提名单位", "nominator"),
    )
    return Truth(
        "laureates",
        "2022年度宁波市青年科技创新奖获奖人员名单",
        columns,
        tuple(_numbered(pack_rows("laureates/ningbo-youth-2022.csv"))),
    )


def firms() -> Truth:
    """A roster with districts."""
    columns = (("序号", "rank"), ("企业名称", "organisation"), ("所属区（县、市）", "district"))
    return Truth(
        "roster-entries",
        "2023年度浙江省科技小巨人企业认定名单（宁波）",
        columns,
        tuple(pack_rows("rosters/little-giants-2023.csv")),
    )


def top50() -> Truth:
    """A roster of names alone."""
    columns = (("序号", "rank"), ("集团（企业）名称", "organisation"))
    return Truth(
        "roster-entries",
        "2023年度宁波市企业研发投入50强榜单",
        columns,
        tuple(pack_rows("rosters/rd-investment-top50-2023.csv")),
    )


def institutions() -> Truth:
    """Certified institutions with their years."""
    columns = (("序号", "number"), ("机构名称", "platform"), ("认定时间", "year"))
    return Truth(
        "certifications",
        "宁波市省级新型研发机构名单",
        columns,
        tuple(_numbered(pack_rows("certifications/new-rd-institutions.csv"))),
    )


def makerspaces() -> Truth:
    """Recognised makerspaces with their hosts."""
    columns = (("序号", "number"), ("众创空间名称", "platform"), ("依托机构名称", "hosts"))
    return Truth(
        "certifications",
        "2023年宁波市新增省级众创空间",
        columns,
        tuple(_numbered(pack_rows("certifications/makerspaces-provincial-2023.csv"))),
    )


def policies() -> Truth:
    """Policies under merged categories."""
    rows = [
        {**row, "printed": f"《{row['title']}》" + (f"（{row['note']}）" if row["note"] else "")}
        for row in pack_rows("policies/2023.csv")
    ]
    columns = (("序号", "number"), ("政策名称", "printed"), ("分类", "category"))
    return Truth(
        "policies",
        "2023年宁波市科技政策制（修）订情况",
        columns,
        tuple(_numbered(rows)),
        grouped="category",
    )


SURNAMES, GIVEN = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗",
    "伟芳娜敏静丽强磊军洋勇艳杰涛明超秀霞平刚桂英",
)
CITIES = ("温州", "绍兴", "嘉兴", "台州", "金华")
TRADES = (
    "精密机械",
    "新材料",
    "生物医药",
    "智能装备",
    "光电科技",
    "环保工程",
    "汽车零部件",
    "海洋工程",
)
TOPICS = (
    "高强铝合金",
    "海水淡化膜",
    "柔性传感器",
    "水稻抗病基因",
    "脑卒中早期诊断",
    "盾构掘进",
    "燃料电池电堆",
    "轴承寿命预测",
)
CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def made_up_awards(seed: int, rows: int = 24) -> Truth:
    """Another city, another year, other headers: nothing of it is in the pack."""
    chance = random.Random(seed)
    city = chance.choice(CITIES)
    year = chance.choice(("2019", "2021", "2024"))
    header = chance.choice(
        (
            (
                ("序号", "number"),
                ("获奖等级", "grade_cell"),
                ("成果名称", "title"),
                ("完成单位", "organisations"),
                ("完成人", "people"),
            ),
            (
                ("序号", "number"),
                ("项目名称", "title"),
                ("主要完成人", "people"),
                ("主要完成单位", "organisations"),
                ("等级", "grade_cell"),
            ),
            (
                ("奖种", "award_class"),
                ("等级", "grade"),
                ("项目名称", "title"),
                ("完成人员", "people"),
                ("完成单位", "organisations"),
                ("推荐单位", "other"),
            ),
        )
    )
    found = []
    for number in range(rows):
        place = number * 3 // rows
        row = {
            "programme": f"{city}市科学技术奖",
            "award_year": year,
            "award_class": ("技术发明奖", "自然科学奖", "科学技术进步奖")[place],
            "grade": ("一等奖", "二等奖", "三等奖")[(number * 9 // rows) % 3],
            "title": f"{chance.choice(TOPICS)}{chance.choice(('关键技术', '制备工艺', '作用机制'))}研究及{chance.choice(('应用', '产业化', '示范'))}{number + 1}",
            "organisations": [
                f"{city}{chance.choice(TRADES)}{chance.choice('甲乙丙丁')}{chance.choice(('有限公司', '股份有限公司', '研究院'))}"
                for _ in range(chance.randint(1, 4))
            ],
            "people": [
                chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, chance.randint(1, 2)))
                for _ in range(chance.randint(2, 9))
            ],
            "other": f"{city}市科技局",
        }
        row["organisations"] = list(dict.fromkeys(row["organisations"]))
        row["people"] = list(dict.fromkeys(row["people"]))
        row["grade_cell"] = row["award_class"] + row["grade"]
        found.append(row)
    grouped = "grade_cell" if any(name == "grade_cell" for _, name in header) else "award_class"
    return Truth(
        "awards",
        f"{year}年度{city}市科学技术奖获奖成果名单",
        header,
        tuple(_numbered(found)),
        grouped=grouped,
    )


def made_up_firms(seed: int, rows: int = 30) -> Truth:
    """A roster with credit codes, certificate numbers and districts."""
    chance = random.Random(seed)
    city, year = chance.choice(CITIES), chance.choice(("2020", "2022", "2025"))
    found = [
        {
            "roster": f"{city}市{year}年高新技术企业",
            "year": year,
            "rank": str(number),
            "organisation": f"{city}{chance.choice(TRADES)}{number}号{chance.choice(('有限公司', '（集团）股份有限公司'))}",
            "district": f"{chance.choice('东西南北中')}{chance.choice('山海江')}{chance.choice('区县市')}",
            "certificate_number": f"GR{year}33{chance.randint(100000, 999999):06}",
            "credit_code": "91" + "".join(chance.choice(CODE_LETTERS) for _ in range(16)),
        }
        for number in range(1, rows + 1)
    ]
    columns = (
        ("序号", "rank"),
        ("单位名称", "organisation"),
        ("统一社会信用代码", "credit_code"),
        ("证书编号", "certificate_number"),
        ("所在区县", "district"),
    )
    return Truth("roster-entries", f"{city}市{year}年高新技术企业认定名单", columns, tuple(found))


def made_up_figures(seed: int) -> Truth:
    """Figures with units, qualifiers and blanks of four kinds."""
    chance = random.Random(seed)
    cells = (
        ("7014", "7014", "", ""),
        ("超630.96", "630.96", "超", ""),
        ("0", "0", "", ""),
        ("不适用", "", "", "not_applicable"),
        ("保密", "", "", "withheld"),
        ("1,234.5", "1234.5", "", ""),
        ("近200", "200", "近", ""),
        ("30余", "30", "余", ""),
    )
    found = [
        {
            "indicator": f"{chance.choice(TRADES)}指标{number}",
            "unit": chance.choice(("家", "亿元", "%", "项")),
            "period": "2024",
            "cell": cell,
            "value": value,
            "qualifier": qualifier,
            "blank": blank,
        }
        for number, (cell, value, qualifier, blank) in enumerate(cells)
    ]
    columns = (
        ("序号", "number"),
        ("指标名称", "indicator"),
        ("计量单位", "unit"),
        ("数值", "cell"),
    )
    return Truth(
        "indicator-values", "某市2024年科技统计主要指标情况表", columns, tuple(_numbered(found))
    )


def made_up_events(seed: int) -> Truth:
    """A chronicle as a table."""
    chance = random.Random(seed)
    found = []
    for month in range(1, 13):
        day = chance.randint(1, 25)
        found.append(
            {
                "date": f"{month}月{day}日",
                "date_from": f"2024-{month:02}-{day:02}",
                "date_to": f"2024-{month:02}-{day:02}",
                "title": f"{chance.choice(CITIES)}市科技局召开第{month}次工作推进会",
            }
        )
    return Truth(
        "events", "2024年科技工作大事记", (("时间", "date"), ("事件", "title")), tuple(found)
    )


def _numbered(rows: list[dict]) -> list[dict]:
    return [{**row, "number": str(number)} for number, row in enumerate(rows, start=1)]


# --- printing --------------------------------------------------------------------------------

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
)


def lay_out(truth: Truth, nasty: set[str], page_rows: int = 8) -> list:
    """The truth as printed: a list of paragraphs (str) and tables (``Matrix``)."""
    columns = list(truth.columns)
    as_sections = "sections" in nasty and truth.grouped and truth.kind == "awards"
    if as_sections:
        columns = [column for column in columns if column[1] != truth.grouped]
    if "extra_columns" in nasty:
        columns += [("备注", "remark"), ("联系人", "contact")]
    group_at = next((at for at, (_, name) in enumerate(columns) if name == truth.grouped), None)
    header = [head for head, _ in columns]
    blocks: list = [] if "title_within" in nasty else [truth.title]
    if "unit_total_note" in nasty and "title_within" not in nasty:
        blocks.append("单位：万元")
    rows = list(truth.rows)
    size = page_rows if {"pages", "pages_bare"} & nasty else len(rows)
    starts = list(range(0, len(rows), size))
    before = None
    for page, start in enumerate(starts):
        matrix = Matrix([])
        with_head = not page or "pages" in nasty
        if page:
            if "page_numbers" in nasty:
                blocks.append(f"— {page} —")
            if "pages" in nasty and "title_within" not in nasty:
                blocks.append(truth.title + ("（续）" if page % 2 else ""))
        if with_head:
            _head(matrix, truth, columns, header, nasty)
        run = len(matrix.rows)
        for number, row in enumerate(rows[start : start + size]):
            group = row.get(truth.grouped, "")
            if as_sections and group != before:
                matrix.rows.append(
                    [f"{'一二三四五六七八九十'[number % 10]}、{group}"] + [""] * (len(columns) - 1)
                )
                matrix.merges.append((len(matrix.rows) - 1, 0, 1, len(columns)))
            cells = [print_cell(row, name, nasty, start + number) for _, name in columns]
            is_first = group != before or (not number and page and "blank_below" not in nasty)
            if group_at is not None and {"merged", "blank_below", "lost_first", "glued"} & nasty:
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
            matrix.rows.append(cells)
            if "blank_rows" in nasty and number % 3 == 1 and "merged" not in nasty:
                matrix.rows.append([""] * len(columns))
            if "hidden_rows" in nasty and number % 5 == 2 and "merged" not in nasty:
                matrix.hidden.add(len(matrix.rows))
                matrix.rows.append(["隐藏"] * len(columns))
        if group_at is not None and "merged" in nasty and len(matrix.rows) - run > 1:
            matrix.merges.append((run, group_at, len(matrix.rows) - run, 1))
        if "side_by_side" in nasty and group_at is None and len(matrix.rows) > 3:
            matrix = _beside(matrix)
        if "unit_total_note" in nasty and page == len(starts) - 1:
            width = len(matrix.rows[0])
            matrix.rows.append(["合计", f"{len(rows)}项"] + [""] * (width - 2))
            matrix.rows.append(
                ["注：以上数据截至年底，排名不分先后，由市科技局负责解释。"] + [""] * (width - 1)
            )
            matrix.merges.append((len(matrix.rows) - 1, 0, 1, width))
        blocks.append(matrix)
    blocks.append("以上名单由有关单位负责解释，特此公布，请各单位认真学习贯彻，抓好落实。")
    return blocks


def _head(matrix: Matrix, truth: Truth, columns: list, header: list[str], nasty: set[str]) -> None:
    if "title_within" in nasty:
        matrix.merges.append((0, 0, 1, len(columns)))
        matrix.rows.append([truth.title] + [""] * (len(columns) - 1))
        if "unit_total_note" in nasty:
            matrix.rows.append([""] * (len(columns) - 1) + ["单位：万元"])
    if "two_levels" in nasty and len(columns) > 2:
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


def _beside(matrix: Matrix) -> Matrix:
    """The body in two halves beside each other, under a header printed twice."""
    heads = matrix.heads
    body = matrix.rows[heads:]
    half = (len(body) + 1) // 2
    width = len(matrix.rows[heads - 1])
    levels = [len([cell for cell in row if cell]) > 1 for row in matrix.rows[:heads]]
    rows = [
        row * 2 if level else row + [""] * width
        for row, level in zip(matrix.rows, levels, strict=False)
    ]
    for at in range(half):
        right = body[half + at] if half + at < len(body) else [""] * width
        rows.append(body[at] + right)
    merges = [(r, c, h, w * 2 if w == width else w) for r, c, h, w in matrix.merges if r < heads]
    merges += [(r, c + width, h, w) for r, c, h, w in merges if w <= width]
    return Matrix(rows, merges)


def print_cell(row: dict, name: str, nasty: set[str], number: int) -> str:
    """One cell as this document prints it."""
    value = row.get(name, "")
    if isinstance(value, list):
        names = [
            _padded(each) if "padded" in nasty and name == "people" else each for each in value
        ]
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
    return value


def _padded(name: str) -> str:
    return f"{name[0]} {name[1]}" if len(name) == 2 and not name.isascii() else name


# --- writing ---------------------------------------------------------------------------------


def as_text(blocks: list) -> bytes:
    """Pasted text: tabs between cells; a cell with line breaks in quotation marks."""
    lines = []
    for block in blocks:
        if isinstance(block, str):
            lines += ["", block, ""]
            continue
        for number, row in enumerate(block.rows):
            if number in block.hidden:
                continue
            if len(row) > 1 and any(row):
                lines.append("\t".join(_quoted(cell) for cell in row))
    return "\n".join(lines).encode()


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if "\n" in cell else cell


def as_gbk_text(blocks: list) -> bytes:
    """The same in GB18030."""
    return as_text(blocks).decode().encode("gb18030")


def as_csv(blocks: list) -> bytes:
    """A spreadsheet's CSV: the paragraphs become rows of one cell. UTF-8 with a mark."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    width = max(len(row) for block in blocks if isinstance(block, Matrix) for row in block.rows)
    for block in blocks[:-1]:
        if isinstance(block, str):
            writer.writerow([block] + [""] * (width - 1))
        else:
            writer.writerows(
                row for number, row in enumerate(block.rows) if number not in block.hidden
            )
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def as_html(blocks: list) -> bytes:
    """A page; merged cells by rowspan and colspan."""
    parts = ["<!DOCTYPE html><html><head><meta charset='utf-8'><title>x</title></head><body>"]
    for block in blocks:
        if isinstance(block, str):
            parts.append(f"<p>{escape(block)}</p>")
            continue
        covered = _covered(block)
        parts.append("<table>")
        for number, row in enumerate(block.rows):
            parts.append('<tr style="display: none">' if number in block.hidden else "<tr>")
            for column, cell in enumerate(row):
                if (number, column) in covered:
                    continue
                height, width = _size(block, number, column)
                parts.append(
                    f'<td rowspan="{height}" colspan="{width}">{escape(cell).replace(chr(10), "<br>")}</td>'
                )
            parts.append("</tr>")
        parts.append("</table>")
    return "".join([*parts, "</body></html>"]).encode()


def _covered(matrix: Matrix) -> set[tuple[int, int]]:
    return {
        (row, column)
        for top, left, height, width in matrix.merges
        for row in range(top, top + height)
        for column in range(left, left + width)
    } - {(top, left) for top, left, _, _ in matrix.merges}


def _size(matrix: Matrix, row: int, column: int) -> tuple[int, int]:
    for top, left, height, width in matrix.merges:
        if (top, left) == (row, column):
            return height, width
    return 1, 1


def as_docx(blocks: list) -> bytes:
    """A Word document."""
    from docx import Document
    from docx.oxml import OxmlElement

    document = Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        width = max(map(len, block.rows))
        table = document.add_table(len(block.rows), width)
        for number, (row, line) in enumerate(zip(block.rows, table.rows, strict=True)):
            for cell, text in zip(line._tr.tc_lst, row, strict=False):
                cell.p_lst[0].add_r().text = text
            if number in block.hidden:
                line._tr.get_or_add_trPr().append(OxmlElement("w:hidden"))
        for top, left, height, span in block.merges:
            table.cell(top, left).merge(table.cell(top + height - 1, left + span - 1))
        # Two tables without a paragraph between them are one table for Word.
        document.add_paragraph("")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _sheet_rows(blocks: list) -> tuple[list[list[str]], list, set[int]]:
    rows: list[list[str]] = []
    merges: list[tuple[int, int, int, int]] = []
    hidden: set[int] = set()
    for block in blocks[:-1]:
        if isinstance(block, str):
            rows += [[block]]
            continue
        merges += [
            (top + len(rows), left, height, width) for top, left, height, width in block.merges
        ]
        hidden |= {number + len(rows) for number in block.hidden}
        rows += block.rows
    return rows, merges, hidden


def as_xlsx(blocks: list) -> bytes:
    """A workbook with everything on one sheet."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    rows, merges, hidden = _sheet_rows(blocks)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row, start=1):
            if cell:
                sheet.cell(
                    number, column, int(cell) if cell.isascii() and cell.isdecimal() else cell
                )
        sheet.row_dimensions[number].hidden = number - 1 in hidden
    for top, left, height, width in merges:
        sheet.merge_cells(
            start_row=top + 1, start_column=left + 1, end_row=top + height, end_column=left + width
        )
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_xls(blocks: list) -> bytes:
    """A workbook of Excel 97."""
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("名单")
    rows, merges, hidden = _sheet_rows(blocks)
    starts = {(top, left): (height, width) for top, left, height, width in merges}
    covered = _covered(Matrix(rows, merges))
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            value = int(cell) if cell.isascii() and cell.isdecimal() else cell
            if (number, column) in starts:
                height, width = starts[number, column]
                sheet.write_merge(number, number + height - 1, column, column + width - 1, value)
            elif cell and (number, column) not in covered:
                sheet.write(number, column, value)
        sheet.row(number).hidden = number in hidden
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_pdf(blocks: list) -> bytes:
    """A PDF with ruled tables; long cells are wrapped by their width."""
    from reportlab.platypus.doctemplate import LayoutError

    try:
        return _as_pdf(blocks, 8)
    except (LayoutError, TypeError):
        return _as_pdf(blocks, 1)


def _as_pdf(blocks: list, tallest: int) -> bytes:
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("cell", fontName="STSong-Light", fontSize=9, leading=11, wordWrap="CJK")
    stream = io.BytesIO()
    document = SimpleDocTemplate(stream, pagesize=landscape(A4), leftMargin=30, rightMargin=30)
    flow: list = []
    for block in blocks:
        if isinstance(block, str):
            flow += [Paragraph(escape(block), style), Spacer(1, 8)]
            continue
        rows = [row for number, row in enumerate(block.rows) if number not in block.hidden]
        width = max(map(len, rows))
        longest = [
            max((_width(row[at]) for row in rows if at < len(row)), default=1)
            for at in range(width)
        ]
        room = [min(max(40.0, each * 9.5), 230.0) for each in longest]
        scale = min(1.0, 780 / sum(room))
        cells = [
            [Paragraph(escape(cell).replace("\n", "<br/>"), style) if cell else "" for cell in row]
            for row in rows
        ]
        # No printer breaks a merged cell that is longer than a page.
        spans = [
            ("SPAN", (left, top), (left + span - 1, top + height - 1))
            for top, left, height, span in block.merges
            if height <= tallest
        ]
        grid = [("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "TOP")]
        table = Table(cells, [each * scale for each in room], style=grid + spans, splitByRow=True)
        flow += [table, Spacer(1, 8)]
    document.build(flow)
    return stream.getvalue()


def _width(text: str) -> float:
    return (
        max(sum(1 if ord(letter) > 255 else 0.55 for letter in line) for line in text.split("\n"))
        + 1.6
    )


WRITERS: dict[str, Callable[[list], bytes]] = {
    "text": as_text,
    "gbk": as_gbk_text,
    "csv": as_csv,
    "html": as_html,
    "docx": as_docx,
    "xlsx": as_xlsx,
    "xls": as_xls,
    "pdf": as_pdf,
}


# --- comparing -------------------------------------------------------------------------------


@dataclass
class Score:
    """What came back: rows wanted and found, cells wanted, wrong, and wrong without a doubt."""

    wanted: int = 0
    found: int = 0
    cells: int = 0
    wrong: int = 0
    silent: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, other: "Score") -> None:
        """Count another document in."""
        for name in ("wanted", "found", "cells", "wrong", "silent"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.examples += other.examples

    @property
    def right(self) -> float:
        """Share of cells that are right."""
        return 1 - self.wrong / max(self.cells, 1)


FIELDS = {
    "awards": (
        "programme",
        "award_class",
        "grade",
        "award_year",
        "title",
        "organisations",
        "people",
    ),
    "laureates": ("programme", "award_year", "name", "employer", "nominator"),
    "certifications": ("platform", "type", "level", "year", "hosts", "status"),
    "roster-entries": (
        "roster",
        "year",
        "rank",
        "title",
        "organisation",
        "district",
        "certificate_number",
        "credit_code",
    ),
    "indicator-values": ("indicator", "unit", "period", "value", "qualifier", "blank"),
    "policies": ("title", "category", "year", "note"),
    "events": ("date_from", "date_to", "title"),
}


def compare(truth: Truth, found: list, label: str = "") -> Score:
    """Hold candidates against the truth, row by row in order; a missing row loses all its cells."""
    right_kind = [each for each in found if each.kind == truth.kind]
    records = [record for each in right_kind for record in each.records]
    score = Score(wanted=len(truth.rows), found=min(len(records), len(truth.rows)))
    if len(records) != len(truth.rows):
        kinds = [(each.kind, len(each.records)) for each in found]
        score.examples.append(f"{label}: {len(records)} rows, not {len(truth.rows)}; {kinds}")
        score.found = score.found if len(records) < len(truth.rows) else -1
    for number, row in enumerate(truth.rows):
        got = records[number] if number < len(records) else None
        for name in FIELDS[truth.kind]:
            wanted = row.get(name, "")
            score.cells += 1
            value = got.values.get(name, "") if got else None
            if value == wanted or (not value and not wanted and got):
                continue
            score.wrong += 1
            if got is None or name not in {field for field, _ in got.doubts}:
                score.silent += 1
            score.examples.append(f"{label} row {number} {name}: {value!r}, not {wanted!r}")
    return score
