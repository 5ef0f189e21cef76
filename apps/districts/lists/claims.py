"""What a row should say: from the kind's own form into a claim, and from the claim into values."""

import time
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from apps.cases.canonical import canonical_value
from apps.cases.desk.values import field_label, words
from apps.cases.errors import Refused
from apps.cases.kinds import RecordKind, record_kinds
from apps.cases.models import Record, Revision
from apps.registry.models import District

Claim = dict[str, Any]


def claim_of(values: Mapping[str, Any]) -> Claim:
    """Return cleaned values of a kind's form as a claim holds them."""
    return {name: canonical_value(value) for name, value in values.items()}


def what_differs(row: Record, values: Mapping[str, Any]) -> Claim:
    """Return those of ``values`` that the row does not say, as a claim."""
    return {
        name: value
        for name, value in claim_of(values).items()
        if value != canonical_value(getattr(row, name)) and (value or getattr(row, name))
    }


def values_of(kind: RecordKind, claim: Mapping[str, Any]) -> dict[str, Any]:
    """Return a claim as values of the kind's fields. Raises ``Refused`` for one that is unknown."""
    return {name: _value(kind, name, value) for name, value in claim.items()}


def _value(kind: RecordKind, name: str, value: Any) -> Any:
    field: Any = kind.model._meta.get_field(name)
    if value is None or not field.is_relation:
        return field.to_python(value)
    code = "slug" if hasattr(field.related_model, "slug") else "code"
    found = field.related_model._default_manager.filter(**{code: value}).first()
    if found is None:
        raise Refused(_("“%(value)s” is no longer in the dictionary.") % {"value": value})
    return found


def claim_in_words(code: str, claim: Mapping[str, Any]) -> str:
    """Return a claim as text: each field with what it should say."""
    model = record_kinds[code].model
    return "；".join(
        f"{field_label(model, name)}：{value_in_words(model, name, claim[name])}"
        for name in record_kinds[code].fields
        if name in claim
    )


def value_in_words(model: type[models.Model], name: str, value: Any) -> str:
    """Return one value of a claim as a page shows it."""
    if value and model._meta.get_field(name).related_model is District:
        return _district_name(value)
    return words(value)


# The names of districts: a page of claims names few of them many times.
_KEPT_SECONDS = 60.0
_districts: tuple[float, dict[str, District]] = (0.0, {})


def _district_name(slug: str) -> str:
    """Return the name of a district in the reader's language; asked for once a minute."""
    global _districts
    read_at, known = _districts
    if slug not in known or time.monotonic() - read_at > _KEPT_SECONDS:
        known = {district.slug: district for district in District.objects.all()}
        _districts = (time.monotonic(), known)
    return str(known.get(slug, slug))


def meets(row: Record, claim: Mapping[str, Any]) -> bool:
    """Say whether a row says what was claimed."""
    return all(canonical_value(getattr(row, name)) == value for name, value in claim.items())


def natural_key(kind: RecordKind, claim: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what makes a claimed row the same as one that is on the list."""
    return tuple(_plain(claim.get(name)) for name in kind.natural_key)


def natural_key_of(kind: RecordKind, row: Record) -> tuple[Any, ...]:
    """Return the same of a row that is on a list."""
    return tuple(_plain(canonical_value(getattr(row, name))) for name in kind.natural_key)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value or ""


def on_the_list(list_revision: Revision, kind: RecordKind, claim: Mapping[str, Any]) -> Any:
    """Return the row of a list that an added row repeats, or None. One query."""
    wanted = {
        name: value for name, value in values_of(kind, claim).items() if name in kind.natural_key
    }
    blank = {name for name in kind.natural_key if name not in wanted}
    rows = kind.model.objects.filter(revision=list_revision, **wanted)
    return next((row for row in rows if not any(getattr(row, name) for name in blank)), None)


def usual_values(list_revision: Revision, kind: RecordKind) -> dict[str, Any]:
    """Return what every row of a list says alike: its programme, its year, its type. One query."""
    apart = {kind.title_field, *kind.mentions, "district", "rank"}
    names = [name for name in kind.fields if name not in apart]
    usual: dict[str, Any] = {}
    rows = kind.model.objects.filter(revision=list_revision).values(*names)[:200]
    for number, row in enumerate(rows):
        if number == 0:
            usual = dict(row)
        usual = {name: value for name, value in usual.items() if row[name] == value}
    return {name: value for name, value in usual.items() if value not in (None, "", [])}


def uid_from(text: str) -> uuid.UUID | None:
    """Return the id that ``text`` writes, or None."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
