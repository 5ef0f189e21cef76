"""How a printed header is compared with the words that are known."""

import re
import unicodedata
from functools import lru_cache

from apps.intake.synonyms import KINDS
from apps.intake.synonyms.words import NUMBER_HEADERS, Words

_MARKS = re.compile(r"[\s:：*＊·.．。\"“”'、]")
_BRACKETS = re.compile(r"[（(【\[][^（()）】\]]*[)）】\]]")


def plain_header(header: str) -> str:
    """A header as it is compared: narrow, without blanks, marks and remarks in brackets."""
    narrow = unicodedata.normalize("NFKC", header)
    bare = _MARKS.sub("", _BRACKETS.sub("", narrow))
    return bare or _MARKS.sub("", narrow)


def full_header(header: str) -> str:
    """A header with what its brackets hold, but without the brackets: 集团（企业）名称."""
    return re.sub(r"[()\[\]【】]", "", _MARKS.sub("", unicodedata.normalize("NFKC", header)))


def header_fits(header: str, words: Words) -> float:
    """How surely a header means a field: 1 for a known word, less for a pattern, 0 for none."""
    best = 0.0
    # Of a header on several levels the last one tells; a unit in brackets is none.
    last = plain_header(header).rstrip("/").split("/")[-1]
    for form in (
        full_header(header),
        plain_header(header),
        last,
        full_header(header.split("/")[-1]),
    ):
        if not form:
            continue
        if form in words.headers:
            return 1.0
        if words.pattern and re.fullmatch(words.pattern, form):
            best = max(best, 0.85)
    return best


OTHER_HEADERS = (
    "备注",
    "说明",
    "联系人",
    "联系电话",
    "电话",
    "专业",
    "领域",
    "技术领域",
    "性别",
    "职称",
    "金额",
    "学科",
    "所属行业",
    "行业",
    "产业领域",
    "所属领域",
    "获奖编号",
    "项目编号",
    "证书号",
)
"""Headers of columns that no kind has a field for: they tell a header, and are set aside."""

_KNOWN = frozenset((*NUMBER_HEADERS, *OTHER_HEADERS, "id")).union(
    *(words.headers for kind in KINDS.values() for words in kind.columns.values()),
    # The names of the fields themselves, as our own exports have them.
    *(kind.columns for kind in KINDS.values()),
)
_KNOWN_PATTERN = re.compile(
    "|".join(
        f"(?:{words.pattern})"
        for kind in KINDS.values()
        for words in kind.columns.values()
        if words.pattern
    )
)


LONGEST = 30


@lru_cache(maxsize=16384)
def is_known_header(text: str) -> bool:
    """Whether a cell is a word that some kind of list has above a column."""
    if not text or len(text) > LONGEST or text.isdecimal():
        return False
    return any(
        form in _KNOWN or (form != "" and _KNOWN_PATTERN.fullmatch(form) is not None)
        for form in dict.fromkeys((full_header(text), plain_header(text)))
    )
