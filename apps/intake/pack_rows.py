"""Rows of a pack's CSV files as the values of a record kind's fields."""

import csv
import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from apps.cases.kinds import RecordKind
from apps.districts.models import SCOPE_TERMS, Blank, IndicatorValue
from apps.registry.models import District, Indicator

# The terms of the printed sources for choices that the model holds by code.
_CHOICES = {term: code for code, term in SCOPE_TERMS.items()}


class PackError(Exception):
    """Something in the pack does not fit. ``str()`` names file, line and column."""


def _reader(
    field: models.Field, districts: Mapping[str, District], indicators: Mapping[str, Indicator]
) -> Callable[[str], Any]:
    """Return the function that reads a cell of ``field``. It raises ``ValueError`` or ``KeyError``."""
    if isinstance(field, ArrayField):
        return lambda text: [part for part in text.split("|") if part]
    if isinstance(field, models.ForeignKey):
        known: Mapping[str, Any] = districts if field.related_model is District else indicators
        return lambda text: known[text] if text else None
    if isinstance(field, models.IntegerField):
        return lambda text: int(text) if text else None
    if isinstance(field, models.DecimalField):
        return lambda text: Decimal(text) if text else None
    if isinstance(field, models.DateField):
        return lambda text: dt.date.fromisoformat(text) if text else None
    if field.name == "scope":
        return lambda text: _CHOICES[text] if text else ""
    return lambda text: text


def read_rows(
    path: Path, kind: RecordKind, constants: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Yield the values of each row of ``path``, for ``domain.add_records``.

    ``constants`` are values that hold for every row. Columns that the kind has not are an error,
    but for ``position``: rows are taken in the file's order. Raises ``PackError``.
    """
    districts = {district.name: district for district in District.objects.all()}
    indicators = {indicator.name: indicator for indicator in Indicator.objects.all()}
    names = (*kind.fields, "source_line", "flags")
    readers = {
        name: _reader(kind.model._meta.get_field(name), districts, indicators)  # type: ignore[arg-type]
        for name in names
    }
    if not path.is_file():
        raise PackError(f"{path.name} is missing: pack.toml names it for {kind.code}")
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        unknown = set(rows.fieldnames or ()) - set(names) - {"position"}
        if unknown:
            raise PackError(f"{path.name}: columns {sorted(unknown)} are not fields of {kind.code}")
        for row in rows:
            if None in row or None in row.values():
                raise PackError(
                    f"{path.name} line {rows.line_num}: not as many cells as the header has"
                )
            values = dict(constants)
            for name, text in row.items():
                if name == "position":
                    continue
                try:
                    values[name] = readers[name](text)
                except (ValueError, KeyError, InvalidOperation) as error:
                    raise PackError(
                        f"{path.name} line {rows.line_num}, {name}: “{text}” does not fit ({error})"
                    ) from error
            if kind.model is IndicatorValue and values["value"] is None:
                values["blank"] = Blank.MISSING
            yield values
