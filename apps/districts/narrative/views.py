"""Writing a section of the narrative: it saves itself, takes figures by reference, keeps versions."""

import contextlib
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.cases.desk import page as desk_page
from apps.cases.desk import queries
from apps.cases.desk.views.base import DeskRequest, crumbs, revision_or_404, status_of
from apps.cases.desk.views.rows import ROW_NAMESPACE
from apps.cases.domain.findings import check_case
from apps.cases.domain.records import save_record
from apps.cases.errors import Invalid, StaleRecord, WorkflowError
from apps.cases.models import Revision
from apps.districts.checks.reading import Reading
from apps.districts.forms import NarrativeSectionForm
from apps.districts.kind import NARRATIVE_SECTION
from apps.districts.models import NarrativeSection
from apps.districts.narrative import references as refs
from apps.districts.narrative.marking import said_in
from apps.districts.narrative.versions import versions_of
from apps.districts.narrative.words import word_count

CODE = NARRATIVE_SECTION.code


def _revision(request: DeskRequest, case_id: int) -> Revision:
    """Return the return in the person's scope; 404 for anything else."""
    revision = revision_or_404(request, case_id)
    if revision.case.kind != "district-returns":
        raise Http404
    return revision


def _section(revision: Revision, uid: uuid.UUID) -> NarrativeSection:
    """Return a section of the return; 404 where it holds none of this id."""
    try:
        section = queries.find_row(revision, NARRATIVE_SECTION, uid)
    except NarrativeSection.DoesNotExist as error:
        raise Http404 from error
    assert isinstance(section, NarrativeSection)
    return section


@dataclass(frozen=True)
class Choice:
    """A figure that the writer may refer to."""

    token: str
    label: str
    printed: str


def _choices(references: refs.References) -> list[tuple[str, list[Choice]]]:
    """Return the figures to refer to, by section of the dictionary."""
    groups: dict[str, list[Choice]] = {}
    for row in sorted(references.rows, key=lambda row: (row.indicator.order, row.position)):
        token = references.token(row)
        about = [row.subject, row.period if "@" in token else ""]
        label = " · ".join(filter(None, [str(row.indicator), *about]))
        groups.setdefault(row.indicator.section_name, []).append(Choice(token, label, row.printed))
    return list(groups.items())


def _wants_json(request: DeskRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _clock(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "H:i")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def narrative_new(request: DeskRequest, case_id: int) -> HttpResponse:
    """Begin a section. The form sent twice, or saved by itself and then by hand, is one section."""
    revision = _revision(request, case_id)
    once = request.POST.get("once") or uuid.uuid4().hex
    uid = uuid.uuid5(ROW_NAMESPACE, f"{revision.pk}/{CODE}/{once}")
    known = NarrativeSection.objects.filter(revision=revision, uid=uid).first()
    if known is not None:
        return HttpResponseRedirect(_url(revision, uid))
    return _answer(request, revision, None, uid, once)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def narrative(request: DeskRequest, case_id: int, uid: uuid.UUID) -> HttpResponse:
    """Show a section; where it is open to the person, write it. A stale save shows both texts."""
    revision = _revision(request, case_id)
    return _answer(request, revision, _section(revision, uid), uid)


def _url(revision: Revision, uid: uuid.UUID, name: str = "narrative") -> str:
    return reverse(f"districts:{name}", args=[revision.case_id, uid])


def _answer(
    request: DeskRequest,
    revision: Revision,
    stored: NarrativeSection | None,
    uid: uuid.UUID,
    once: str = "",
) -> HttpResponse:
    """Answer a request for the page of a section, or a save by hand, by itself or by a button."""
    place = stored.uid if stored else None
    refusal = desk_page.write_refusal(request.user, revision, NARRATIVE_SECTION, place)
    blank = stored or NarrativeSection(revision=revision)
    if request.method != "POST":
        form = NarrativeSectionForm(instance=blank)
        return _page(request, revision, stored, form, once, refusal=refusal)
    data = request.POST.copy()
    fault = _edit(data)
    form = NarrativeSectionForm(data, instance=blank)
    # The form writes into its instance what was typed; the page tells the two apart.
    stored = _section(revision, uid) if stored else None
    if fault or "insert" in data:
        # Only the text on the page changes; the writer goes on from there.
        form.is_valid()
        if fault:
            form.add_error("text", fault)
        return _page(request, revision, stored, form, once, status=422 if fault else 200)
    if not form.is_valid():
        if _wants_json(request):
            return JsonResponse({"errors": form.errors}, status=422)
        return _page(request, revision, stored, form, once, refusal=refusal, status=422)
    if stored is not None and data.get("choice") == "theirs":
        return HttpResponseRedirect(_url(revision, uid))
    values = form.values if stored else {**form.values, "uid": uid}
    try:
        saved = save_record(
            request.user,
            revision.pk,
            NARRATIVE_SECTION,
            values,
            uid=place,
            version=form.cleaned_data["version"] if stored else None,
        )
    except StaleRecord as stale:
        return _conflict(request, revision, stale, form, once)
    except WorkflowError as error:
        if _wants_json(request):
            return JsonResponse({"refused": str(error)}, status=status_of(error))
        if isinstance(error, Invalid):
            form.add_error(None, str(error))
        return _page(request, revision, stored, form, once, refusal=error)
    if _wants_json(request):
        return JsonResponse(
            {
                "version": saved.version,
                "saved": _clock(saved.updated_at),
                "url": _url(revision, saved.uid),
            }
        )
    # The rules speak while the words are still in mind. A case handed on meanwhile was checked.
    with contextlib.suppress(WorkflowError):
        check_case(request.user, revision.pk)
    messages.success(request, _("Saved: %(row)s") % {"row": saved})
    if "done" in data:
        return HttpResponseRedirect(reverse("districts:return", args=[revision.case_id]))
    return HttpResponseRedirect(_url(revision, saved.uid))


def _edit(data: Any) -> str:
    """Do to the typed text what a button asks for; return why it cannot be done, or nothing."""
    # A browser sends line breaks as two characters, and shows them as one.
    text = data["text"] = data.get("text", "").replace("\r\n", "\n")
    if "insert" in data:
        if data.get("figure"):
            data["text"] = refs.insert(text, data["figure"])
        return ""
    for name, change in (("mark", refs.mark), ("unmark", refs.unmark)):
        if name not in data:
            continue
        start, _colon, number = data[name].partition(":")
        try:
            data["text"] = change(text, int(start), number)
        except ValueError:
            return _("The text was changed since the numbers were listed. Save it, then mark them.")
    return ""


def _conflict(
    request: DeskRequest, revision: Revision, stale: StaleRecord, form: Any, once: str
) -> HttpResponse:
    """Answer a stale save with both texts, who and when; what was typed stays."""
    theirs = stale.current
    assert isinstance(theirs, NarrativeSection)
    if _wants_json(request):
        return JsonResponse(
            {
                "theirs": {"heading": theirs.heading, "text": theirs.text},
                "by": str(theirs.updated_by),
                "at": _clock(theirs.updated_at),
                "version": theirs.version,
            },
            status=409,
        )
    form.data = form.data.copy()
    # The writer has now seen the other text: what he sends next is a choice.
    form.data["version"] = str(theirs.version)
    return _page(request, revision, theirs, form, once, conflict=theirs, status=409)


def _page(
    request: DeskRequest,
    revision: Revision,
    stored: NarrativeSection | None,
    form: NarrativeSectionForm,
    once: str,
    *,
    refusal: WorkflowError | None = None,
    conflict: NarrativeSection | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the page of a section: the text, its figures and numbers, and how it will read."""
    references = refs.References.of_revision(revision)
    typed = str(form["text"].value() or "")
    told = references.told(typed)
    limit = Reading(revision).limit_of(str(form["heading"].value() or ""))
    if refusal is not None and form.is_bound:
        status = status_of(refusal)
    title = str(stored) if stored else _("New section")
    return render(
        request,
        "districts/narrative.html",
        {
            "case": revision.case,
            "revision": revision,
            "stored": stored,
            "form": form,
            "once": once,
            "heading": title,
            "refusal": refusal,
            "conflict": conflict,
            "may_write": refusal is None or form.is_bound,
            "choices": _choices(references),
            "said": said_in(revision, typed, references) if typed else [],
            "told": told,
            "count": word_count(told),
            "limit": limit,
            "versions_url": _url(revision, stored.uid, "narrative_versions") if stored else "",
            "crumbs": _crumbs(revision, title),
        },
        status=status,
    )


def _crumbs(revision: Revision, *last: str) -> list[dict[str, str]]:
    way = crumbs(revision, *last)
    entry = {"url": reverse("districts:return", args=[revision.case_id]), "label": _("Entry")}
    return [*way[: len(way) - len(last)], entry, *way[len(way) - len(last) :]]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def narrative_versions(request: DeskRequest, case_id: int, uid: uuid.UUID) -> HttpResponse:
    """Show who wrote what when; put an older version back as a new save."""
    revision = _revision(request, case_id)
    section = _section(revision, uid)
    versions = versions_of(
        queries.history_of_row(request.user, revision.case, NARRATIVE_SECTION, uid)
    )
    refusal = desk_page.write_refusal(request.user, revision, NARRATIVE_SECTION, uid)
    status = 200
    if request.method == "POST":
        wanted = next(
            (v for v in versions if str(v.event.pgh_id) == request.POST.get("restore")), None
        )
        if wanted is None:
            raise Http404
        try:
            save_record(
                request.user,
                revision.pk,
                NARRATIVE_SECTION,
                {"heading": wanted.event.heading, "text": wanted.event.text},
                uid=uid,
                version=_number(request.POST.get("version")),
            )
        except WorkflowError as error:
            refusal, status = error, status_of(error)
        else:
            with contextlib.suppress(WorkflowError):
                check_case(request.user, revision.pk)
            messages.success(
                request,
                _("Version %(number)s stands again, as a new version.") % {"number": wanted.number},
            )
            return HttpResponseRedirect(_url(revision, uid))
    return render(
        request,
        "districts/narrative_versions.html",
        {
            "case": revision.case,
            "section": section,
            "versions": versions,
            "may_write": refusal is None or status == 409,
            "refusal": refusal if status != 200 else None,
            "url": _url(revision, uid),
            "crumbs": _crumbs(revision, str(section), _("Versions")),
        },
        status=status,
    )


def _number(text: str | None) -> int:
    """Return the version that a form was made from; nought, which is never current, for nonsense."""
    return int(text) if text and text.isdecimal() else 0
