"""A field saves itself, and a page hears what others do: the addresses that scripts call.

Answers are JSON. A save is 200 with the figure as it stands, 409 with the other person's value,
422 or 423 with a sentence; 401 asks to sign in, also where another person has signed in since.
"""

import contextlib
import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases import scope
from apps.cases.desk.views.base import DeskRequest
from apps.cases.desk.views.scripts import for_scripts, script_status
from apps.cases.errors import StaleRecord, WorkflowError
from apps.cases.models import WRITABLE, Finding, Revision
from apps.districts import domain, queries
from apps.districts.checking import check_soon
from apps.districts.forms import FieldForm, HearForm, PasteForm
from apps.districts.kind import INDICATOR_VALUE
from apps.districts.models import IndicatorValue, Scope
from apps.districts.pasting import pasted_cells, read_paste
from apps.districts.returns import findings_of_figures, view_of_finding
from apps.registry.models import Indicator


def queue_key(user: User) -> str:
    """Return the key under which this person's unsent values lie in a browser, as 64 hex digits.

    Only his own pages hold it: who uses the machine after him finds nothing to read.
    """
    return salted_hmac("districts.queue", str(user.pk), algorithm="sha256").hexdigest()


def _return_or_404(request: DeskRequest, case_id: int) -> Revision:
    try:
        return queries.return_in_scope(request.user, case_id)
    except Revision.DoesNotExist as error:
        raise Http404 from error


def describe(figure: IndicatorValue, reader: User) -> dict[str, Any]:
    """Return a figure as the page's script takes it."""
    saved_at = timezone.localtime(figure.updated_at)
    return {
        "uid": str(figure.uid),
        "version": figure.version,
        "value": "" if figure.value is None else f"{figure.value:f}",
        "qualifier": figure.qualifier,
        "blank": figure.blank,
        "quoted_from": figure.quoted_from,
        "quoted_on": figure.quoted_on.isoformat() if figure.quoted_on else "",
        "printed": figure.printed,
        "at": saved_at.isoformat(),
        # Who else saved it last; nothing where it was the reader.
        "by": "" if figure.updated_by_id == reader.pk else str(figure.updated_by),
    }


@for_scripts
def save_field(request: DeskRequest, case_id: int, code: str) -> HttpResponse:
    """Store one figure of the return."""
    form = FieldForm(request.POST)
    if not form.is_valid():
        _return_or_404(request, case_id)
        errors = [error for errors in form.errors.values() for error in errors]
        return JsonResponse({"message": " ".join(map(str, errors))}, status=422)
    uid, user = form.cleaned_data["uid"], request.user
    try:
        if uid is None:
            return _save_first(request, case_id, code, form.values)
        version = form.cleaned_data["version"] or 0
        figure = domain.save_again(user, case_id, code, form.values, uid=uid, version=version)
    except StaleRecord as stale:
        theirs = cast(IndicatorValue, stale.current)
        return _conflict(theirs.indicator, form.values, theirs, user)
    except IndicatorValue.DoesNotExist:
        # Somebody removed the row, or removed it and entered the figure anew.
        indicator = _indicator_or_404(code)
        present = queries.figures_of_lines(_return_or_404(request, case_id), [code]).get(code)
        return _conflict(indicator, form.values, present, user)
    except Revision.DoesNotExist as error:
        raise Http404 from error
    except WorkflowError as refusal:
        return JsonResponse({"message": str(refusal)}, status=script_status(refusal))
    return JsonResponse({"figure": describe(figure, user)})


def _indicator_or_404(code: str) -> Indicator:
    indicator = Indicator.objects.filter(code=code).first()
    if indicator is None:
        raise Http404
    return indicator


def _save_first(
    request: DeskRequest, case_id: int, code: str, values: Mapping[str, Any]
) -> HttpResponse:
    """Store a figure that the page knows nothing of yet."""
    revision = _return_or_404(request, case_id)
    indicator = _indicator_or_404(code).in_year(revision.case.year)
    domain.ensure_typed(indicator, revision.case.year)
    if not any(value not in (None, "") for value in values.values()):
        present = queries.figures_of_lines(revision, [code]).get(code)
        if present is None:
            return JsonResponse({"figure": None})
        return _conflict(indicator, values, present, request.user)
    before = queries.scope_before(revision, indicator)
    figure = domain.save_figure(
        request.user,
        revision.pk,
        indicator,
        values,
        scope=Scope.WHOLE if before is None else before,
    )
    return JsonResponse({"figure": describe(figure, request.user)})


def _conflict(
    indicator: Indicator, values: Mapping[str, Any], theirs: IndicatorValue | None, reader: User
) -> HttpResponse:
    """Answer a stale save: both values, who and when, and the choice between them."""
    unit = theirs.unit if theirs else indicator.unit
    yours = IndicatorValue(unit=unit, **values)
    html = render_to_string(
        "districts/choice.html",
        {
            "label": str(indicator),
            "yours": yours.printed or _("no value"),
            "your_source": yours.source_words,
            "theirs": theirs,
        },
    )
    figure = describe(theirs, reader) if theirs else None
    return JsonResponse({"figure": figure, "html": html}, status=409)


@for_scripts
def hear(request: DeskRequest, case_id: int) -> HttpResponse:
    """Note where the person is; answer who else is there, and what has changed since he looked."""
    revision = _return_or_404(request, case_id)
    form = HearForm(request.POST)
    if not form.is_valid():
        raise PermissionDenied(_("This page is not of this site."))
    asked = form.cleaned_data
    user = request.user
    may_fill = scope.may_fill(user, revision.case.kind_spec, revision.case.bureau_id)
    is_open = may_fill and revision.state in WRITABLE
    domain.note_presence(
        user, revision, asked["section"], asked["field"], dt.timedelta(seconds=asked["again"] or 0)
    )
    answer: dict[str, Any] = {
        "people": [
            {"name": str(here.person), "section": here.section, "field": here.field}
            for here in queries.people_here(revision, user)
        ],
        "open": is_open,
        "checked": True,
    }
    if asked["check"] and is_open:
        # Handed on between the two looks, it has been checked with that.
        with contextlib.suppress(WorkflowError):
            answer["checked"] = check_soon(user, revision.pk)
    if asked["figures"]:
        lines = queries.versions_of_lines(revision, asked["figures"])
        changed = [
            code
            for code, version in asked["figures"].items()
            if version != (lines[code][1] if code in lines else 0)
        ]
        present = queries.figures_of_lines(revision, changed) if changed else {}
        answer["figures"] = {
            code: describe(present[code], user) if code in present else None for code in changed
        }
        rows = {code: uid for code, (uid, _version) in lines.items()}
        answer |= _news_of_findings(revision, rows, is_open, asked["findings"])
    return JsonResponse(answer)


@for_scripts
def preview_paste(request: DeskRequest, case_id: int) -> HttpResponse:
    """Answer which copied cell would go to which field, and what of it cannot. Nothing is stored."""
    year = _return_or_404(request, case_id).case.year
    form = PasteForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"message": _("This is too much, or no column of cells.")}, status=422)
    asked = form.cleaned_data
    named = Indicator.objects.filter(code__in=asked["codes"])
    known = {row.code: row.in_year(year) for row in named}
    lines = [known[code] for code in asked["codes"] if code in known]
    pasted, beyond = read_paste(asked["text"], asked["column"], lines, set(asked["locked"]))
    cells = pasted_cells(pasted)
    html = render_to_string(
        "districts/paste.html", {"pasted": pasted, "beyond": beyond, "count": len(cells)}
    )
    return JsonResponse({"cells": cells, "html": html})


def _news_of_findings(
    revision: Revision, rows: Mapping[str, uuid.UUID], is_open: bool, known: str
) -> dict[str, Any]:
    """Return what the rules and the city say of these rows, unless the page shows it already."""
    found = findings_of_figures(revision)
    spoken = {
        code: finding for code, uid in rows.items() if (finding := found.get(str(uid))) is not None
    }
    digest = _digest(spoken, is_open)
    if digest == known:
        return {}
    items = scope.open_items(revision) if is_open and revision.returned_at else None

    def html(code: str, finding: Finding) -> str:
        may_answer = is_open and (
            items is None or scope.row_is_named(items, INDICATOR_VALUE.code, rows[code])
        )
        view = view_of_finding(finding, revision, may_answer)
        return render_to_string("components/finding.html", {"finding": view})

    return {
        "findings": {code: html(code, finding) for code, finding in spoken.items()},
        "digest": digest,
    }


def _digest(spoken: Mapping[str, Finding], is_open: bool) -> str:
    """Return what tells two lots of findings apart."""
    seen = sorted(
        (code, f.pk, str(f.status), str(f.severity), f.fingerprint) for code, f in spoken.items()
    )
    return hashlib.sha256(repr((is_open, seen)).encode()).hexdigest()[:16]


SCRIPTS = ("outbox", "lines", "saving", "live", "state", "keys", "paste")


def script_context(user: User, revision: Revision) -> dict[str, Any]:
    """Return what the scripts of a return's page need to know, and which they are."""
    return {
        "person": user.pk,
        "key": queue_key(user),
        "case": revision.case_id,
        "login": f"{settings.LOGIN_URL}?{urlencode({'next': '/desk/'})}",
        "files": [f"js/return/{name}.js" for name in SCRIPTS],
    }
