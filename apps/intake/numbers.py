"""Numbers with their units and qualifiers, and the four kinds of blank."""

import re
import unicodedata
from dataclasses import dataclass

from apps.intake.cells import is_blank_sign

QUALIFIERS_BEFORE = "超过|超|突破|逾|近|约|大约|接近|达到|达|预计|不少于|不低于|至少|近期"
QUALIFIERS_BEHIND = "余|多|以上|左右|以下|以内|\\+"
FIGURE = re.compile(
    rf"(?P<before>{QUALIFIERS_BEFORE})?\s*(?P<value>[-+]?\d[\d,]*(?:\.\d+)?)\s*(?P<within>余|多)?"
    rf"\s*(?P<unit>[^\d\s\-+—/]{{0,10}}?(?:/[^\d\s]{{1,4}})?)\s*(?P<behind>{QUALIFIERS_BEHIND})?"
)
SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d{2,}")
WITHHELD = re.compile(r"保密|涉密|不公开|不予公开|\*{2,}")
NOT_APPLICABLE = re.compile(r"不适用|不涉及|[Nn]/?[Aa]")


@dataclass(frozen=True)
class Figure:
    """A value as plain digits, what stood around it, or why there is none."""

    value: str = ""
    unit: str = ""
    qualifier: str = ""
    blank: str = ""
    code: str = ""
    """What is doubtful about it."""


def read_figure(text: str) -> Figure:
    """What a cell says where a figure is expected: 超630.96亿元 → 630.96, 亿元, 超.

    Four blanks are not one: nought is a value; missing, not applicable and withheld are not. A
    bare sign (—, /) may be either of two, so it is missing and doubtful.
    """
    narrow = unicodedata.normalize("NFKC", text.strip())
    if not narrow:
        return Figure(blank="missing")
    if WITHHELD.fullmatch(narrow):
        return Figure(blank="withheld")
    if NOT_APPLICABLE.fullmatch(narrow):
        return Figure(blank="not_applicable")
    if is_blank_sign(narrow):
        return Figure(blank="missing", code="blank-sign")
    found = FIGURE.fullmatch(narrow)
    if not found:
        return Figure(value=narrow, code="not-a-number")
    value = found["value"].replace(",", "").removeprefix("+")
    is_odd = "," in found["value"] and not re.fullmatch(
        r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", found["value"]
    )
    qualifier = (found["before"] or "") + (found["within"] or "") + (found["behind"] or "")
    return Figure(value, found["unit"] or "", qualifier, code="odd-commas" if is_odd else "")


def is_scientific(text: str) -> bool:
    """Whether a spreadsheet turned a code into 9.13E+17."""
    return SCIENTIFIC.fullmatch(unicodedata.normalize("NFKC", text.strip())) is not None
