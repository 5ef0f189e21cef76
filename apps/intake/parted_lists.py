"""A list printed over several columns: 第一完成单位 | 其他完成单位, or 完成单位1 | 完成单位2.

Only the first of the columns would be read, and the others be lost to the row.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from apps.intake.cells import is_blank_sign
from apps.intake.grid import Row, Table
from apps.intake.synonyms.headers import plain_header

KINDS_WITH_LISTS = ("awards", "certifications")
_WORK = r"(?:完成|承担|依托|建设|申报|研制|获奖|负责|共建|参与|参加|合作|协作|联合|支撑)"
HEAD = re.compile(
    rf"(?P<rank>第[一二三四五六七八九十]|第\d|首席|牵头|主持|主要|主|其[他它余]|参与|参加|合作|协作|联合|共建)?"
    rf"(?P<work>{_WORK}*)(?P<noun>单位|机构|人员?|成员)(?:名称|姓名)?(?P<number>[1-9]|[一二三四五六七八九])?"
)
NUMBER = re.compile(r"[1-9]|[一二三四五六七八九]")
FIRST = re.compile(r"第[一1]|首席|牵头|主持|主要?")
REST = re.compile(r"其[他它余]|参与|参加|合作|协作|联合|共建")
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Part:
    """A column that holds a part of a list: of whom, and the how manieth; 0 for all the others."""

    at: int
    noun: str
    number: int


def parts_of(header: tuple[str, ...]) -> Iterator[Part]:
    """The columns of a header that may each hold a part of a list."""
    for at, head in enumerate(header):
        over, _slash, last = plain_header(head).rpartition("/")
        # 完成人 over 1 | 2 | 3.
        found = HEAD.fullmatch(over.rpartition("/")[2] + last if NUMBER.fullmatch(last) else last)
        if found is None:
            continue
        noun = "单位" if found["noun"] in ("单位", "机构") else "人"
        rank, number = found["rank"] or "", found["number"] or ""
        if ordinal := number or (rank[1:] if rank.startswith("第") else ""):
            at_number = int(ordinal) if ordinal.isdecimal() else NUMERALS.index(ordinal) + 1
            yield Part(at, noun, at_number)
        elif REST.fullmatch(rank) or (not rank and REST.match(found["work"])):
            yield Part(at, noun, 0)
        elif FIRST.fullmatch(rank) or (noun == "单位" and found["work"] in ("依托", "建设")):
            yield Part(at, noun, 1)


def lists_of(header: tuple[str, ...]) -> list[list[int]]:
    """The columns of each list that is printed over several, in its order."""
    found: dict[str, list[Part]] = {}
    for part in parts_of(header):
        found.setdefault(part.noun, []).append(part)
    whole = []
    for parts in found.values():
        ordered = sorted((part for part in parts if part.number), key=lambda part: part.number)
        numbers = [part.number for part in ordered]
        if numbers != list(range(1, len(numbers) + 1)):
            continue  # Two first ones, or a second without a first: columns of other things.
        columns = [part.at for part in (*ordered, *(part for part in parts if not part.number))]
        if numbers and len(columns) > 1 and columns == sorted(columns):
            whole.append(columns)
    return whole


def with_whole_lists(table: Table, kind: str, named: Iterable[int] = ()) -> Table:
    """The table with each list that stands in several columns in the first of them.

    The other columns stay, blank, so that every column keeps its place in the source. A list of
    which a person ``named`` another column than the first stays as it is.
    """
    if kind not in KINDS_WITH_LISTS:
        return table
    kept = set(named)
    lists = [columns for columns in lists_of(table.header) if not kept & set(columns[1:])]
    if not lists:
        return table
    header = list(table.header)
    for first, *others in lists:
        if plain_header(header[first]).startswith(("第", "首席", "牵头", "主持")):
            header[first] = (
                re.sub(r"^\s*(?:第.|首席|牵头|主持)", "", header[first]) or header[first]
            )
        for at in others:
            header[at] = ""
    return replace(table, header=tuple(header)).map_rows(lambda row: _joined(row, lists))


def _joined(row: Row, lists: list[list[int]]) -> Row:
    for first, *others in lists:
        held = [row.cells[at] for at in (first, *others) if at < len(row.cells)]
        names = [cell for cell in held if cell and not is_blank_sign(cell) and cell != "无"]
        separator = next(
            (sign for sign in "；;、，,\n" if any(sign in name for name in names)), "、"
        )
        for at in (first, *others):
            if at < len(row.cells):
                row = row.with_cell(at, separator.join(names) if at == first else "")
        moved = tuple(
            replace(mark, column=first) if mark.column in others else mark for mark in row.marks
        )
        row = replace(row, marks=moved)
    return row
