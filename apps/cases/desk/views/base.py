"""What the desk's views share: the person's scope as 404, and refusals as plain sentences."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.forms import ChoiceField, ModelChoiceField
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from apps.accounts.models import User
from apps.cases.desk import queries
from apps.cases.errors import Invalid, NotAllowed, Refused, WorkflowError
from apps.cases.kinds import RecordKind
from apps.cases.models import Revision


class DeskRequest(HttpRequest):
    """A request of a signed-in person."""

    user: User
    htmx: HtmxDetails


def revision_or_404(
    request: DeskRequest,
    case_id: int,
    number: int | None = None,
    beside: Mapping[str, Any] | None = None,
) -> Revision:
    """Return the revision in the person's scope; what is out of scope does not exist for him.

    ``beside`` are annotations that the page wants along.
    """
    try:
        return queries.find_revision(request.user, case_id, number, beside)
    except Revision.DoesNotExist as error:
        raise Http404 from error


def kind_or_404(revision: Revision, code: str) -> RecordKind:
    """Return the kind of row called ``code`` that the revision's case holds."""
    for kind in revision.case.kind_spec.records:
        if kind.code == code:
            return kind
    raise Http404


def status_of(error: WorkflowError) -> int:
    """Return the HTTP status of a refusal: 403 duty, 422 content, 409 the case moved on."""
    if isinstance(error, NotAllowed):
        return 403
    return 422 if isinstance(error, Refused | Invalid) else 409


def show_instead(form: forms.BaseForm, name: str, value: str) -> None:
    """Let a form that is shown again hold ``value`` in the field ``name``, else what was sent."""
    data = cast(QueryDict, form.data).copy()
    data[name] = value
    form.data = data


def next_url(request: HttpRequest, default: str) -> str:
    """Return where the person came from, as the form names it in ``next``; else ``default``.

    An address of another site is not followed.
    """
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and is_ours else default


def case_url(revision: Revision) -> str:
    """Return the address of a revision's page."""
    return reverse("desk:revision", args=[revision.case_id, revision.number])


def crumbs(revision: Revision | None = None, *last: str) -> list[dict[str, str]]:
    """Return the way from the desk to a page of ``revision``."""
    way = [
        {"url": reverse("desk:home"), "label": _("Desk")},
        {"url": reverse("desk:cases"), "label": _("Cases")},
    ]
    if revision is not None:
        way.append({"url": case_url(revision), "label": str(revision.case)})
    return [*way, *({"url": "", "label": label} for label in last)]


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    refusal: WorkflowError | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a page, with the sentence of a refusal and its status where there is one."""
    context["refusal"] = refusal
    return render(
        request, template, context, status=status_of(refusal) if refusal is not None else status
    )


def chips_of(request: DeskRequest, form: Any) -> list[dict[str, str]]:
    """Return the filters that are on, each with the address of the list without it."""
    if not form.is_valid():
        return []
    chips = []
    for name, value in form.cleaned_data.items():
        if value in (None, ""):
            continue
        rest = request.GET.copy()
        rest.pop(name, None)
        rest.pop("page", None)
        field = form.fields[name]
        is_choice = isinstance(field, ChoiceField) and not isinstance(field, ModelChoiceField)
        chips.append(
            {
                "name": name,
                "label": str(field.label),
                "value": str(dict(field.choices).get(value, value) if is_choice else value),
                "url": f"{request.path}?{rest.urlencode()}",
            }
        )
    return chips
