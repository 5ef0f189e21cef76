"""Search over everything that is public."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Window
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.cases.kinds import RecordKind, listed_record_kinds
from apps.cases.models import Record
from apps.publications.answers import BadQuery, public_page
from apps.publications.listing import record_url
from apps.publications.queries import public_rows, published_mentions
from apps.publications.trace import text_of
from apps.registry.models import Indicator, Organisation, OrganisationName

# Hits of one group on the page; the listing shows the rest.
SHOWN = 5
LONGEST = 100


class SearchForm(forms.Form):
    """The search box."""

    q = forms.CharField(max_length=LONGEST, required=False)


@dataclass(frozen=True)
class Hit:
    """One found thing, and what tells it apart."""

    title: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Group:
    """What was found of one kind."""

    label: str
    total: int
    hits: list[Hit]
    url: str = ""


@public_page
def search(request: HttpRequest) -> HttpResponseBase:
    """Find ``q`` in the rows of every kind, the organisations and the indicators."""
    form = SearchForm(request.GET)
    if not form.is_valid():
        raise BadQuery(
            _("A search takes up to %(most)s characters of plain text. Shorten it.")
            % {"most": LONGEST}
        )
    query: str = " ".join(form.cleaned_data["q"].split())
    groups: list[Group] = []
    if query:
        groups = [_organisations(query), _indicators(query)]
        groups += [_rows(kind, query) for kind in listed_record_kinds()]
        groups = [group for group in groups if group.total]
    return render(
        request,
        "publications/search.html",
        {
            "query": query,
            "groups": groups,
            "total": sum(group.total for group in groups),
        },
    )


def _counted(rows: QuerySet[Any]) -> tuple[list[Any], int]:
    """Return the first hits and the number of all of them, in one query."""
    found = list(rows.annotate(all_rows=Window(Count("*")))[:SHOWN])
    return found, found[0].all_rows if found else 0


def _rows(kind: RecordKind, query: str) -> Group:
    asked = kind.filterset({"q": query}, queryset=public_rows(kind))
    found, total = _counted(asked.qs)
    return Group(
        str(kind.label_plural),
        total,
        [_hit(kind, row) for row in found],
        f"{reverse('publications:listing', args=[kind.code])}?{urlencode({'q': query})}",
    )


def _hit(kind: RecordKind, row: Record) -> Hit:
    """Return a row by its title; its first few other fields tell it apart."""
    rest = [text_of(row, name) for name in kind.natural_key if name != kind.title_field]
    rest += [text_of(row, name) for name in kind.mentions if name != kind.title_field]
    notes = [text if len(text) <= 60 else f"{text[:59]}…" for text in dict.fromkeys(rest) if text]
    return Hit(text_of(row, kind.title_field), record_url(row), " · ".join(notes[:4]))


def _each_word(query: str, *paths: str) -> Q:
    wanted = Q()
    for word in query.split():
        some = Q(pk__in=[])
        for path in paths:
            some |= Q(**{f"{path}__icontains": word})
        wanted &= some
    return wanted


def _organisations(query: str) -> Group:
    """Find organisations by a name that a published row prints."""
    names = OrganisationName.objects.filter(
        _each_word(query, "name"),
        Exists(published_mentions().filter(name=OuterRef("pk"))),
        organisation=OuterRef("pk"),
    )
    found, total = _counted(
        Organisation.objects.filter(Exists(names))
        .annotate(
            # The registry's own name may be one that only a draft prints.
            printed=names.order_by("name").values("name")[:1]
        )
        .order_by("printed", "pk")
    )
    return Group(
        _("organisations"),
        total,
        [Hit(item.printed, reverse("publications:organisation", args=[item.pk])) for item in found],
    )


def _indicators(query: str) -> Group:
    found, total = _counted(Indicator.objects.filter(_each_word(query, "name", "name_en", "code")))
    return Group(
        _("indicators"),
        total,
        [
            Hit(str(item), reverse("publications:indicator", args=[item.code]), item.section_name)
            for item in found
        ],
    )
