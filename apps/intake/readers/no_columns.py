"""Texts whose gaps and commas part no columns: labels with their values, days with what happened."""

import re

from apps.intake.readers.aligned import gapped, has_gap

LABEL = re.compile(r"(?:^|(?<=[\s,;，；、（().．）●◆]))[\u4e00-\u9fff]{2,12}\s*[:：]\s*\S")
A_DAY = re.compile(r"[^\w\s]?\s*[\d０-９年月日号上中下旬初底./\-—–~～至到]+[：:，,]?")
LONGEST_LOOK = 20_000
"""Letters of a text that are looked at."""


def is_labelled(line: str) -> bool:
    """Whether a line says what each of its parts is: 项目名称：甲，完成单位：乙."""
    return sum(1 for _label in LABEL.finditer(line)) > 1


def is_of_labels(text: str) -> bool:
    """Whether what looks like cells in a text are labels with their values, in most of its lines."""
    lines = [
        line
        for line in text[:LONGEST_LOOK].split("\n")
        if any(sign in line for sign in ",;\t") or has_gap(line)
    ]
    return sum(map(is_labelled, lines)) * 2 > len(lines)


def is_of_days(text: str) -> bool:
    """Whether the only gaps of a text stand between days and what happened: no header is there."""
    pieces = [gapped(line) for line in text[:LONGEST_LOOK].split("\n") if has_gap(line)]
    days = [each[0] for each in pieces if A_DAY.fullmatch(each[0])]
    return 0 < len(pieces) == len(days) < 2 * sum("月" in day for day in days) + 1 and all(
        len(each) == 2 for each in pieces
    )
