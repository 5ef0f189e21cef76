"""Numbered names that do not tell by themselves what they are: 1.甲空间, under a title that does."""

import re
from collections.abc import Sequence

from apps.intake.finding.written.passage import (
    POINTED,
    Found,
    numbered,
    table_of_rows,
    title_above,
)
from apps.intake.grid import Mark, Paragraph
from apps.intake.makes import class_of
from apps.intake.repair import UNLIKE_COLUMN
from apps.intake.titles import type_of

LEAST, LONGEST = 3, 40
MOSTLY = 0.8
NAME, FIRM = "名称", "企业名称"
"""The headers of the names; none of them is printed."""
SENTENCE = re.compile(r"[。；：:？！]")
OF_PAPERS = re.compile(r"申报|征集|材料|条件|流程|步骤|程序|要求|指南|职责|任务|内容|事项|须知")
"""Words of a title below which numbers stand before steps or papers, not before names."""


def plain_names(run: list[Paragraph]) -> Found | None:
    """The one list of numbered names among these lines: firms mostly, or of the title's type.

    A number left out, or a list begun anew: no one list.
    """
    numbers = [_number(line.text) for line in run]
    start = next((at for at, number in enumerate(numbers) if number is not None), len(run))
    end = start
    while end < len(run) and numbers[end] == end - start + 1:
        end += 1
    if end - start < LEAST or any(number is not None for number in numbers[end:]):
        return None
    names = [numbered(line.text)[1] for line in run[start:end]]
    title, _near = title_above(run[:start])
    header = _header(names, title)
    if not header:
        return None
    rows = [
        (line, (str(at), name), _marks(name, header))
        for at, (line, name) in enumerate(zip(run[start:end], names, strict=True), start=1)
    ]
    return Found(start, end, table_of_rows(run[:start], ("序号", header), rows, bool(title)))


def _number(text: str) -> int | None:
    found = POINTED.match(text)
    return int(found["inner"] or found["number"]) if found else None


def _header(names: Sequence[str], title: str) -> str:
    """What numbered names are called; "" where they are text."""
    if sum(class_of(name) == "organisation" for name in names) >= len(names) * MOSTLY:
        return FIRM
    is_named = type_of(title) != "" and OF_PAPERS.search(title) is None
    are_short = all(len(name) <= LONGEST and SENTENCE.search(name) is None for name in names)
    return NAME if is_named and are_short else ""


def _marks(name: str, header: str) -> tuple[Mark, ...]:
    """Among firms a name that looks like none is marked."""
    is_like = header != FIRM or class_of(name) == "organisation"
    return () if is_like else (Mark(1, UNLIKE_COLUMN),)
