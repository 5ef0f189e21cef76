"""Cells that are their field's value as they stand, without a doubt: told at a glance.

What is told may fail of a cell that is one; ``fields.read_field`` tells of every cell.
"""

import re
from collections.abc import Callable, Collection

from apps.intake.cells import HAN
from apps.intake.fields import READERS

_BETWEEN = "\x1f"
_END = rf"(?![^{_BETWEEN}])"
"""The end of a cell, be it the last or one of many that stand together."""

# No letter that may be lost: □, ?, or one of a font's own.
WORD = rf"[{HAN}]{{3,}}|[^\s\ufffd□?？\ue000-\uf8ff]{{7,}}"
FIRM = rf"[{HAN}（）()0-9A-Za-z]{{4,}}"
_CELLS_AS_THEY_ARE: dict[tuple[str, str], str] = {
    ("policies", "title"): "",
    # What gives other fields than its own.
    ("", "date"): "",
    ("", "title"): WORD,
    ("", "platform"): WORD,
    ("", "employer"): FIRM,
    ("", "nominator"): FIRM,
    ("", "organisation"): FIRM,
    ("", "name"): rf"[{HAN}]{{3,4}}",
    ("", "indicator"): rf"[{HAN}]{{3,}}",
    ("", "district"): rf"[{HAN}]{{3,}}",
    ("", "reporting_unit"): rf"[{HAN}]{{3,}}",
    ("", "rank"): r"[0-9]+",
    ("", "year"): r"(?:19|20)[0-9]{2}",
    ("", "award_year"): r"(?:19|20)[0-9]{2}",
    ("", "period"): r"(?:19|20)[0-9]{2}",
    ("", "certificate_number"): rf"(?![0-9]E[0-9]+{_END})[0-9A-Z]{{3,}}",
    ("", "credit_code"): rf"(?![0-9]E[0-9]+{_END})[0-9A-HJ-NPQRTUWXY]{{18}}",
}


def plain_cells(kind: str, name: str) -> Callable[[str], object]:
    """What tells of a cell whether it is the field's value as it stands."""
    pattern = _pattern(kind, name)
    return re.compile(pattern).fullmatch if pattern else _never


def plain_column(kind: str, name: str) -> Callable[[Collection[str]], bool]:
    """What tells of very many cells whether ``plain_cells`` tells it of each."""
    pattern = _pattern(kind, name)
    if not pattern:
        return _never
    cell = rf"(?:{pattern}){_END}"
    test = re.compile(rf"{cell}(?:{_BETWEEN}{cell})*+").fullmatch

    def are_plain(texts: Collection[str]) -> bool:
        joined = _BETWEEN.join(texts)
        return joined.count(_BETWEEN) == len(texts) - 1 and test(joined) is not None

    return are_plain


def _pattern(kind: str, name: str) -> str:
    key = (kind, name) if (kind, name) in READERS else ("", name)
    # A field without a reader of its own is plain text.
    return _CELLS_AS_THEY_ARE.get(key, "" if key in READERS else WORD)


def _never(_given: object) -> bool:
    return False
