"""The return page: a task list of sections, and each section's form."""

import contextlib
import uuid
from collections.abc import Mapping
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import Role, User
from apps.cases.deadlines import due_on_of, extensions_of
from apps.cases.desk.queries import find_revision
from apps.cases.domain.findings import check_case
from apps.cases.errors import StaleRecord, WorkflowError
from apps.cases.kinds import record_kinds
from apps.cases.models import FIELD_LENGTH, Revision
from apps.districts import domain
from apps.districts.derived import claimed, derivations, rows_behind
from apps.districts.forms import QUOTED
from apps.districts.lists.page import tasks_of
from apps.districts.models import IndicatorValue
from apps.districts.pasting import QUALIFIERS
from apps.districts.returns import Line, Return, Section, bind_forms, read_return
from apps.districts.saving import script_context

# Of what a figure is counted from, so many rows are shown.
MOST_ROWS_SHOWN = 500


def _read(request: HttpRequest, case_id: int, *, with_lists: bool = False) -> tuple[User, Return]:
    """Return the person and the return in scope; 404 for anything else."""
    assert isinstance(request.user, User)
    try:
        revision = find_revision(request.user, case_id)
    except Revision.DoesNotExist as error:
        raise Http404 from error
    if revision.case.kind != "district-returns":
        raise Http404
    return request.user, read_return(request.user, revision, with_lists=with_lists)


@login_required
def return_page(request: HttpRequest, case_id: int) -> HttpResponse:
    """Show what is done, what is missing and what is wrong, section by section."""
    user, page = _read(request, case_id, with_lists=True)
    assert page.lists is not None
    tasks = [
        {
            "url": reverse("districts:section", args=[case_id, section.number]),
            "title": section.title,
            "status": section.status,
            "note": _("%(filled)s figures entered") % {"filled": section.filled},
            "cure": _cure(section),
        }
        for section in page.sections
        if section.is_usual
    ]
    return render(
        request,
        "districts/return.html",
        {
            "crumbs": [
                {"url": reverse("desk:home"), "label": _("Desk")},
                {"url": reverse("desk:case", args=[case_id]), "label": str(page.revision.case)},
                {"url": "", "label": _("Entry")},
            ],
            "page": page,
            "tasks": tasks,
            "list_tasks": tasks_of(page.revision, page.lists, page.may_fill),
            "rows_waiting": len(page.lists.waiting),
            "row_count": len(page.lists.lines),
            "case": page.revision.case,
            "script": script_context(user, page.revision),
            "due": due_on_of(page.revision),
            "extensions": list(extensions_of(page.revision)),
            "may_ask_for_time": user.has_role(Role.DISTRICT_SIGNATORY)
            and page.revision.submitted_at is None,
            "empty_sections": [section for section in page.sections if not section.is_usual],
        },
    )


def _cure(section: Section) -> str:
    """Say what is left to do in a section."""
    if section.wrong:
        return ngettext(
            "%(count)s figure to correct or explain",
            "%(count)s figures to correct or explain",
            section.wrong,
        ) % {"count": section.wrong}
    if section.is_locked:
        return ""
    if section.missing:
        return ngettext(
            "%(count)s figure of last year has no value yet",
            "%(count)s figures of last year have no value yet",
            section.missing,
        ) % {"count": section.missing}
    return ""


@login_required
def entry(request: HttpRequest, case_id: int, code: str) -> HttpResponse:
    """Lead to the line where a figure is entered; ``code`` is cut as findings cut it."""
    _user, page = _read(request, case_id)
    for section in page.sections:
        for line in section.lines:
            if line.indicator.code[:FIELD_LENGTH] == code:
                url = reverse("districts:section", args=[case_id, section.number])
                return HttpResponseRedirect(f"{url}#figure-{line.prefix}")
    raise Http404


@login_required
def derived_page(request: HttpRequest, case_id: int, code: str) -> HttpResponse:
    """Show the rows of the city's lists that a counted figure is made of."""
    _user, page = _read(request, case_id)
    case = page.revision.case
    derivation = next(
        (each for each in derivations(case.year).values() if each.indicator.code == code), None
    )
    if derivation is None:
        raise Http404
    kind = record_kinds[derivation.record_kind]
    rows = list(rows_behind(derivation, page.district, case.year)[:MOST_ROWS_SHOWN])
    line = next(
        line for section in page.sections for line in section.lines if line.indicator.code == code
    )
    return render(
        request,
        "districts/derived.html",
        {
            "crumbs": [
                {"url": reverse("desk:home"), "label": _("Desk")},
                {"url": reverse("desk:case", args=[case_id]), "label": str(case)},
                {"url": reverse("districts:return", args=[case_id]), "label": _("Entry")},
                {"url": "", "label": str(derivation.indicator)},
            ],
            "page": page,
            "case": case,
            "line": line,
            "kind": kind,
            "counted": rows_behind(derivation, page.district, case.year).count(),
            "claimed": claimed(derivation, page.revision),
            "rows": [
                {
                    "title": str(getattr(row, kind.title_field)),
                    "list": str(row.revision.case),
                    "url": reverse("publications:record", args=[kind.code, row.uid]),
                }
                for row in rows
            ],
        },
    )


@login_required
def section_page(request: HttpRequest, case_id: int, number: int) -> HttpResponse:
    """Show one section's form; store what was sent. What cannot be stored stays in the form."""
    user, page = _read(request, case_id)
    section = page.section(number)
    if section is None:
        raise Http404
    if request.method == "POST":
        saved, failed = _save(user, page, section, request)
        if saved:
            # The rules speak while the figures are still in mind. A case handed on meanwhile was
            # checked with that.
            with contextlib.suppress(WorkflowError):
                check_case(user, page.revision.pk)
            messages.success(
                request,
                ngettext("%(count)s figure saved.", "%(count)s figures saved.", saved)
                % {"count": saved},
            )
        if not failed:
            target = "districts:return" if "done" in request.POST else "districts:section"
            args = [case_id] if "done" in request.POST else [case_id, number]
            return HttpResponseRedirect(reverse(target, args=args))
        # What was saved is read anew, so that a second try does not start from the versions
        # before the first; what was not stays as it was typed.
        user, page = _read(request, case_id)
        section = page.section(number)
        assert section is not None
        bind_forms(section)
        for line in section.lines:
            if (left := failed.get(line.prefix)) is not None:
                line.form, line.conflict = left.form, left.conflict
        has_conflict = any(line.conflict is not None for line in section.lines)
        return _show(request, page, section, status=409 if has_conflict else 422)
    bind_forms(section)
    return _show(request, page, section)


def _show(request: HttpRequest, page: Return, section: Section, status: int = 200) -> HttpResponse:
    assert isinstance(request.user, User)
    following = page.section(section.number + 1)
    desk, case = reverse("desk:home"), page.revision.case
    crumbs = [
        {"url": desk, "label": _("Desk")},
        {"url": reverse("desk:case", args=[case.pk]), "label": str(case)},
        {"url": reverse("districts:return", args=[case.pk]), "label": _("Entry")},
        {"url": "", "label": section.title},
    ]
    return render(
        request,
        "districts/section.html",
        {
            "crumbs": crumbs,
            "page": page,
            "section": section,
            "case": page.revision.case,
            "next_section": following,
            "script": script_context(request.user, page.revision),
            "qualifiers": QUALIFIERS,
            "forms": [line.form for line in section.lines if line.form is not None],
            "wrong_forms": [
                line.form for line in section.lines if line.form is not None and line.form.errors
            ],
        },
        status=status,
    )


def _save(
    user: User, page: Return, section: Section, request: HttpRequest
) -> tuple[int, dict[str, Line]]:
    """Save each changed line; return how many were saved, and the lines that were not.

    Each line stands for itself: a fault in one does not lose another.
    """
    bind_forms(section, request.POST)
    saved, failed = 0, {}
    for line in section.lines:
        form = line.form
        if form is None or not _was_sent(line, request.POST):
            continue
        if not _has_changed(line, request.POST):
            continue
        if not form.is_valid():
            failed[line.prefix] = line
            continue
        try:
            saved += _save_line(user, page, line, request.POST)
        except StaleRecord as stale:
            line.conflict = cast(IndicatorValue, stale.current)
            failed[line.prefix] = line
        except WorkflowError as refusal:
            form.add_error("value", str(refusal))
            failed[line.prefix] = line
    return saved, failed


def _was_sent(line: Line, data: Any) -> bool:
    return f"{line.prefix}-value" in data


def _has_changed(line: Line, data: Any) -> bool:
    """Say whether the person changed the line, or chose between two values."""
    assert line.form is not None
    content = {"value", "blank", "qualifier", *QUOTED}
    return bool(content & set(line.form.changed_data)) or f"{line.prefix}-choice" in data


def _save_line(user: User, page: Return, line: Line, data: Any) -> bool:
    """Store one line; return whether anything was to be stored."""
    assert line.form is not None
    values = dict(line.form.values)
    uid, version = _read_place(line, data)
    choice = data.get(f"{line.prefix}-choice")
    if choice == "theirs":
        return False
    if choice == "yours" and line.figure is not None:
        # The person has seen the other value; the version he saw it at is sent along.
        uid = line.figure.uid
        version = int(data.get(f"{line.prefix}-seen") or 0)
    if (
        uid is None
        and values["value"] is None
        and not values["blank"]
        and not _names_source(values)
    ):
        return False
    domain.save_figure(
        user,
        page.revision.pk,
        line.indicator,
        values,
        scope=line.scope,
        uid=uid,
        version=version,
    )
    return True


def _names_source(values: Mapping[str, Any]) -> bool:
    return any(values.get(name) for name in QUOTED)


def _read_place(line: Line, data: Any) -> tuple[uuid.UUID | None, int | None]:
    """Return the row and the version that the form was made from: none where there was no figure."""
    assert line.form is not None
    version = line.form.cleaned_data.get("version")
    if version is None or line.figure is None:
        return None, None
    return line.figure.uid, version
