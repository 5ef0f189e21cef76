"""What the rows are called that the entries of the audit point to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import get_language

from apps.accounts.models import Bureau, User
from apps.cases.kinds import kinds
from apps.cases.models import Case, Release, Revision
from apps.registry.models import Indicator, Organisation, OrganisationName

Names = Mapping[tuple[type[models.Model], Any], str]
Name = Callable[[str, str], str]
# Between the parts of a case's name; no name of an office holds it.
BAR = "\x1f"


def _either(first: str, second: str) -> str:
    """Return the Chinese or the English name, as far as there is one."""
    english = (get_language() or "").startswith("en")
    return (second or first) if english else (first or second)


def _first(first: str, second: str) -> str:
    return first or second


def _case(first: str, second: str) -> str:
    """Return what a case or a revision is called: put together here, since its kind is no row."""
    kind, year, subject, number = first.split(BAR)
    bureau, bureau_en = second.split(BAR)
    label = str(kinds[kind].label) if kind in kinds else kind
    parts = [label, year, subject or _either(bureau, bureau_en), number and f"#{number}"]
    return " · ".join(part for part in parts if part)


def _joined(*parts: Any) -> Concat:
    fields = [Cast(part, CharField()) if isinstance(part, str) else part for part in parts]
    between = [Value(BAR)] * len(fields)
    return Concat(*[x for pair in zip(fields, between, strict=True) for x in pair][:-1])


@dataclass(frozen=True)
class Named:
    """How the rows of one model are called: by two columns, and what is made of them."""

    first: Any
    second: Any
    name: Name


def _of_case(way: str, number: Any) -> Named:
    return Named(
        _joined(f"{way}kind", f"{way}year", f"{way}subject", number),
        _joined(f"{way}bureau__name", f"{way}bureau__name_en"),
        _case,
    )


NAMED: dict[type[models.Model], Named] = {
    User: Named("full_name", "username", _first),
    Indicator: Named("name", "name_en", _either),
    Bureau: Named("name", "name_en", _either),
    Organisation: Named("name", Value(""), _first),
    OrganisationName: Named("name", Value(""), _first),
    Release: Named("number", Value(""), _first),
    Case: _of_case("", Value("")),
    Revision: _of_case("case__", "number"),
}


def names_of(wanted: Mapping[type[models.Model], set[Any]]) -> Names:
    """Return what these rows are called, by model and key. One query; none for nothing."""
    asked = [model for model in NAMED if wanted.get(model)]
    parts = [
        model._default_manager.filter(pk__in=wanted[model])
        .order_by()
        .annotate(
            of_model_=Value(place),
            first_name_=Cast(NAMED[model].first, CharField()),
            second_name_=Cast(NAMED[model].second, CharField()),
        )
        .values_list("of_model_", "pk", "first_name_", "second_name_")
        for place, model in enumerate(asked)
    ]
    if not parts:
        return {}
    rows = parts[0].union(*parts[1:], all=True)
    return {
        (asked[place], pk): NAMED[asked[place]].name(first, second)
        for place, pk, first, second in rows
    }
