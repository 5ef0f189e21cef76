"""What one row of a table is: a header, a total, a note, a numbering of the columns, a heading."""

import re
import unicodedata
from collections.abc import Iterable

from apps.intake.cells import is_blank_sign
from apps.intake.grid import WHOLE_ROW, Mark, Row
from apps.intake.makes import CODE
from apps.intake.synonyms.headers import is_known_header

LONGEST_HEADER_CELL = 30

TOTAL = re.compile(
    r"(?:合\s*计|总\s*计|小\s*计|共\s*计|总\s*数)(?:数|额)?(?:[\s:：（(\d共为约、，/-].*)?"
)
"""A sum that begins with its word; a firm may be called 总计通."""
SUM = re.compile(
    r"(?:(?:以上|[全本各].{1,3}?|其中|\S{1,6}(?:[区县市镇]|等奖|类))\s*)?"
    r"(?:[合总小共累]\s*计|总\s*数|共(?:有)?(?=\s*\d))\s*[:：（(]*\s*[\d,.]*\s*[项个家人名件条]?\s*[)）]?"
)
"""A sum in the words of its own row: 东山区小计：2家, 以上共计3项, 全市合计, 共 12 项."""
NOTE = re.compile(
    r"(?:备?\s*注|说\s*明|附注|数据来源|资料来源|来源|填表人|制表人?|审核人?|填报人|单位负责人)\s*\d*\s*[:：].*|(?:[※＊★▲①-⑳†‡]|\*(?!\*)).*",
    re.S,
)
SIGNATURE = re.compile(
    r"(?:[填编]?[填制编复审校核经批统联负签盖报单部主][^\s:：]{0,5}(?:人员?|表|核|签字|签章|单位|部门|负责|电话|方式|日期|时间)|"
    r"复核|校对|审批|制表|签字|盖章|日期|时间|电话|传真|邮箱)\s*(?:[（(][^（()）]{1,6}[)）])?\s*[:：].{0,40}|"
    r"[（(]\s*(?:单位)?(?:盖\s*章|公\s*章|签\s*[字章])\s*[)）]"
)
"""Who filled a table in, and when: 填报人：…, 审核人：…, 日期：…, （盖章）."""
MONTH = re.compile(
    r"(?:(?:19|20)\d\d\s*年)?\s*(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,2})\s*月份?\s*[:：]?"
)
"""A month above, or below, what happened in it; the days themselves name it too."""
SECTION = re.compile(
    r"[一二三四五六七八九十]+、.{1,40}|[（(][一二三四五六七八九十]+[)）].{1,40}|"
    r".{0,30}(?:特等|一等|二等|三等|金|银|铜)奖.{0,12}|"
    r".{1,30}[（(]\s*(?:共\s*)?\d+\s*[项个家人名件]\s*[)）]"
)
COUNT_BEHIND = re.compile(r"\s*[（(:：]?\s*(?:共\s*)?\d+\s*[项个家人名件]\s*[)）]?\s*[:：]?$")
COUNT = re.compile(r"[\d,.]+\s*[项个家人名件]?")
NUMBERING_BEFORE = re.compile(
    r"^(?:[一二三四五六七八九十]+[、.．]|[（(][一二三四五六七八九十]+[)）])\s*"
)


MOST_DIGITS = 6
ORDINAL = re.compile(rf"[(第]?(\d{{1,{MOST_DIGITS}}})[).、:]?")


def printed_number(text: str) -> int | None:
    """The number of a row as lists print it: 12, １２, 12., 12、, (12), 第12; None for anything else."""
    if text.isascii() and text.isdecimal():
        return int(text) if len(text) <= MOST_DIGITS else None
    found = ORDINAL.fullmatch(unicodedata.normalize("NFKC", text.strip()))
    return int(found[1]) if found else None


LIST_TITLE = re.compile(r"名单|名录|目录|清单|一览|汇总|表|榜|大事记|情况|公示|指标")
"""Words of a title: what has none of them is rather a heading, or a line of the page."""
HEADING_MARK = Mark(WHOLE_ROW, "heading")
"""The mark of a row that is known to be a heading, whatever its words are."""


def is_section(row: Row) -> bool:
    """Whether a row is a heading between rows: one cell with the words of a heading, or known."""
    return (
        len(row.cells) > 1
        and row.held == 1
        and (SECTION.fullmatch(row.text()) is not None or HEADING_MARK in row.marks)
    )


def is_header(row: Row) -> bool:
    """Whether a row is made of words that stand above columns."""
    printed = row.printed()
    if len(printed) < 2:
        return False
    needed = max(2, (len(printed) + 1) // 2)
    words = [cell for cell in printed if CODE.fullmatch(cell) is None]
    if len(words) < FEWEST_KNOWN or any(len(cell) > LONGEST_HEADER_CELL for cell in printed):
        return False
    years = sum(map(is_year, printed))
    if len(words) + years < needed:
        return False
    known = sum(map(is_known_header, words))
    if known < FEWEST_KNOWN or known >= needed:
        return known >= needed
    # Years and units stand above columns of figures, too; two words with them make a header.
    return known + years + sum(WITH_UNIT.search(cell) is not None for cell in words) >= needed


FEWEST_KNOWN = 2
WITH_UNIT = re.compile(r"[（(](?:%|[万亿千百]?[元个家项件人次名篇户台])[)）]$")


def is_year(text: str) -> bool:
    """Whether a cell is a year and nothing else, as above a column."""
    return len(text) == len("2023") and text[:2] in ("19", "20") and text.isdecimal()


def may_be_header(row: Row, following: Iterable[Row]) -> bool:
    """Whether a row of unknown words is a header: short words over cells of another make."""
    printed = row.printed()
    body = list(following)[:10]
    if len(printed) < 2 or not body or any(len(cell) > LONGEST_HEADER_CELL for cell in printed):
        return False
    if any(is_numeric(cell) for cell in printed) or len(set(printed)) < len(printed):
        return False
    if sum(is_known_header(cell) for cell in printed) * 2 >= len(printed):
        return True
    if all(is_known_header(cell) or WITH_UNIT.search(cell) for cell in printed):
        # Whatever the figures below are written like: 约28, 300余.
        return True
    if len(printed) < max(len(each.printed()) for each in body):
        return False
    return any(
        all(
            is_numeric(each.cells[at]) or is_blank_sign(each.cells[at])
            for each in body
            if at < len(each.cells) and each.cells[at]
        )
        for at, cell in enumerate(row.cells)
        if cell and any(at < len(each.cells) and is_numeric(each.cells[at]) for each in body)
    )


def is_numeric(text: str) -> bool:
    """Whether a cell is a bare number, with a sign, thousands, a point or per cent."""
    return re.fullmatch(r"[-+－]?[0-9０-９][0-9０-９,，.．、]*\s*[%％]?", text.strip()) is not None


def is_column_numbering(row: Row) -> bool:
    """Whether a row only numbers the columns: 1 2 3 or 甲 乙 1 2; beside each other 1 2 1 2."""
    printed = [re.sub(r"[()（）]", "", cell) for cell in row.printed()]
    if len(printed) < 3 or len(printed) < len(row.cells):
        return False
    numbers = [cell for cell in printed if cell not in "甲乙丙丁"]
    if len(numbers) < len(printed) and printed[0] != "甲":
        return False
    return any(
        numbers == [str(at % size + 1) for at in range(len(numbers))]
        for size in range(2 if len(numbers) > 1 else 1, len(numbers) + 1)
        if len(numbers) % size == 0
    )


def is_total(row: Row) -> bool:
    """Whether a row begins with words for a sum: no number, and of a few cells only."""
    printed = row.printed()
    first = "".join(printed[:2])
    if "计" not in first and "共" not in first and "总" not in first:
        return False
    if len(printed[0]) <= 20 and (TOTAL.fullmatch(printed[0]) or SUM.fullmatch(printed[0])):
        return True
    return (
        len(printed) > 1
        and not is_numeric(printed[0])
        and re.fullmatch(r"[合总小共]\s*计", printed[1]) is not None
        and len(printed[0]) <= 4
    )


def is_signed(row: Row) -> bool:
    """Whether a row only says who filled the table in, and when: 填报人：… | 审核人：… | 日期：…."""
    printed = row.printed()
    return (
        bool(printed)
        and (printed[0][0] in "（(" or ":" in printed[0] or "：" in printed[0])
        and all(map(SIGNATURE.fullmatch, printed))
    )


def is_counted_total(row: Row) -> bool:
    """Whether a row is a sum with its figure, and no level of a header that says 小计, 男, 女."""
    return is_total(row) and any(map(COUNT.fullmatch, row.printed()[1:]))


def is_note(text: str) -> bool:
    """Whether a line of a table is a remark about it."""
    return NOTE.fullmatch(text) is not None
