"""The open data interface: what the listings show, read-only, as JSON."""

from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from apps.cases.kinds import listed_record_kinds
from apps.cases.serializers import folder_of
from apps.publications import changes, keys, queries
from apps.publications.answers import BadQuery, Gone
from apps.publications.limits import TooSlow, limited
from apps.publications.moments import day_of, end_of, moment_since
from apps.publications.pagination import (
    KeyPagination,
    next_url,
    page_parameters,
    page_size,
    wrapped,
)
from apps.publications.schema import KindSchema, list_parameter, moment_schemas, takes
from apps.publications.strict import refuse_what_says_nothing


def only_open_data(endpoints: list[Any]) -> list[Any]:
    """Keep what anyone may read in the interface's description."""
    return [one for one in endpoints if one[0].startswith("/api/v1/")]


def answer_in_sentences(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what went wrong into JSON: ``{"detail": sentence}``, with ``errors`` by parameter."""
    if isinstance(error, BadQuery):
        return Response({"detail": str(error)}, status=status.HTTP_400_BAD_REQUEST)
    if isinstance(error, Gone):
        return Response(
            {"detail": error.reason or _("This has been withdrawn.")}, status=status.HTTP_410_GONE
        )
    if isinstance(error, TooSlow):
        return Response(
            {"detail": _("This takes too long: choose a filter, or ask for a smaller page.")},
            status=status.HTTP_503_SERVICE_UNAVAILABLE,
        )
    if isinstance(error, Http404):
        error = NotFound(_("There is nothing public at this address."))
    response = exception_handler(error, context)
    if isinstance(error, ValidationError) and response is not None:
        errors: dict[str, Any] = dict(error.detail) if isinstance(error.detail, dict) else {}
        response.data = {"detail": _sentence(errors), "errors": errors}
    return response


def _sentence(errors: dict[str, Any]) -> str:
    return " ".join(f"{name}: {text}" for name, texts in errors.items() for text in texts)


class PublicRows(GenericAPIView):
    """What list and row have in common. The kind is given where the address is declared."""

    kind: Any = None
    filterset_class: Any = None
    schema = KindSchema()
    problems: ClassVar[tuple[str, ...]] = ("400", "404", "429", "503")

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        # No docstring: the interface's description would say it of every list.
        refuse_what_says_nothing(request, self.asks(), **takes(self.filterset_class))
        with limited():
            return super().get(request, *args, **kwargs)  # type: ignore[misc]

    def asks(self) -> set[str]:
        """Return the names of the parameters."""
        return {"fields", "as_of"}

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Leave out the fields that ``fields`` does not name. Raises ``ValidationError``."""
        serializer: Any = super().get_serializer(*args, **kwargs)
        text = ",".join(self.request.query_params.getlist("fields"))
        if text:
            names = text.split(",")
            fields = getattr(serializer, "child", serializer).fields
            if unknown := sorted(set(names) - set(fields)):
                raise ValidationError(
                    {"fields": [_("There is no field %(names)s.") % {"names": ", ".join(unknown)}]}
                )
            for name in set(fields) - set(names):
                del fields[name]
        return serializer

    def get_queryset(self) -> QuerySet[Any]:
        """Return the public rows, now or as of a day."""
        return queries.public_rows(self.kind, end_of(day_of(self.request.query_params)))


class RecordList(PublicRows, ListAPIView):
    """The rows of a listing, filtered as its page is, a page at a time."""

    pagination_class = KeyPagination

    def asks(self) -> set[str]:
        """Return the names of the parameters: the filters, and what every list takes."""
        return (
            super().asks() | {"sort", "cursor", "page_size"} | {*self.filterset_class.base_filters}
        )


class RecordDetail(PublicRows, RetrieveAPIView):
    """One row by its permanent id; 410 with the reason where it was withdrawn."""

    filter_backends = ()
    lookup_field = "uid"
    problems = ("400", "404", "410", "429", "503")

    def get_object(self) -> Any:
        """Return the row. Raises ``Gone`` or ``Http404``."""
        moment = end_of(day_of(self.request.query_params))
        try:
            return queries.public_row(self.kind, self.kwargs["uid"], moment)
        except self.kind.model.DoesNotExist as error:
            raise Http404 from error


CHANGE = {
    "type": "object",
    "required": ["change", "kind", "id", "url", "at", "release", "revision", "reason"],
    "properties": {
        "change": {
            "type": "string",
            "enum": [changes.PUBLISHED, changes.CORRECTED, changes.WITHDRAWN],
        },
        "kind": {"type": "string", "description": "The list that the row belongs to."},
        "id": {"type": "string", "format": "uuid"},
        "url": {"type": "string", "format": "uri"},
        "at": {"type": "string", "format": "date-time"},
        "release": {"type": "string", "nullable": True},
        "revision": {"type": "integer"},
        "reason": {"type": "string"},
    },
}


class ChangeList(APIView):
    """What became public, was corrected or was withdrawn, row by row, in the order of time.

    Begin with `since`, a release or a time, and follow `next`. A row that left its list by a
    correction counts as withdrawn. A page may be shorter than was asked for, and still have a next.
    """

    schema = KindSchema()
    problems: ClassVar[tuple[str, ...]] = ("400", "404", "429", "503")

    @extend_schema(
        operation_id="changes_list", responses={200: wrapped({"type": "array", "items": CHANGE})}
    )
    def get(self, request: Request) -> Response:
        # No docstring, as above.
        refuse_what_says_nothing(request, {one["name"] for one in self.parameters()})
        size = page_size(request)
        wanted = self._wanted(request)
        behind = self._behind(request.query_params.get("cursor"))
        with limited():
            since = moment_since(request.query_params.get("since", ""))
            found, place = changes.changes(since, behind, wanted, size)
        rows = [
            {
                "change": change.change,
                "kind": change.kind.code,
                "id": change.uid,
                "url": f"{settings.SITE_URL}{folder_of(change.kind.code)}{change.uid}/",
                "at": change.act.at,
                "release": change.act.release.number if change.act.release else None,
                "revision": change.act.revision.number,
                "reason": change.reason,
            }
            for change in found
        ]
        cursor = None
        if place is not None:
            # To the microsecond, which the encoder would cut.
            at, *act = place.act
            cursor = keys.encode("", [at.isoformat(), *act, *(place.row or ())])
        return Response({"results": rows, "next": next_url(request, cursor)})

    def _wanted(self, request: Request) -> list[Any]:
        """Return the kinds that are asked for; all without. The cursor counts by their order."""
        known = {kind.code: kind for kind in listed_record_kinds()}
        text = ",".join(request.query_params.getlist("kind"))
        names = text.split(",") if text else []
        if unknown := sorted(set(names) - set(known)):
            raise ValidationError(
                {
                    "kind": [
                        _("There is no list %(names)s. There is: %(known)s.")
                        % {"names": ", ".join(unknown), "known": ", ".join(known)}
                    ]
                }
            )
        return [kind for code, kind in known.items() if not names or code in names]

    def _behind(self, cursor: str | None) -> changes.Place | None:
        """Return the place in ``cursor``. Raises ``ValidationError``."""
        if not cursor:
            return None
        found = keys.opened(cursor)
        values = found[1] if isinstance(found, list) and len(found) == 2 else None
        if not (isinstance(values, list) and len(values) in (3, 6)):
            raise keys.bad_cursor()
        try:
            at = moment_since(values[0])
        except (BadQuery, AttributeError, TypeError) as error:
            raise keys.bad_cursor() from error
        numbers = [*values[1:3], *values[3:5]]
        if at is None or not all(type(n) is int and 0 <= n < 2**31 for n in numbers):
            raise keys.bad_cursor()
        if len(values) == 6 and not keys.is_uid(values[5]):
            raise keys.bad_cursor()
        row = (values[3], values[4], values[5]) if len(values) == 6 else None
        return changes.Place((at, values[1], values[2]), row)

    def parameters(self) -> list[dict[str, Any]]:
        """Describe what may be asked."""
        return [
            {
                "name": "since",
                "in": "query",
                "required": False,
                "schema": {
                    "anyOf": [
                        *moment_schemas(),
                        {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{3,7}$"},
                    ]
                },
                "description": _("What came after a release (2026-001), a day or a time."),
            },
            list_parameter(
                "kind",
                [kind.code for kind in listed_record_kinds()],
                _("The lists, separated by commas; all without it."),
            ),
            *page_parameters(),
        ]


@extend_schema(exclude=True)
class Root(APIView):
    """The lists there are."""

    def get(self, request: Request) -> Response:
        """Return the address of each list."""
        lists = {
            kind.code: request.build_absolute_uri(reverse(f"api:{kind.code}"))
            for kind in listed_record_kinds()
        }
        others = {
            name: request.build_absolute_uri(reverse(f"api:{name}"))
            for name in ("changes", "schema", "docs")
        }
        return Response({**lists, **others})


@extend_schema(exclude=True)
class Nothing(APIView):
    """Any other address of the interface."""

    def get(self, request: Request, rest: str = "") -> Response:
        """Say so, in JSON."""
        raise Http404
