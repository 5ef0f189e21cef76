"""The base of every kind's filter set: one serves page, count, facets, export and API."""

import copy
import datetime as dt
import re
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import (
    CharField,
    Count,
    F,
    Field,
    IntegerField,
    Model,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.cases.kinds import record_kind_of
from apps.registry.models import District
from apps.registry.words import Holds, words_of

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)


def read_entries(model: type[Model]) -> dict[int, Any]:
    """Return all entries of a dictionary by their key. One query."""
    return model._default_manager.in_bulk()


class AnyOfInput(forms.TextInput):
    """Reads every value of one name: ``?grade=A&grade=B``."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        """Return all values that are given, blank ones left out."""
        values = data.getlist(name) if hasattr(data, "getlist") else [data.get(name)]
        return [value for value in values if value not in (None, "")]

    def format_value(self, value: Any) -> Any:
        """Show the first value."""
        return (value or [""])[0] if isinstance(value, list | None) else value


class AnyOfField(forms.Field):
    """Any number of values, each a whole number where ``whole`` says so."""

    widget = AnyOfInput
    no_nulls = ProhibitNullCharactersValidator()

    def __init__(
        self, *args: Any, whole: bool = False, known: Collection[str] = (), **kwargs: Any
    ) -> None:
        """Take values of text, of whole numbers, or of those that are ``known``."""
        self.whole = whole
        self.known = known
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> list[Any]:
        """Return the values. Raises ``ValidationError`` for what is no number or no text."""
        values = [text for item in value or [] if (text := str(item).strip())]
        for item in values:
            self.no_nulls(item)
            if self.whole and not (item.isascii() and item.isdecimal() and len(item) < 10):
                raise ValidationError(_("Enter a whole number."), code="invalid")
            if self.known and item not in self.known:
                raise ValidationError(
                    _("There is no “%(value)s”. Choose one of these: %(known)s."),
                    code="unknown",
                    params={"value": item, "known": ", ".join(self.known)},
                )
        return [int(item) for item in values] if self.whole else values


class AnyOfFilter(django_filters.Filter):
    """Keeps the rows whose field is one of the values; a relation by its code or its name."""

    field_class = AnyOfField

    def __init__(self, *, of: Field | None = None, **kwargs: Any) -> None:
        """Read labels and the form of the value from the model field ``of``."""
        self.of = of
        self.related: type[Model] | None = of.related_model if of is not None else None
        if isinstance(of, IntegerField):
            kwargs["whole"] = True
        elif of is not None and of.choices:
            kwargs.setdefault("known", [str(value) for value, _label in of.flatchoices if value])
        super().__init__(**kwargs)

    @property
    def facet_field(self) -> str:
        """Return the path of the value that stands in an address: a relation's code."""
        if self.related is None:
            return str(self.field_name)
        return f"{self.field_name}__{self._keys()[0]}"

    def _keys(self) -> list[str]:
        names = {field.name for field in self.related._meta.get_fields()} if self.related else set()
        return [name for name in ("slug", "code", "name") if name in names]

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Keep the rows that have one of the values; a relation is asked by its entries' keys.

        Joined and compared by name instead, no index gives the rows of a district in order.
        """
        if not value:
            return qs
        if self.related is None:
            return qs.filter(**{f"{self.field_name}__in": value})
        return qs.filter(**{f"{self.field_name}__in": [entry.pk for entry in self._named(value)]})

    def _entries(self) -> Iterable[Any]:
        """Return the entries of the dictionary that the field names; the filter set reads them."""
        assert self.related is not None
        parent = getattr(self, "parent", None)
        read = read_entries if parent is None else parent.read_entries
        return read(self.related).values()

    def _named(self, values: Iterable[Any]) -> list[Any]:
        """Return the entries that ``values`` name by any of their keys."""
        wanted, keys = set(values), self._keys()
        return [
            entry for entry in self._entries() if any(getattr(entry, key) in wanted for key in keys)
        ]

    def facet_values(self, values: Iterable[Any]) -> set[str]:
        """Return ``values`` as the facet counts them."""
        if self.related is None:
            return {str(value) for value in values}
        key = self._keys()[0]
        return {str(getattr(entry, key)) for entry in self._named(values)}

    def labels(self, values: Iterable[str]) -> dict[str, str]:
        """Return what each value is called."""
        if self.related is not None:
            key, wanted = self._keys()[0], set(values)
            return {
                str(getattr(entry, key)): str(entry)
                for entry in (self._entries() if wanted else ())
                if getattr(entry, key) in wanted
            }
        return {str(key): str(label) for key, label in getattr(self.of, "choices", None) or ()}


class DistrictFilter(AnyOfFilter):
    """Keeps the rows of one or more districts, each by its short code or its name."""

    def __init__(self, **kwargs: Any) -> None:
        """Name districts by the registry."""
        super().__init__(**kwargs)
        self.related = District


class DayField(forms.DateField):
    """A day as 2026-03-31 and in no other way, so that it means the same in every language."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def to_python(self, value: Any) -> dt.date | None:
        """Return the day. Raises ``ValidationError``."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            if not _DAY.match(text):
                raise ValueError
            return dt.date.fromisoformat(text)
        except ValueError as error:
            message = _("Enter a day such as 2026-03-31.")
            raise ValidationError(message, code="invalid") from error


class DayFilter(django_filters.Filter):
    """Compares with one day."""

    field_class = DayField


class WordsField(forms.CharField):
    """A question in words; its value is the list of them."""

    def clean(self, value: Any) -> list[str]:
        """Return the words. Raises ``ValidationError`` with a sentence."""
        return words_of(str(value or ""))


class WordsFilter(django_filters.Filter):
    """Keeps the rows that hold every word."""

    field_class = WordsField


class _Filters(OrderedDict[str, Any]):
    """The filters of a class, which each request copies: what they hold is the same for all.

    A deep copy, which django-filter asks for, took a tenth of a page's time.
    """

    def __deepcopy__(self, memo: Any) -> "_Filters":
        """Return filters of their own for a request, with the model fields of all."""
        copies = _Filters((name, copy.copy(own)) for name, own in self.items())
        for own in copies.values():
            # The method is bound to its filter.
            own.method = own.method
        return copies


class RecordFilterSet(django_filters.FilterSet):
    """Filters of a listing. ``facets`` names the filters whose values are shown with counts."""

    # The form of each class and language: only what was typed differs from request to request.
    _forms: ClassVar[dict[tuple[type, str | None], type[forms.Form]]] = {}

    facets: ClassVar[Sequence[str]] = ()
    # How the entries of a dictionary are read; who remembers them says so.
    read_entries: Callable[[type[Any]], dict[int, Any]] = staticmethod(read_entries)

    q = WordsFilter(label=_("Search"), method="search")
    report_year = AnyOfFilter(
        label=_("Year of the report"), field_name="revision__case__year", of=IntegerField()
    )

    @classmethod
    def filter_for_field(cls, field: Any, field_name: str, lookup_expr: str | None = None) -> Any:
        """Let a facet take any number of its values."""
        if field_name in cls.facets:
            return AnyOfFilter(field_name=field_name, of=field)
        return super().filter_for_field(field, field_name, lookup_expr)

    @classmethod
    def get_filters(cls) -> Any:
        """Return the filters, which requests copy without their depth."""
        return _Filters(super().get_filters())

    def get_form_class(self) -> type[forms.Form]:
        """Return the form, made once a language: its labels are those of the filters."""
        key = (type(self), get_language())
        if key not in self._forms:
            self._forms[key] = super().get_form_class()
        return self._forms[key]

    @property
    def words(self) -> list[str]:
        """Return the words that are asked for; none where the question cannot be read."""
        return self.form.cleaned_data.get("q") or [] if self.form.is_valid() else []

    def search(self, queryset: QuerySet[Any], name: str, words: list[str]) -> QuerySet[Any]:
        """Keep the rows that hold each word: in their own text, or in a dictionary they name."""
        for word in words:
            queryset = queryset.filter(self.holding(word))
        return queryset

    def holding(self, word: str, *, indexed: bool = True) -> Q:
        """Return the condition that a row holds ``word``."""
        model = self._meta.model
        wanted = Q(Holds(word, indexed=indexed))
        for path in record_kind_of(model).search_fields:
            relation, _, name = path.partition("__")
            if name:
                dictionary = model._meta.get_field(relation).related_model
                wanted |= Q(**{f"{relation}__in": dictionary._default_manager.filter(Holds(word))})
        return wanted

    @property
    def facet_names(self) -> tuple[str, ...]:
        """Return the facets of the listing: the kind's own, then the year of the report."""
        return (*self.facets, "report_year")

    def facet_counts(self) -> dict[str, list[tuple[str, int]]]:
        """Return per facet its values with the number of rows each would leave, most first.

        The other filters apply, the facet's own does not: a person can change his choice.
        One query for all facets together.
        """
        if not self.is_bound or not self.form.is_valid():
            return {}
        parts = []
        for facet in self.facet_names:
            queryset = self.queryset.all()
            for name, value in self.form.cleaned_data.items():
                if name != facet and name in self.filters:
                    queryset = self.filters[name].filter(queryset, value)
            own = self.filters[facet]
            parts.append(
                queryset.order_by()
                .values(
                    facet_name=Value(facet, output_field=CharField()),
                    facet_value=Cast(F(getattr(own, "facet_field", own.field_name)), TextField()),
                )
                .annotate(facet_rows=Count("*"))
            )
        counts: dict[str, list[tuple[str, int]]] = {facet: [] for facet in self.facet_names}
        first, *rest = parts
        rows = first.union(*rest, all=True) if rest else first
        for row in sorted(rows, key=lambda r: (-r["facet_rows"], r["facet_value"] or "")):
            if row["facet_value"]:
                counts[row["facet_name"]].append((row["facet_value"], row["facet_rows"]))
        return counts
