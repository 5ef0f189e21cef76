"""The open data interface: what the listings show, read-only, as JSON."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from apps.cases.kinds import listed_record_kinds
from apps.publications import queries
from apps.publications.answers import BadQuery, Gone
from apps.publications.limits import TooSlow, limited
from apps.publications.moments import day_of, end_of
from apps.publications.pagination import KeyPagination

FIELDS = OpenApiParameter(
    "fields", str, description="The fields to give, separated by commas; all without it."
)
AS_OF = OpenApiParameter(
    "as_of", OpenApiTypes.DATE, description="Show what was public at the end of this day."
)


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

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        # No docstring: the interface's description would say it of every list.
        with limited():
            return super().get(request, *args, **kwargs)  # type: ignore[misc]

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Leave out the fields that ``fields`` does not name. Raises ``ValidationError``."""
        serializer: Any = super().get_serializer(*args, **kwargs)
        names = [name for name in self.request.query_params.get("fields", "").split(",") if name]
        if names:
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


@extend_schema_view(get=extend_schema(parameters=[AS_OF, FIELDS]))
class RecordList(PublicRows, ListAPIView):
    """The rows of a listing, filtered as its page is, a page at a time."""

    filterset_class: Any = None
    pagination_class = KeyPagination


@extend_schema_view(get=extend_schema(parameters=[AS_OF, FIELDS]))
class RecordDetail(PublicRows, RetrieveAPIView):
    """One row by its permanent id; 410 with the reason where it was withdrawn."""

    filter_backends = ()
    lookup_field = "uid"

    def get_object(self) -> Any:
        """Return the row. Raises ``Gone`` or ``Http404``."""
        moment = end_of(day_of(self.request.query_params))
        try:
            return queries.public_row(self.kind, self.kwargs["uid"], moment)
        except self.kind.model.DoesNotExist as error:
            raise Http404 from error


@extend_schema(exclude=True)
class Root(APIView):
    """The lists there are."""

    def get(self, request: Request) -> Response:
        """Return the address of each list."""
        lists = {
            kind.code: request.build_absolute_uri(reverse(f"api:{kind.code}"))
            for kind in listed_record_kinds()
        }
        return Response({**lists, "schema": request.build_absolute_uri(reverse("api:schema"))})


@extend_schema(exclude=True)
class Nothing(APIView):
    """Any other address of the interface."""

    def get(self, request: Request, rest: str = "") -> Response:
        """Say so, in JSON."""
        raise Http404
