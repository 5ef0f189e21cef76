"""What is asked of a long list: words in any cell, values, gaps, findings. One address says it all."""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CharField, Count, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, StrIndex
from django.db.models.lookups import GreaterThan
from django.http import QueryDict
from django.utils.translation import gettext as _

from apps.cases.desk import queries
from apps.cases.desk.values import field_label
from apps.cases.filters import AnyOfFilter, read_entries
from apps.cases.kinds import RecordKind
from apps.cases.models import SETTLED, Finding, Revision
from apps.registry.words import Holds, words_of

# Of a filter's values, so many are offered, those of most rows first.
VALUES_OFFERED = 40


def list_parameters(kind: RecordKind) -> frozenset[str]:
    """Return the parameters that make a view of a list of ``kind``; a page number is none."""
    return frozenset({"q", "findings", "blank", *kind.filterset.facets})


@dataclass
class ListFilter:
    """What is asked of one list. ``query`` holds the parameters of a view, and any others."""

    revision: Revision
    kind: RecordKind
    query: QueryDict
    # The dictionaries that were read for it: each is read once.
    entries: dict[type[Any], dict[int, Any]] = field(default_factory=dict)

    @property
    def facets(self) -> list[str]:
        """Return the fields by whose values the list is filtered."""
        return list(self.kind.filterset.facets)

    @property
    def all_rows(self) -> QuerySet[Any]:
        """Return the whole list."""
        return self.kind.model.objects.filter(revision=self.revision)

    @property
    def words(self) -> str:
        """Return what is searched for."""
        return self.query.get("q", "").replace("\x00", "").strip()[:100]

    def _each_word(self) -> list[str]:
        """Return the words; too many of them are one text."""
        try:
            return words_of(self.words)
        except ValidationError:
            return [self.words]

    @property
    def blank(self) -> str:
        """Return the field that is to be empty; blank: none."""
        name = self.query.get("blank", "")
        return name if name in self.kind.fields else ""

    @property
    def with_findings(self) -> bool:
        """Say whether only rows with open findings are asked for."""
        return self.query.get("findings") == "open"

    @property
    def is_on(self) -> bool:
        """Say whether anything is asked for."""
        return bool(self.kept)

    @property
    def kept(self) -> str:
        """Return the parameters that make the view, in one order, as an address has them."""
        known = list_parameters(self.kind)
        view = QueryDict(mutable=True)
        for name in sorted(set(self.query) & known):
            if values := [value for value in self.query.getlist(name) if value.strip()]:
                view.setlist(name, values)
        return view.urlencode()

    def read_entries(self, model: type[Any]) -> dict[int, Any]:
        """Return all entries of a dictionary by their key."""
        if model not in self.entries:
            self.entries[model] = read_entries(model)
        return self.entries[model]

    def _filter(self, name: str) -> AnyOfFilter:
        """Return the filter of a facet, which reads its dictionary here."""
        own = _facet_filter(self.kind, name)
        own.parent = self
        return own

    def rows(self) -> QuerySet[Any]:
        """Return the rows that fit, unordered."""
        rows = self._narrowed()
        for name in self.facets:
            rows = self._facet(rows, name)
        return rows

    def _narrowed(self) -> QuerySet[Any]:
        """Return the rows that fit, whatever values the facets ask for."""
        rows = self.all_rows
        for word in self._each_word():
            rows = rows.filter(_in_any_cell(self.kind, word))
        if self.blank:
            rows = rows.filter(_is_empty(self.kind, self.blank))
        if self.with_findings:
            rows = rows.filter(
                uid__in=_open_findings(self.revision, self.kind).values("record_uid")
            )
        return rows

    def _facet(self, rows: QuerySet[Any], name: str) -> QuerySet[Any]:
        wanted = self._chosen(name)
        if not wanted:
            return rows
        own = self._filter(name)
        values = _whole(wanted) if own.extra.get("whole") else wanted
        return own.filter(rows, values) if values else rows.none()

    def counted_facets(self) -> tuple[list[dict[str, Any]], int]:
        """Return per facet its values with their rows, as the filter panel takes them; and how many
        rows fit.

        One query, and one per relation for what its values are called.
        """
        everything = Value("", output_field=CharField())
        nothing = Cast(Value(None), TextField())
        parts = [
            self.rows().order_by().values(facet=everything, value=nothing).annotate(rows=Count("*"))
        ]
        for name in self.facets:
            rows = self._narrowed()
            for other in self.facets:
                if other != name:
                    rows = self._facet(rows, other)
            own = self._filter(name)
            parts.append(
                rows.order_by()
                .values(
                    facet=Value(name, output_field=CharField()),
                    value=Cast(F(own.facet_field), TextField()),
                )
                .annotate(rows=Count("*"))
            )
        first, *rest = parts
        found: dict[str, list[tuple[str, int | None]]] = {name: [] for name in self.facets}
        count = 0
        for row in sorted(
            first.union(*rest, all=True) if rest else first,
            key=lambda r: (-r["rows"], r["value"] or ""),
        ):
            if not row["facet"]:
                count = row["rows"]
                continue
            kept = found[row["facet"]]
            is_chosen = row["value"] in self.query.getlist(row["facet"])
            if row["value"] and (is_chosen or len(kept) < VALUES_OFFERED):
                kept.append((row["value"], row["rows"]))
        for name, kept in found.items():
            # What is asked for stays in the form, also where no row has it.
            has = {value for value, _rows in kept}
            kept += [(value, 0) for value in self._chosen(name) if value not in has]
        return [self._shown(name, found[name]) for name in self.facets], count

    def chosen_facets(self) -> list[dict[str, Any]]:
        """Return per facet the values that are asked for, not counted, as ``counted_facets`` does.

        One query per relation for what its values are called; counting the rows of every value
        takes longer than all else on the page of a long list.
        """
        return [
            self._shown(name, [(value, None) for value in chosen])
            for name in self.facets
            if (chosen := self._chosen(name))
        ]

    def _chosen(self, name: str) -> list[str]:
        """Return the values of a facet that are asked for, each once."""
        given = (value for value in self.query.getlist(name) if value.strip())
        return list(dict.fromkeys(given))

    def _shown(self, name: str, counts: list[tuple[str, int | None]]) -> dict[str, Any]:
        labels = self._filter(name).labels([value for value, _rows in counts])
        chosen = self.query.getlist(name)
        return {
            "name": name,
            "label": field_label(self.kind.model, name),
            "closed": not chosen,
            "options": [
                {
                    "value": value,
                    "label": labels.get(value, value),
                    "count": rows,
                    "selected": value in chosen,
                }
                for value, rows in counts
            ],
        }

    def in_words(self) -> str:
        """Return what is asked for, in words; blank where nothing is."""
        said = []
        if self.words:
            said.append(_("“%(words)s” in any cell") % {"words": self.words})
        for name in self.facets:
            if values := self._chosen(name):
                labels = self._filter(name).labels(values)
                said.append(
                    f"{field_label(self.kind.model, name)}: "
                    + "、".join(labels.get(value, value) for value in values)
                )
        if self.blank:
            said.append(_("no %(field)s") % {"field": field_label(self.kind.model, self.blank)})
        if self.with_findings:
            said.append(_("with open findings"))
        return "; ".join(said)


def _facet_filter(kind: RecordKind, name: str) -> AnyOfFilter:
    # A copy: a filter keeps its label in the language in which it is first asked.
    found = deepcopy(kind.filterset.base_filters[name])
    assert isinstance(found, AnyOfFilter)
    return found


def _whole(values: list[str]) -> list[int]:
    return [int(value) for value in values if value.isdecimal() and len(value) < 10]


def _open_findings(revision: Revision, kind: RecordKind) -> QuerySet[Finding]:
    return revision.findings.filter(record_kind=kind.code, record_uid__isnull=False).exclude(
        status__in=sorted(SETTLED)
    )


def findings_of_page(revision: Revision, kind: RecordKind, uids: list[Any]) -> dict[Any, int]:
    """Return how many open findings each of these rows has. One query."""
    found = _open_findings(revision, kind).filter(record_uid__in=uids).order_by()
    return dict(found.values_list("record_uid").annotate(open=Count("*")))


def _in_any_cell(kind: RecordKind, word: str) -> Q:
    """Return the condition that a row holds ``word``: as the public search finds it (also by
    pinyin), or as part of any cell.
    """
    wanted = Q(Holds(word, indexed=False)) if kind.search_fields else Q()
    for name in kind.fields:
        field: Any = kind.model._meta.get_field(name)
        if isinstance(field, ArrayField):
            continue
        if field.is_relation:
            known = {f.name for f in field.related_model._meta.get_fields()}
            for word_of in ("name", "slug", "code"):
                if word_of in known:
                    wanted |= Q(**{f"{name}__{word_of}__icontains": word})
        elif isinstance(field, models.CharField | models.TextField):
            wanted |= Q(**{f"{name}__icontains": word})
        else:
            wanted |= Q(GreaterThan(StrIndex(Cast(F(name), TextField()), Value(word)), 0))
    return wanted


def _is_empty(kind: RecordKind, name: str) -> Q:
    """Return the condition that a field holds nothing."""
    field: Any = kind.model._meta.get_field(name)
    if isinstance(field, ArrayField):
        return Q(**{f"{name}__len": 0}) | Q(**{name: []})
    empty = Q(**{f"{name}__isnull": True})
    if isinstance(field, models.CharField | models.TextField):
        empty |= Q(**{name: ""})
    return empty


def page_of(
    revision: Revision, kind: RecordKind, rows: QuerySet[Any], part: slice, count: int
) -> list[Any]:
    """Return one page of the ``count`` rows in printed order. One query.

    The keys are found first, by the index of the order alone: no page reads wide rows that it
    does not show. What lies in the second half is counted from the end.
    """
    first, last = part.start, min(part.stop, count)
    if first > count // 2:
        keys = rows.order_by("-position", "-pk").values("pk")[count - last : count - first]
    else:
        keys = rows.order_by("position", "pk").values("pk")[first:last]
    return list(queries.rows_of(revision, kind).filter(pk__in=keys).defer("sounds"))
