"""Asking for the correction of a public row, and looking up what became of it."""

import uuid

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.addresses import client_address
from apps.cases.domain.requests import send_request
from apps.cases.errors import TooMany, WorkflowError
from apps.cases.kinds import record_kinds
from apps.cases.models import CorrectionRequest
from apps.publications import queries, trace
from apps.publications.answers import Gone
from apps.publications.corrections import CorrectionForm, opened_now
from apps.publications.listing import record_url

# Neither the form nor a receipt belongs into a search engine.
NOT_INDEXED = "noindex, nofollow"


def _requests() -> QuerySet[CorrectionRequest]:
    """Return the requests from the primary: a receipt has to be there the moment it is given."""
    return CorrectionRequest.objects.using("default")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, kind: str, uid: uuid.UUID) -> HttpResponse:
    """Show the form for one public row; on POST take the request in and lead to its receipt."""
    record_kind = record_kinds[kind]
    try:
        row = queries.public_row(record_kind, uid, None)
    except (record_kind.model.DoesNotExist, Gone) as error:
        raise Http404 from error
    form = CorrectionForm(
        request.POST if request.method == "POST" else None, initial={"opened": opened_now()}
    )
    status, refusal = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            values = form.cleaned_data
            try:
                sent = send_request(
                    record_kind, uid, values["reason"], values["contact"], client_address(request)
                )
            except WorkflowError as error:
                refusal = str(error)
                status = 429 if isinstance(error, TooMany) else 422
            else:
                return redirect("publications:correction", sent.number)
        form.again()
    response = render(
        request,
        "publications/correction_new.html",
        {
            "form": form,
            "refusal": refusal,
            "kind": record_kind,
            "title": trace.text_of(row, record_kind.title_field),
            "row_url": record_url(row),
            "days": settings.CONTACT_DAYS,
        },
        status=status,
    )
    response["X-Robots-Tag"] = NOT_INDEXED
    if status == 429:
        response["Retry-After"] = "3600"
    return response


@never_cache
@require_safe
def look_up(request: HttpRequest) -> HttpResponse:
    """Ask for a receipt number, and lead to what became of the request."""
    number = request.GET.get("number", "").strip().upper()
    found = (
        _requests().filter(number=number[:16]).first() if number and "\x00" not in number else None
    )
    if found is not None:
        return redirect("publications:correction", found.number)
    response = render(
        request,
        "publications/corrections.html",
        {
            "number": number,
            "refusal": _("There is no request of that number. Check it against your receipt.")
            if number
            else "",
        },
        status=404 if number else 200,
    )
    response["X-Robots-Tag"] = NOT_INDEXED
    return response


@never_cache
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Show the state of a request and its answer to whoever has the number; never the contact."""
    found = _requests().filter(number=number).select_related("revision__case__bureau").first()
    if found is None:
        raise Http404
    kind = record_kinds[found.record_kind]
    response = render(
        request,
        "publications/correction.html",
        {
            "item": found,
            "row_url": reverse("publications:record", args=[kind.code, found.record_uid]),
            "kind": kind,
        },
    )
    response["X-Robots-Tag"] = NOT_INDEXED
    return response
