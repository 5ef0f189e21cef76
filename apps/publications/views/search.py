"""Search over everything that is public, and what the box offers while one types."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from apps.publications import searching
from apps.publications.answers import BadQuery, kept, public_page
from apps.publications.asking import passed_over
from apps.registry.words import words_of

# What one group adds to the suggestions, and all of them together.
SUGGESTED_OF_GROUP = 3
SUGGESTED = 9


def _words(request: HttpRequest) -> list[str]:
    """Return the words asked for. Raises ``BadQuery`` with a sentence."""
    try:
        return words_of(request.GET.get("q", ""))
    except ValidationError as error:
        raise BadQuery(" ".join(error.messages)) from error


@kept
@public_page
def search(request: HttpRequest) -> HttpResponseBase:
    """Find ``q`` in the rows of every kind, the organisations, the indicators, the releases."""
    words = _words(request)
    query = " ".join(request.GET.get("q", "").split())
    groups = searching.groups(words, query) if words else []
    return render(
        request,
        "publications/search.html",
        {
            "passed_over": passed_over(request.GET, {"q"}),
            "query": query,
            "words": words,
            "groups": groups,
            "total": sum(group.shown_total for group in groups),
            "is_capped": any(group.is_capped for group in groups),
            "nearest": searching.nearest(words) if words and not groups else [],
        },
    )


@kept
@public_page
def suggest(request: HttpRequest) -> HttpResponseBase:
    """Return what the box offers for ``q``: a list of options, or nothing."""
    words = _words(request)
    groups = searching.groups(words, "", SUGGESTED_OF_GROUP) if words else []
    options = [(group, hit) for group in groups for hit in group.hits][:SUGGESTED]
    return render(request, "publications/_suggestions.html", {"options": options, "words": words})
