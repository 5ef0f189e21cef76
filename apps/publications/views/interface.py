"""The page that says how the interface is asked, drawn from its own schema."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator

from apps.cases.kinds import listed_record_kinds
from apps.publications.answers import public_page
from apps.publications.pagination import LARGEST_PAGE, PAGE_SIZE
from apps.publications.schema import PROBLEMS

# What every list takes is said once, before the lists.
COMMON = ("sort", "fields", "as_of", "cursor", "page_size")


@cache
def _described(language: str | None) -> dict[str, Any]:
    """Return the schema's paths; the language is that of its words."""
    paths: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return paths


def _form(schema: dict[str, Any]) -> str:
    """Return the form of a parameter's value in a word or by its choices."""
    item = schema.get("items", schema)
    item = item.get("anyOf", [item])[0]
    if "enum" in item:
        return ", ".join(
            str(value) for value in item["enum"] if value and not str(value).startswith("-")
        )
    return str(item.get("format") or item.get("type") or "")


def _parameters(path: str, *, common: bool) -> list[dict[str, Any]]:
    operation = _described(get_language())[path]["get"]
    return [
        {
            "name": parameter["name"],
            "form": _form(parameter["schema"]),
            "many": parameter["schema"].get("type") == "array",
            "description": parameter.get("description", ""),
        }
        for parameter in operation["parameters"]
        if parameter["in"] == "query" and (parameter["name"] in COMMON) is common
    ]


@public_page
def interface(request: HttpRequest) -> HttpResponseBase:
    """Show how the interface is asked. No query: all of it is declared."""
    lists = []
    for kind in listed_record_kinds():
        path = reverse(f"api:{kind.code}")
        lists.append(
            {
                "kind": kind,
                "path": path,
                "filters": _parameters(path, common=False),
                "sort": next(p for p in _parameters(path, common=True) if p["name"] == "sort"),
            }
        )
    first = str(lists[0]["path"])
    common = [p for p in _parameters(first, common=True) if p["name"] != "sort"]
    common = [{**p, "form": ""} if p["name"] == "fields" else p for p in common]
    return render(
        request,
        "publications/interface.html",
        {
            "lists": lists,
            "common": common,
            "changes": _parameters(reverse("api:changes"), common=False),
            "problems": PROBLEMS,
            "root": settings.SITE_URL + reverse("api:root"),
            "limit": settings.API_PER_MINUTE,
            "page_rows": PAGE_SIZE,
            "largest_page": LARGEST_PAGE,
        },
    )
