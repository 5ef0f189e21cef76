"""Whether what is printed in a cell is found again in its values: nothing vanishes, nothing is added.

A check that does not ask how the cell was read. Only what offices write in several ways may differ:
width of letters, blanks, separators, brackets around a title, digits in groups, days and years, and
the names of the dictionaries (科技进步 is 科学技术进步, 国家 is 国家级).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

Value = str | list[str]

CHANGED = "words-changed"
"""The code of a doubt: the words of a cell and those of its values are not the same."""

_OUTER = re.compile(r"[\s、，,；;《》()“”\"]")
_DATE_SIGNS = re.compile(r"[\s年月日号度./\-:至到~—–]")
_DAYS = (
    "issued_on",
    "announced_on",
    "valid_from",
    "valid_to",
    "quoted_on",
    "year",
    "award_year",
    "period",
)
_CATEGORIES = ("award_category", "award_class", "grade")
_DICTIONARY = str.maketrans("", "", "科学技术进步奖类等级项|/-—·:")
"""Letters of the dictionaries' names of classes and grades, and what stands between them."""


def keeps_words(name: str, cell: str, values: Mapping[str, Value]) -> bool:
    """Whether every word of a cell read for the field ``name`` is found in its values, and no other."""
    said, got = _bare(cell), _bare("".join(_texts(values.values())))
    if said == got:
        return True
    if name in _DAYS:
        return _same_day(cell, got)
    if name in _CATEGORIES:
        said, got = said.translate(_DICTIONARY), got.translate(_DICTIONARY)
        return Counter(got) == Counter(said)
    if name == "value":
        return bool(values.get("blank")) or Counter(said.lstrip("+")) == Counter(got)
    if name == "rank":
        return re.sub(r"^第|[名位.]$", "", said) == got
    return name == "level" and said + "级" == got


def _texts(values: Iterable[Value]) -> Iterable[str]:
    for value in values:
        yield from [value] if isinstance(value, str) else value


def _bare(text: str) -> str:
    """A text as words are compared: narrow, without blanks, separators and round brackets."""
    return _OUTER.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _same_day(cell: str, value: str) -> bool:
    """Whether a day or a year is printed with nothing but its numbers and the words of dates.

    Of a day printed where a year is wanted, the year alone is taken.
    """
    rest = _DATE_SIGNS.sub("", unicodedata.normalize("NFKC", cell))
    rest = re.sub(r"[0-9〇○零一二三四五六七八九十]", "", rest)
    return not rest and bool(value)
