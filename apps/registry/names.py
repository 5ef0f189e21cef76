"""Names of organisations: what makes two printed names the same, and what only makes them alike."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import models

from apps.registry.search import FOLD

_BLANKS = re.compile(r"\s+")
# What a name ends with to say its legal form; those of one value are one form in law
# (公司法 art. 7: 有限责任公司 may be written 有限公司). Longest first.
LEGAL_FORMS = {
    "股份有限公司": "joint-stock",
    "有限责任公司": "limited",
    "有限公司": "limited",
    "(有限合伙)": "partnership",
}
_LATIN_FORM = re.compile(
    r"(?<![a-z])(?:(?P<co>co|company)[\s.,]*)?"
    r"(?P<form>ltd|limited|inc|incorporated|corp|corporation|llc|gmbh)\.?$"
)
_LATIN = {"limited": "ltd", "incorporated": "inc", "corporation": "corp"}
# What stands between the words of a name and is not heard.
_SIGNS = re.compile(r"[^\w]|_")
NUMERALS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_MARKS = re.compile(r"[0-9〇零一二三四五六七八九十百]+|(?<![a-z])[a-z]{1,2}(?![a-z])")
# A part of an organisation is not the organisation.
_PARTS = re.compile(
    r"分公司|子公司|分院|分校|分所|分中心|分行|支行|办事处|校区|院区|附属|研究生院|branch"
)


@lru_cache(maxsize=20_000)
def organisation_key(name: str) -> str:
    """Return the key by which two printings of one name are equal.

    Full-width letters, digits and brackets become half-width, blanks are dropped, Latin letters
    lose their case. Nothing else: 分公司, 集团 or a place stay, because they tell firms apart.
    """
    return _BLANKS.sub("", unicodedata.normalize("NFKC", name)).casefold()


@dataclass(frozen=True, slots=True)
class NameForm:
    """A name taken apart: how it is written without its legal form, the form, and its bare core.

    Names of equal ``written`` and ``legal`` are certainly one organisation; names of equal
    ``core`` alone are candidates.
    """

    written: str
    legal: str
    core: str
    # What tells otherwise like names apart: numbers (第一, 第2), single letters; parts (分公司).
    marks: tuple[str, ...]
    parts: tuple[str, ...]

    @property
    def certain(self) -> tuple[str, str]:
        """Return what two names share that are certainly one."""
        return self.written, self.legal


@lru_cache(maxsize=20_000)
def form_of_name(name: str) -> NameForm:
    """Take a name apart. Never fails; a name that is nothing but a legal form is its own core."""
    folded = unicodedata.normalize("NFKC", name).casefold().translate(FOLD).strip()
    body, legal = _without_form(folded)
    written = _BLANKS.sub("", body)
    core = _SIGNS.sub("", written)
    if not core:
        written = core = organisation_key(name)
        legal = ""
    marks = tuple(_plain_mark(mark) for mark in _MARKS.findall(body))
    parts = tuple(sorted(_PARTS.findall(core)))
    return NameForm(written, legal, core[:200], marks, parts)


def _without_form(folded: str) -> tuple[str, str]:
    tight = _BLANKS.sub("", folded)
    for ending, legal in LEGAL_FORMS.items():
        if tight.endswith(ending) and len(tight) > len(ending):
            return tight[: -len(ending)], legal
    found = _LATIN_FORM.search(folded)
    if found and found.start():
        form = _LATIN.get(found["form"], found["form"])
        legal = f"co {form}" if found["co"] else form
        return folded[: found.start()].rstrip(" .,"), legal
    return folded, ""


def _plain_mark(mark: str) -> str:
    """Return a number as digits: 十二 as 12, 二十 as 20; anything else as it is."""
    if "百" in mark or mark.count("十") > 1:
        return mark
    if "十" in mark:
        tens, _ten, ones = mark.partition("十")
        return f"{tens or '一'}{ones or '〇'}".translate(NUMERALS)
    return mark.translate(NUMERALS)


class CoreField(models.CharField):
    """The core of the name in the same row, written by every way of saving: finds its likes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Be as long as a name, and nobody's to edit."""
        kwargs |= {"editable": False, "blank": True, "default": "", "max_length": 200}
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Take the name apart as it is saved now."""
        core = form_of_name(model_instance.name).core  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, core)
        return core
