"""From what a cell said to what a row holds: the last step, which knows the dictionaries."""

import datetime as dt
from collections.abc import Callable, Container, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from apps.cases.domain.bulk import faults_in
from apps.cases.domain.shapes import shape_of
from apps.cases.kinds import RecordKind
from apps.cases.models import Record, Revision
from apps.districts.models import SCOPE_TERMS, Blank, IndicatorValue
from apps.registry.models import District, Indicator

Faults = dict[str, list[str]]
MOST_KNOWN = 5000
SHORT = ("区", "县", "市")
_SCOPES = {term: code for code, term in SCOPE_TERMS.items()}


class Typist:
    """Writes the values that were read as the fields of one kind of row hold them.

    Two queries for as many rows as come.
    """

    def __init__(self, kind: RecordKind, revision: Revision) -> None:
        """Load the dictionaries that the kind's fields point into."""
        self.kind = kind
        self.revision = revision
        fields = {name: kind.model._meta.get_field(name) for name in kind.fields}
        targets = {field.related_model for field in fields.values() if field.is_relation}
        self.districts = known_districts() if District in targets else {}
        self.indicators = known_indicators() if Indicator in targets else {}
        self.readers: dict[str, Callable[[str], Any]] = {
            name: self._reader(field) for name, field in fields.items()
        }
        self.shape = shape_of(kind.model)
        # Of each field, whether it takes a value that was met: years and districts come again.
        self.judged: dict[str, dict[Any, bool]] = {name: {} for name in self.readers}
        # Of each field that does not hold the text itself, what it holds for a text that was met.
        self.known: dict[str, dict[str, Any] | None] = {
            name: None if reader is str else {} for name, reader in self.readers.items()
        }
        self.needed = self._needed()

    def _needed(self) -> list[str]:
        """Return the fields of which a row has to say something."""
        if self.shape is None:
            return []
        fixed = {self.shape.by_name[name].at for name in ("revision", "updated_by_id")}
        return [self.shape.columns[at].field.name for at in self.shape.unsaid.keys() - fixed]

    def _reader(self, field: Any) -> Callable[[str], Any]:
        """Return the function that reads a text for ``field``. It raises ``ValueError``."""
        if isinstance(field, models.ForeignKey):
            known: Mapping[str, Any] = (
                self.districts if field.related_model is District else self.indicators
            )
            return lambda text: _known(known, text)
        if isinstance(field, models.IntegerField):
            return _whole
        if isinstance(field, models.DecimalField):
            return _number
        if isinstance(field, models.DateField):
            return _day
        if field.name == "scope":
            return lambda text: _SCOPES.get(text, text)
        return str

    def values(self, read: Mapping[str, Any]) -> tuple[dict[str, Any], Faults]:
        """Return the values of ``read``'s fields as the model holds them, and what does not fit."""
        values: dict[str, Any] = {}
        faults: Faults = {}
        for name, value in read.items():
            if name not in self.readers:
                continue
            if isinstance(value, list):
                values[name] = value
                continue
            text, known = str(value or "").strip(), self.known[name]
            if known is None:
                values[name] = text
            elif text in known:
                values[name] = known[text]
            else:
                try:
                    values[name] = self.readers[name](text)
                except ValueError as error:
                    faults[name] = [str(error)]
                    continue
                if len(known) < MOST_KNOWN:
                    known[text] = values[name]
        if self.kind.model is IndicatorValue:
            self._complete_figure(values, faults)
        return values, faults

    def _complete_figure(self, values: dict[str, Any], faults: Faults) -> None:
        """A figure is the bureau's own where no unit is printed; without a number it says why."""
        if values.get("reporting_unit") is None and "reporting_unit" not in faults:
            values["reporting_unit"] = District.objects.filter(
                bureau=self.revision.case.bureau_id
            ).first()
        if values.get("value") is None and not values.get("blank") and "value" not in faults:
            values["blank"] = Blank.MISSING

    def faults(self, read: Mapping[str, Any]) -> Faults:
        """Return everything that keeps a row from being stored, by field, in sentences."""
        values, faults = self.values(read)
        found = faults_in(
            self.kind.model,
            values,
            revision=self.revision,
            updated_by_id=self.revision.created_by_id,
        )
        # A field that could not be read at all is not missing besides.
        return {**{name: said for name, said in found.items() if name not in faults}, **faults}

    def is_faulty(self, read: Mapping[str, Any], left_out: Container[str] = ()) -> bool:
        """Say whether ``faults`` has anything to say; of most values that is known from before.

        Fields that are ``left_out`` may be blank: the row that is changed has them.
        """
        if self.shape is None or self.kind.model is IndicatorValue:
            return any(name not in left_out for name in self.faults(read))
        for name, value in read.items():
            known = self.judged.get(name)
            if known is None:
                continue
            fits = None if isinstance(value, list) else known.get(value)
            if fits is None:
                fits = self.fits(name, value)
                if len(known) < MOST_KNOWN and not isinstance(value, list):
                    known[value] = fits
            if not fits:
                return True
        return not all(name in read or name in left_out for name in self.needed)

    def fits(self, name: str, value: Any) -> bool:
        """Say whether a field takes what was read for it; for kinds judged value by value."""
        assert self.shape is not None
        try:
            if not isinstance(value, list):
                value = self.readers[name](str(value or "").strip())
            self.shape.by_name[name].read(value)
        except (ValueError, ValidationError):
            return False
        return True

    def record(self, values: Mapping[str, Any]) -> Record:
        """Return a row of these values, unsaved."""
        return self.kind.model(
            revision=self.revision, updated_by_id=self.revision.created_by_id, **values
        )


def known_districts() -> dict[str, District]:
    """Return districts and zones by name; also without the last 区, 县 or 市 where that is unique,
    and by their English names.
    """
    known = {district.name: district for district in District.objects.all()}
    english: dict[str, District | None] = {}
    for district in known.values():
        english[district.name_en] = None if district.name_en in english else district
    short: dict[str, District | None] = {}
    for name, district in known.items():
        if name.endswith(SHORT) and len(name) > 2:
            short[name[:-1]] = None if name[:-1] in short else district
    told = {**english, **short}
    return {**{name: found for name, found in told.items() if found is not None}, **known}


def known_indicators() -> dict[str, Indicator]:
    """Return indicators by name, alias and code; what two of them are called is left out."""
    known: dict[str, Indicator] = {}
    twice = set()
    for indicator in Indicator.objects.all():
        for name in {indicator.name, indicator.name_en, indicator.code, *indicator.aliases}:
            if name in known:
                twice.add(name)
            known[name] = indicator
    return {name: indicator for name, indicator in known.items() if name not in twice}


def _known(known: Mapping[str, Any], text: str) -> Any:
    if not text:
        return None
    if text not in known:
        raise ValueError(
            _("“%(text)s” is not in the dictionary. Choose a name that is, or leave it blank.")
            % {"text": text}
        )
    return known[text]


def _whole(text: str) -> int | None:
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        raise ValueError(_("“%(text)s” is not a whole number.") % {"text": text}) from None


def _number(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(_("“%(text)s” is not a number.") % {"text": text}) from None
    if not number.is_finite():
        raise ValueError(_("“%(text)s” is not a number.") % {"text": text})
    return number


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError(
            _("“%(text)s” is not a day. Write it as 2023-05-31.") % {"text": text}
        ) from None


def said(faults: Faults, kind: RecordKind) -> list[tuple[str, str]]:
    """Return faults as (field, sentence); what is wrong with the row as a whole has no field."""
    return [
        ("" if name == NON_FIELD_ERRORS else name, text)
        for name, texts in faults.items()
        for text in texts
    ]


def is_list(kind: RecordKind, name: str) -> bool:
    """Say whether a field holds a list of names."""
    return isinstance(kind.model._meta.get_field(name), ArrayField)


def as_text(value: Any) -> str:
    """Return a value that was read as a person types it: a list one name per line."""
    return "\n".join(value) if isinstance(value, list) else str(value or "")
