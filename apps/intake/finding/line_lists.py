"""Lists printed as lines of text, in a document without any table: a chronicle, numbered names,
projects with their labels, cells one below the other.

Each becomes a grid with the header its lines imply. A line that fits no such list stays a line.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from apps.intake.days import DAYS
from apps.intake.finding.rows import printed_number
from apps.intake.grid import Aside, Block, Grid, Mark, Paragraph, Place, Row
from apps.intake.makes import class_of
from apps.intake.synonyms.headers import is_known_header, plain_header
from apps.intake.synonyms.words import NUMBER_HEADERS
from apps.intake.titles import type_of

NARROW = str.maketrans("０１２３４５６７８９", "0123456789")
LEAST = 2
LEAST_DATED = 3
MOST = 0.8
BULLET = r"[\s◆◇●○■□▲△★☆·•➢►▶*\-—]*"
DAY = re.compile(
    rf"{BULLET}(?P<date>(?:(?:19|20)\d\d年)?(?:{DAYS.pattern}|(?:1[0-2]|[1-9])月份?(?=[，,：:\s])))\s*[，,、：:]?\s*(?P<what>\S.*)",
    re.S,
)
DAY_ALONE = re.compile(
    rf"{BULLET}(?P<date>\d{{1,2}}(?:日?\s*[—–\-~～至到]+\s*\d{{1,2}})?日)\s*[，,、：:]?\s*(?P<what>\S.*)",
    re.S,
)
THIS_MONTH = re.compile(rf"{BULLET}[本同当是]月\s*[，,：:]\s*(?P<what>\S.*)", re.S)
MONTH_OF_DAY = re.compile(r"(1[0-2]|[1-9])月")
HAN_MONTHS = {name: number for number, name in enumerate("一二三四五六七八九十", start=1)} | {
    "十一": 11,
    "十二": 12,
}
MONTH = re.compile(
    r"#*\s*(?:(?:19|20)\d\d年)?(?P<month>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月份?\s*"
)
NUMBERED = re.compile(
    r"(?:[（(](?P<inner>\d{1,3})[)）]|(?P<number>\d{1,3})[.．、)）])\s*(?P<what>\S.*)", re.S
)
LABELLED = re.compile(
    r"(?:[（(]?\d{1,3}[.．、)）]\s*)?(?P<label>[^：:]{2,12})[：:]\s*(?P<value>.*)", re.S
)
REMARK = re.compile(
    r"(?P<name>.+?)[（(]\s*(?P<label>[^（()）：:]{2,8})[：:]\s*(?P<value>[^：:]+)[)）]"
)
IN_PLACE = re.compile(
    r"(?P<name>.+(?:公司|厂|集团|院|所|中心))[（(](?P<value>[^（()）]{1,8}[区县市])[)）]"
)
POLICY = re.compile(
    r"(?P<name>《[^》]+》.*?)\s*(?:[（(](?P<value>[^（()）]*[〔\[［（(]?\d{4}[^（()）]*号)[)）])?"
)
POLICY_BY_NUMBER = re.compile(
    r"(?P<name>[^。；]+?)\s*[（(](?P<value>[^（()）]*[〔\[［【]\d{4}[〕\]］】]\s*\d+\s*号)[)）]"
)
"""A document without 《》, told by its number: 科技保险管理办法（厦科〔2016〕11号）."""


def with_line_lists(blocks: Iterable[Block]) -> list[Block]:
    """The blocks of a document; where it holds no table, the lists that its lines are as grids."""
    found = list(blocks)
    lines = [block for block in found if isinstance(block, Paragraph)]
    if len(lines) < len(found) or len(lines) < LEAST:
        return found
    for read in READERS:
        if (made := read(lines)) is not None:
            return made
    return found


def dated(lines: list[Paragraph]) -> list[Block] | None:
    """A chronicle: lines that each begin with a day. A day without a month is of the heading's.

    On a page of a PDF a line that begins with none is the rest of the one before.
    """
    before: list[Paragraph] = []
    rows: list[Row] = []
    asides: list[Aside] = []
    others, month = 0, 0
    for line in lines:
        text = line.text.translate(NARROW)
        if heading := MONTH.fullmatch(text):
            name = heading["month"]
            month = HAN_MONTHS.get(name) or int(name)
            continue
        marks: tuple[Mark, ...] = ()
        day = DAY.fullmatch(text)
        if day is not None:
            date, at = day["date"], day.start("what")
        elif month and (alone := DAY_ALONE.fullmatch(text)):
            date, at, marks = (
                f"{month}月{alone['date']}",
                alone.start("what"),
                (Mark(0, "filled-down"),),
            )
        elif (
            rows
            and (this := THIS_MONTH.fullmatch(text))
            and (found := MONTH_OF_DAY.search(rows[-1].cells[0]))
        ):
            date, at, marks = (
                f"{month or found[1]}月",
                this.start("what"),
                (Mark(0, "filled-down"),),
            )
        elif rows and line.place.format == "pdf":
            last = rows[-1]
            rows[-1] = last.with_cell(1, last.cells[1] + line.text).marked(1, "line-break")
            continue
        elif rows:
            others += 1
            asides.append(Aside(line.text, "line", line.line))
            continue
        else:
            before.append(line)
            continue
        rows.append(_row(line, (date, line.text[at:]), marks))
    is_list = len(rows) >= LEAST_DATED and others * 2 < len(rows)
    return (
        [*before, replace(_grid(("日期", "事件"), rows), dropped=tuple(asides))]
        if is_list
        else None
    )


def numbered(lines: list[Paragraph]) -> list[Block] | None:
    """Names that are numbered one after the other: policies, platforms with who runs them, firms."""
    items = [NUMBERED.fullmatch(line.text) for line in lines]
    first = next((at for at, item in enumerate(items) if item), None)
    if first is None:
        return None
    found: list[tuple[Paragraph, str]] = []
    for at, item in enumerate(items[first:], start=first):
        if item is None or int(item["number"] or item["inner"]) != len(found) + 1:
            break
        found.append((lines[at], item["what"].strip()))
    # A number left out, or a list begun anew: no one list.
    if len(found) < LEAST_DATED or any(items[first + len(found) :]):
        return None
    header, split = _form([what for _line, what in found], [line.text for line in lines[:first]])
    if not header:
        return None
    rows = [
        _row(line, (str(number), *split(what)))
        for number, (line, what) in enumerate(found, start=1)
    ]
    return [*lines[:first], _grid(("序号", *header), rows), *lines[first + len(found) :]]


Split = Callable[[str], tuple[str, ...]]


def _form(items: Sequence[str], above: Sequence[str]) -> tuple[tuple[str, ...], Split]:
    """The header that numbered lines imply, and how each is parted; no header where they are text."""
    if all(POLICY.fullmatch(item) for item in items):
        return ("政策名称", "文号"), lambda item: _parts(POLICY, item)
    if all(POLICY_BY_NUMBER.fullmatch(item) for item in items):
        return ("政策名称", "文号"), lambda item: _parts(POLICY_BY_NUMBER, item)
    remarks = [REMARK.fullmatch(item) for item in items]
    labels = {remark["label"] for remark in remarks if remark}
    if all(remarks) and len(labels) == 1 and is_known_header(*labels):
        return ("名称", *labels), lambda item: _parts(REMARK, item)
    if all(IN_PLACE.fullmatch(item) for item in items):
        return ("企业名称", "所在区县"), lambda item: _parts(IN_PLACE, item)
    if sum(class_of(item) == "organisation" for item in items) >= len(items) * MOST:
        return ("企业名称",), lambda item: (item,)
    is_named = any(type_of(line) and len(line) <= 40 for line in above)
    if is_named and all(len(item) <= 40 and not re.search(r"[。；：:]", item) for item in items):
        return ("名称",), lambda item: (item,)
    return (), lambda item: (item,)


def _parts(pattern: re.Pattern[str], item: str) -> tuple[str, str]:
    found = pattern.fullmatch(item)
    return (found["name"].strip(), (found["value"] or "").strip()) if found else (item, "")


def labelled(lines: list[Paragraph]) -> list[Block] | None:
    """Entries whose lines each begin with a label: 项目名称：…, 完成单位：…. The first begins one."""
    before: list[Paragraph] = []
    entries: list[tuple[Paragraph, dict[str, str]]] = []
    for line in lines:
        found = LABELLED.fullmatch(line.text)
        label = plain_header(found["label"]) if found else ""
        if found is None or not is_known_header(label):
            if entries:
                return None
            before.append(line)
            continue
        if not entries or label in entries[-1][1]:
            if entries and label != next(iter(entries[0][1])):
                return None
            entries.append((line, {}))
        entries[-1][1][label] = found["value"].strip()
    labels = list(dict.fromkeys(label for _line, entry in entries for label in entry))
    if len(entries) < LEAST or len(labels) < LEAST:
        return None
    rows = [_row(line, tuple(entry.get(label, "") for label in labels)) for line, entry in entries]
    return [*before, _grid(tuple(labels), rows)]


def cells_below(lines: list[Paragraph]) -> list[Block] | None:
    """The cells of a table one below the other, as some programs paste it: the words of its header,
    and each row begun by its running number."""
    texts = [line.text for line in lines]
    start = next(
        (at for at, text in enumerate(texts) if plain_header(text) in NUMBER_HEADERS), None
    )
    if start is None:
        return None
    end = start
    while end < len(texts) and is_known_header(texts[end]) and texts[end] not in texts[start:end]:
        end += 1
    width = end - start
    if width < LEAST + 1:
        return None
    rows: list[Row] = []
    while end + width <= len(lines) and printed_number(texts[end]) == len(rows) + 1:
        rows.append(_row(lines[end], tuple(texts[end : end + width])))
        if any(printed_number(text) == len(rows) + 1 for text in texts[end + 1 : end + width]):
            return None  # The next row begins too soon: a cell was blank.
        end += width
    # What is left begins no row: else a cell was blank, and nobody can tell which.
    is_left = end < len(lines) and (
        len(lines) - end >= width or printed_number(texts[end]) is not None
    )
    if len(rows) < LEAST or is_left:
        return None
    return [*lines[:start], _grid(tuple(texts[start : start + width]), rows), *lines[end:]]


READERS = (labelled, cells_below, dated, numbered)


def _row(line: Paragraph, cells: tuple[str, ...], marks: tuple[Mark, ...] = ()) -> Row:
    place = Place(line.place.format, page=line.place.page, table=1, sheet=line.place.sheet)
    return Row(line.line, cells, marks, place)


def _grid(header: tuple[str, ...], rows: list[Row]) -> Grid:
    return Grid((Row(rows[0].line, header, (), rows[0].place), *rows))
