"""Organisations at the desk: probable doubles, names with their trace, joining, splitting, undoing."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.cases.desk import organisations as asked
from apps.cases.desk.views.base import DeskRequest, crumbs, next_url, page
from apps.cases.domain import organisations as domain
from apps.cases.errors import WorkflowError
from apps.registry.models import Double, NameDecision, Organisation

PER_PAGE = 50
TABS: dict[str, tuple[Any, Callable[[], QuerySet[Any]]]] = {
    "": (gettext_lazy("Probable doubles"), asked.open_doubles),
    "all": (gettext_lazy("All organisations"), asked.organisations),
    "apart": (gettext_lazy("Kept apart"), asked.apart_doubles),
    "decisions": (gettext_lazy("Decisions"), asked.decisions),
}


def ensure_reader(request: DeskRequest) -> None:
    """Raise ``Http404`` unless the person reads these pages."""
    if not asked.may_look(request.user):
        raise Http404


def _crumbs(*last: tuple[str, str]) -> list[dict[str, str]]:
    way = [crumbs()[0], {"url": reverse("desk:organisations"), "label": _("Organisations")}]
    return [*way, *({"url": url, "label": label} for label, url in last)]


def _find(pk: int) -> Organisation:
    try:
        return Organisation.objects.select_related("district", "joined_to").get(pk=pk)
    except Organisation.DoesNotExist as error:
        raise Http404 from error


@login_required
@never_cache
@require_safe
def organisation_list(request: DeskRequest) -> HttpResponse:
    """List probable doubles, all organisations, pairs that are two, or what was decided."""
    ensure_reader(request)
    query = request.GET.get("q", "")
    tab = "all" if query else request.GET.get("tab", "")
    tab = tab if tab in TABS else ""
    wrong = ""
    rows: QuerySet[Any]
    if tab == "all":
        rows, wrong = asked.found(query)
    else:
        rows = TABS[tab][1]()
    waiting = asked.open_doubles().count()
    return page(
        request,
        "cases/organisations.html",
        {
            "tab": tab,
            "query": query,
            "wrong": wrong,
            "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
            "may_keep": domain.may_keep(request.user),
            "actions": [
                {
                    "url": reverse("desk:twins"),
                    "label": _("Projects in two lists"),
                    "style": "secondary",
                }
            ],
            "tabs": [
                {
                    "url": f"{request.path}?tab={code}",
                    "label": label,
                    "count": "" if code else waiting,
                    "current": code == tab,
                }
                for code, (label, _rows) in TABS.items()
            ],
            "crumbs": [crumbs()[0], {"url": "", "label": _("Organisations")}],
        },
        status=400 if wrong else 200,
    )


@login_required
@never_cache
@require_safe
def organisation(request: DeskRequest, pk: int) -> HttpResponse:
    """Show an organisation: its names and where each came from, its rows, doubles and decisions."""
    ensure_reader(request)
    found = _find(pk)
    query = request.GET.get("with", "")
    others: list[Organisation] = []
    if query:
        others = list(asked.found(query)[0].exclude(pk=pk)[:20])
    rows = asked.rows_of(request.user, found)
    return page(
        request,
        "cases/organisation.html",
        {
            "organisation": found,
            "names": asked.names_of(found),
            "rows": rows,
            "is_cut": sum(row["times"] for row in rows) == asked.MOST_ROWS,
            "doubles": _doubles_of(pk),
            "decisions": asked.decisions_of(found)[:PER_PAGE],
            "query": query,
            "others": others,
            "may_keep": domain.may_keep(request.user) and not found.joined_to_id,
            "crumbs": _crumbs((found.name, "")),
        },
    )


def _doubles_of(pk: int) -> list[dict[str, Any]]:
    found = asked.open_doubles().filter(Q(one=pk) | Q(other=pk))
    return [{"double": d, "partner": d.other if d.one_id == pk else d.one} for d in found]


def _confirm(
    request: DeskRequest,
    touched: asked.Touched,
    refusal: WorkflowError | None = None,
    **context: Any,
) -> HttpResponse:
    context |= {
        "touched": touched,
        "reason": request.POST.get("reason", ""),
        "may_keep": domain.may_keep(request.user),
    }
    return page(request, "cases/organisation_decision.html", context, refusal)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: DeskRequest, pk: int, other_pk: int) -> HttpResponse:
    """Show what joining another organisation to this one would touch; do it."""
    ensure_reader(request)
    kept, other = _find(pk), _find(other_pk)
    refusal: WorkflowError | None = None
    if request.method == "POST":
        try:
            domain.join(request.user, pk, other_pk, request.POST.get("reason", ""))
        except WorkflowError as error:
            refusal = error
        else:
            messages.success(
                request,
                _("%(other)s was joined to %(kept)s.") % {"other": other, "kept": kept},
            )
            return redirect("desk:organisation", pk)
    return _confirm(
        request,
        asked.join_touches(kept, other),
        refusal,
        heading=_("Join two organisations"),
        lede=_("%(other)s becomes a name of %(kept)s.") % {"other": other, "kept": kept},
        button=_("Join them"),
        swap_url=reverse("desk:organisation_join", args=[other_pk, pk]),
        back=reverse("desk:organisation", args=[pk]),
        crumbs=_crumbs((kept.name, reverse("desk:organisation", args=[pk])), (_("Join"), "")),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def split(request: DeskRequest, pk: int) -> HttpResponse:
    """Show what splitting the chosen names off would touch; do it."""
    ensure_reader(request)
    held = _find(pk)
    sent = request.POST if request.method == "POST" else request.GET
    chosen = [int(value) for value in sent.getlist("name") if value.isdecimal()]
    names = list(held.names.filter(pk__in=chosen).order_by("name", "pk"))
    back = reverse("desk:organisation", args=[pk])
    refusal: WorkflowError | None = None
    if request.method == "POST":
        try:
            decision = domain.split(request.user, pk, chosen, request.POST.get("reason", ""))
        except WorkflowError as error:
            refusal = error
        else:
            messages.success(request, _("The names were split off."))
            return redirect("desk:organisation", decision.organisation_id)
    elif not names:
        messages.error(request, _("Choose the names that are another organisation."))
        return redirect(back)
    return _confirm(
        request,
        asked.split_touches(held, names),
        refusal,
        heading=_("Split names off"),
        lede=held.name,
        button=_("Split them off"),
        hidden=[{"name": "name", "value": name.pk} for name in names],
        back=back,
        crumbs=_crumbs((held.name, back), (_("Split"), "")),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: DeskRequest, decision_id: int) -> HttpResponse:
    """Show what undoing a decision would touch; do it."""
    ensure_reader(request)
    try:
        decision = asked.decisions().get(pk=decision_id)
    except NameDecision.DoesNotExist as error:
        raise Http404 from error
    back = reverse("desk:organisation", args=[decision.organisation_id])
    refusal: WorkflowError | None = None
    if request.method == "POST":
        try:
            domain.undo(request.user, decision_id, request.POST.get("reason", ""))
        except WorkflowError as error:
            refusal = error
        else:
            messages.success(request, _("The decision was undone."))
            return redirect(next_url(request, back))
    elif decision.undone_at:
        messages.info(request, _("This decision was undone already."))
        return redirect(back)
    return _confirm(
        request,
        asked.undo_touches(decision),
        refusal,
        heading=_("Undo a decision"),
        lede=_("%(label)s: %(text)s")
        % {
            "label": decision.get_act_display(),
            "text": " → ".join(filter(None, (asked.brought(decision), str(decision.organisation)))),
        },
        button=_("Undo the decision"),
        hidden=[{"name": "next", "value": next_url_of(request)}],
        back=next_url_of(request) or back,
        crumbs=_crumbs((decision.organisation.name, back), (_("Undo"), "")),
    )


def next_url_of(request: DeskRequest) -> str:
    """Return where the person came from, as the address or the form names it; blank if nowhere."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if wanted.startswith("/desk/") else ""


@login_required
@require_POST
def double(request: DeskRequest, double_id: int) -> HttpResponse:
    """Say that a pair is two organisations, or that it is to be looked at again."""
    ensure_reader(request)
    try:
        domain.keep_apart(request.user, double_id, "again" not in request.POST)
    except Double.DoesNotExist as error:
        raise Http404 from error
    except WorkflowError as refusal:
        messages.error(request, str(refusal))
    return redirect(next_url(request, reverse("desk:organisations")))
