"""One cell of a draft's own list: what is written is read back as it was, whatever it looks like.

A cell that a person changed in his own way is read as any other list's is, with its doubts.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import override

from apps.cases.kinds import record_kinds
from apps.cases.spreadsheets import defused
from apps.intake.fields import Fields, Reader, read_field
from apps.intake.numbers import is_scientific
from apps.intake.readers.sheets import text_of
from apps.intake.readers.tidy import tidy

BETWEEN = "；"
"""Stands between the names of a list; doubled, it is part of a name."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
Cell = str | int | Decimal | dt.date | None
Known = Mapping[type[models.Model], Mapping[Any, str]]
"""What the entries of each dictionary are written as, by their keys."""


# --- writing


def writers(kind: str, known: Known) -> dict[str, Callable[[Any], Cell]]:
    """Return the function that makes a cell of a stored value, for each field of ``kind``.

    Choices are written in the language in which this is called.
    """
    fields = record_kinds[kind].model._meta
    return {
        name: _writer(kind, fields.get_field(name), known) for name in record_kinds[kind].fields
    }


def _writer(kind: str, field: Any, known: Known) -> Callable[[Any], Cell]:
    if field.is_relation:
        names = known[field.related_model]
        return lambda key: names.get(key, "")
    if isinstance(field, ArrayField):
        return lambda names: guarded(_joined(kind, field.name, names))
    if field.choices:
        words = {code: str(label) for code, label in field.flatchoices}
        return lambda code: words.get(code, code)
    if isinstance(field, models.DecimalField):
        return _number
    if isinstance(field, models.IntegerField | models.DateField):
        return lambda value: value
    return lambda text: guarded(tidy(text))


def _number(value: Decimal | None) -> Cell:
    """Return a number as one where a spreadsheet keeps its digits, else as text: 58.80 is not 58.8."""
    if value is None:
        return None
    text = f"{value:f}"
    return value if text_of(float(value)) == text else text


def as_text(cell: Cell) -> str:
    """Return a cell as CSV holds it."""
    if cell is None:
        return ""
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def guarded(text: str) -> str:
    """Return ``text`` so that no spreadsheet takes it for a formula; ``unguarded`` takes it back.

    A text that has apostrophes before such a beginning by itself gets one more.
    """
    bare = text.lstrip("'")
    return f"'{text}" if defused(bare) != bare else text


def unguarded(text: str) -> str:
    """Return what ``guarded`` was given."""
    return text[1:] if text[:1] == "'" and guarded(text[1:]) == text else text


def _joined(kind: str, name: str, names: Iterable[str]) -> str:
    """Return a list of names as a cell; one name that might be taken for several ends with ；."""
    tidied = [tidy(each) for each in names]
    if len(tidied) == 1:
        read = read_field(kind, name, tidied[0])
        if read.values == {name: tidied} and not read.doubts:
            return tidied[0]
    escaped = [each.replace(BETWEEN, BETWEEN * 2) for each in tidied]
    return BETWEEN.join(escaped) + (BETWEEN if len(escaped) == 1 else "")


# --- reading


@cache
def readers(kind: str) -> Mapping[str, Reader]:
    """Return the function that reads a cell, for each field of ``kind``."""
    fields = record_kinds[kind].model._meta
    return {name: _reader(kind, fields.get_field(name)) for name in record_kinds[kind].fields}


def _reader(kind: str, field: Any) -> Reader:
    name = field.name

    def usual(cell: str) -> Fields:
        return read_field(kind, name, cell) if cell else Fields({name: ""})

    def literal(cell: str) -> Fields:
        text = unguarded(cell)
        return usual(text) if is_scientific(text) else Fields({name: text})

    def as_it_is(pattern: re.Pattern[str]) -> Reader:
        return lambda cell: Fields({name: cell}) if pattern.fullmatch(cell) else usual(cell)

    def names(cell: str) -> Fields:
        text = unguarded(cell)
        if "\n" in text and BETWEEN in text:
            return usual(text)
        if BETWEEN in text:
            return Fields({name: _apart(text)})
        for mark in "\n|":
            if mark in text:
                return Fields({name: [part for each in text.split(mark) if (part := each.strip())]})
        return usual(text)

    if field.is_relation:
        return lambda cell: Fields({name: cell})
    if isinstance(field, ArrayField):
        return names
    if field.choices:
        codes = _codes(field)
        return lambda cell: Fields({name: codes.get(cell.casefold(), cell)})
    if isinstance(field, models.DateField):
        return as_it_is(_DAY)
    if isinstance(field, models.IntegerField | models.DecimalField):
        return as_it_is(_NUMBER)
    return literal


def _codes(field: Any) -> dict[str, str]:
    """Return the codes of a choice by themselves and by their words in every language."""
    codes = {str(code).casefold(): str(code) for code, _label in field.flatchoices}
    for language, _name in settings.LANGUAGES:
        with override(language):
            codes |= {str(label).casefold(): str(code) for code, label in field.flatchoices}
    return codes


def _apart(text: str) -> list[str]:
    """Return the names of a list between single ；."""
    # No text of a file holds this sign: the readers take it out.
    whole = text.replace(BETWEEN * 2, "\0")
    parts = (part.strip().replace("\0", BETWEEN) for part in whole.split(BETWEEN))
    return [part for part in parts if part]
