"""What the interface says of itself: the parameters and answers of each list, from its kind."""

from copy import deepcopy
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction

from apps.cases.filters import AnyOfField, DayFilter, WordsFilter
from apps.cases.kinds import RecordKind, listed_record_kinds
from apps.publications import keys
from apps.publications.strict import TEXT
from apps.registry.words import LONGEST

# Text that an address can carry and the database hold, and that says something (``strict.py``).
_TEXT = {"type": "string", "pattern": TEXT}
_PROBLEM = {
    "type": "object",
    "required": ["detail"],
    "properties": {
        "detail": {"type": "string", "description": "What is wrong, and what cures it."},
        "errors": {
            "type": "object",
            "description": "The same by parameter.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
_LIMIT = {
    "RateLimit-Policy": {
        "description": "How many requests an address has in how many seconds.",
        "schema": {"type": "string"},
    },
    "RateLimit": {
        "description": "How many are left, and for how many seconds.",
        "schema": {"type": "string"},
    },
}
PROBLEMS = {
    "400": _("A parameter cannot be read; the sentence says which, and what it takes."),
    "404": _("There is nothing public at this address."),
    "410": _("This was public and has been withdrawn; the sentence is the reason."),
    "429": _("This address has asked too often; Retry-After says when to ask again."),
    "503": _("The question takes too long: filter, or ask for a smaller page."),
}


def list_parameter(name: str, known: list[str], description: Any) -> dict[str, Any]:
    """Return the schema of a parameter that takes words of a list, separated by commas."""
    return {
        "name": name,
        "in": "query",
        "required": False,
        "style": "form",
        "explode": False,
        "schema": {"type": "array", "minItems": 1, "items": {"type": "string", "enum": known}},
        "description": str(description),
    }


def moment_schemas() -> list[dict[str, Any]]:
    """Return the two ways in which a parameter names a moment."""
    return [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]


def moment_parameter(name: str, description: Any) -> dict[str, Any]:
    """Return the schema of a parameter that takes a day, or a moment."""
    return {
        "name": name,
        "in": "query",
        "required": False,
        "schema": {"anyOf": moment_schemas()},
        "description": str(description),
    }


def _label(kind: RecordKind, own: Any) -> str:
    """Return what a filter is called: its own label, or its field's."""
    fields = {field.name: field for field in kind.model._meta.get_fields()}
    field = fields.get(str(own.field_name))
    return str(own.label or getattr(field, "verbose_name", ""))


def filter_parameter(kind: RecordKind, name: str, own: Any) -> dict[str, Any]:
    """Return the schema of a filter as the listing has it."""
    field = own.field
    parameter: dict[str, Any] = {
        "name": name,
        "in": "query",
        "required": False,
        "description": _label(kind, own),
    }
    if isinstance(field, AnyOfField):
        item: dict[str, Any] = dict(_TEXT)
        if field.whole:
            item = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
        elif field.known:
            item = {"type": "string", "enum": sorted(field.known)}
        return {
            **parameter,
            "style": "form",
            "explode": True,
            "schema": {"type": "array", "items": item},
        }
    if isinstance(own, WordsFilter):
        return {**parameter, "schema": {**_TEXT, "maxLength": LONGEST}}
    if isinstance(own, DayFilter):
        return {**parameter, "schema": {"type": "string", "format": "date"}}
    return {**parameter, "schema": dict(_TEXT)}


@cache
def takes(filterset: Any) -> dict[str, frozenset[str]]:
    """Return the names of the filters that take free ``text``, and of those that take ``many``."""
    # A filter keeps its label in the language in which it is first asked: ask copies.
    filters = deepcopy(filterset.base_filters) if filterset is not None else {}
    many = {name for name, own in filters.items() if isinstance(own.field, AnyOfField)}
    typed = {name for name, own in filters.items() if isinstance(own, DayFilter)}
    typed |= {name for name in many if filters[name].field.whole or filters[name].field.known}
    return {"text": frozenset({*filters} - typed), "many": frozenset(many)}


def described(status: str, description: Any) -> dict[str, Any]:
    """Return the schema of an answer that is a sentence."""
    return {
        "description": str(description),
        "content": {"application/json": {"schema": _PROBLEM}},
        "headers": _LIMIT,
    }


class KindSchema(AutoSchema):
    """Describes a list or a row of a kind, or a view that has ``parameters`` of its own."""

    view: Any

    def _get_filter_parameters(self) -> list[dict[str, Any]]:
        return []

    def _get_parameters(self) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super()._get_parameters()
        kind = getattr(self.view, "kind", None)
        if kind is None:
            return [*parameters, *self.view.parameters()]
        parameters.append(
            list_parameter(
                "fields",
                list(kind.serializer().fields),
                _("The fields to give, separated by commas; all without it."),
            )
        )
        parameters.append(
            moment_parameter("as_of", _("Show what was public then; of a day, at its end."))
        )
        if getattr(self.view, "filterset_class", None) is None:
            return parameters
        names = [sign + name for name in keys.sortable(kind) for sign in ("", "-")]
        sort = _("The columns to sort by, separated by commas; a minus turns one round.")
        parameters.append(list_parameter("sort", names, sort))
        # A filter keeps its label in the language in which it is first asked: ask copies.
        filters = deepcopy(self.view.filterset_class.base_filters)
        parameters += [filter_parameter(kind, name, own) for name, own in filters.items()]
        return parameters

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status in self.view.problems:
            bodies[status] = described(status, PROBLEMS[status])
        bodies["200"]["headers"] = {
            **_LIMIT,
            "ETag": {
                "description": "Send it as If-None-Match: 304 says that nothing has changed.",
                "schema": {"type": "string"},
            },
        }
        return bodies


def without_required_fields(result: Any, **kwargs: Any) -> Any:
    """Say of no field of a row that it is always there: ``fields`` may leave it out."""
    rows = {kind.serializer.__name__.removesuffix("Serializer") for kind in listed_record_kinds()}
    for name, component in result["components"]["schemas"].items():
        if name in rows:
            component.pop("required", None)
    return result
