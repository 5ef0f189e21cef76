"""The lists in a return: what a district confirms, disputes, adds and takes back."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from apps.accounts.models import User
from apps.cases.desk.evidence import counts_by_row
from apps.cases.desk.views.base import DeskRequest, next_url, page, show_instead
from apps.cases.errors import Invalid, StaleRecord, WorkflowError
from apps.cases.kinds import RecordKind, record_kinds
from apps.cases.models import Revision
from apps.districts.checking import check_soon
from apps.districts.lists import claims, domain, own
from apps.districts.lists.answers import CODE
from apps.districts.lists.domain import Read
from apps.districts.lists.forms import ClaimForm, DisputeForm
from apps.districts.lists.models import ListStatement, Says
from apps.districts.lists.page import ListsPage, openness, values_of
from apps.districts.lists.standing import read_lists
from apps.districts.queries import return_in_scope

UNDO = "lists_undo"


def _return_or_404(request: DeskRequest, case_id: int) -> Revision:
    try:
        return return_in_scope(request.user, case_id)
    except Revision.DoesNotExist as error:
        raise Http404 from error


def crumbs(revision: Revision, *last: tuple[str, str]) -> list[dict[str, str]]:
    """Return the way from the desk to a page of the return's lists; ``last``: label and address."""
    case = revision.case
    way = [
        (_("Desk"), reverse("desk:home")),
        (str(case), reverse("desk:case", args=[case.pk])),
        (_("Entry"), reverse("districts:return", args=[case.pk])),
    ]
    return [{"label": label, "url": url} for label, url in [*way, *last]]


def _lists_crumb(revision: Revision) -> tuple[str, str]:
    return (_("Lists"), reverse("districts:lists", args=[revision.case_id]))


def check(user: User, revision: Revision) -> None:
    """Run the rules, unless they have just run. A case handed on meanwhile was checked with that."""
    try:
        check_soon(user, revision.pk)
    except WorkflowError:
        return


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def lists_page(request: DeskRequest, case_id: int) -> HttpResponse:
    """Show the district's rows on the city's lists; confirm and take back where they stand."""
    revision = _return_or_404(request, case_id)
    if request.method == "POST":
        return _act(request, revision)
    return _show(request, revision)


def _show(
    request: DeskRequest, revision: Revision, refusal: WorkflowError | None = None
) -> HttpResponse:
    shown = ListsPage(
        request.user,
        revision,
        read_lists(revision),
        request.GET.get("rows", ""),
        request.GET.get("show", ""),
        request.GET.get("page", ""),
    )
    undo = request.session.get(UNDO) or {}
    return page(
        request,
        "districts/lists/lists.html",
        {
            "revision": revision,
            "case": revision.case,
            "shown": shown,
            "page_obj": shown.page,
            "undo": len(undo.get("uids", [])) if undo.get("return") == revision.pk else 0,
            "may_add": shown.openness.is_open(None),
            "here": request.get_full_path(),
            "crumbs": crumbs(revision, (_("Lists"), "")),
        },
        refusal,
    )


def _reads(names: list[str]) -> list[Read]:
    """Return the rows that a form names; a name that is none is left out."""
    reads = []
    for name in names:
        uid, _dot, revision = name.partition(".")
        found = claims.uid_from(uid)
        if found is not None and revision.isascii() and revision.isdigit() and len(revision) < 18:
            reads.append(Read(found, int(revision)))
    return reads


def _act(request: DeskRequest, revision: Revision) -> HttpResponse:
    """Confirm one row or all that were shown, undo that, or take a statement back."""
    user, back = (
        request.user,
        next_url(request, reverse("districts:lists", args=[revision.case_id])),
    )
    undo = request.session.pop(UNDO, None) or {}
    try:
        if "undo" in request.POST:
            uids = [uuid.UUID(uid) for uid in undo.get("uids", [])]
            count = domain.take_back(user, revision.pk, uids)
            said = ngettext("%(count)s row is open again.", "%(count)s rows are open again.", count)
            messages.success(request, said % {"count": count})
        elif "back" in request.POST:
            found = claims.uid_from(request.POST["back"])
            domain.take_back(user, revision.pk, [found] if found else [])
            messages.success(request, _("Taken back: the row is open again."))
        else:
            one = request.POST.getlist("one")
            reads = _reads(one or request.POST.getlist("shown"))
            reads = reads if one else domain.waiting_reads(revision, reads)
            done = domain.confirm(user, revision.pk, reads)
            request.session[UNDO] = {
                "return": revision.pk,
                "uids": [str(statement.uid) for statement in done],
            }
            said = ngettext("%(count)s row confirmed.", "%(count)s rows confirmed.", len(done))
            messages.success(request, said % {"count": len(done)})
    except WorkflowError as refusal:
        return _show(request, revision, refusal)
    check(user, revision)
    return redirect(back)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request: DeskRequest, case_id: int, code: str, uid: uuid.UUID) -> HttpResponse:
    """Say what a row of the city's list should say, or that it should not stand there."""
    revision = _return_or_404(request, case_id)
    keys = own.own_keys(own.units_of(revision.case.bureau.district), revision.case.year)
    key = next((key for key in keys if (key.kind, key.uid) == (code, uid)), None)
    if key is None:
        raise Http404
    kind, row = record_kinds[code], own.rows_by_key([key])[uid]
    said = ListStatement.objects.filter(revision=revision, row_uid=uid).first()
    entry = _Entry(request, revision, kind, row.revision, said)
    shown = own.rows_by_key([key])[uid]
    if said is not None and said.says == Says.DISPUTED:
        for name, value in claims.values_of(kind, said.claim).items():
            setattr(shown, name, value)
    form = DisputeForm(
        request.POST or None,
        request.FILES or None,
        has_file=entry.files > 0,
        initial={
            "revision": key.revision_id,
            "version": said.version if said else None,
            "reason": said.reason if said else "",
            "is_foreign": said is not None and said.says == Says.DISPUTED and not said.claim,
        },
    )
    row_form: Any = kind.form(request.POST or None, instance=shown, prefix="row")
    if request.method == "POST":
        is_foreign = "is_foreign" in request.POST
        if form.is_valid() and (is_foreign or row_form.is_valid()):
            values = form.cleaned_data
            claim = {} if is_foreign else claims.what_differs(row, row_form.values)
            if not claim and not is_foreign:
                form.add_error(
                    None,
                    _("Correct at least one field, or say that the row should not stand here."),
                )
            else:
                read = Read(uid, values["revision"])
                version = values["version"]
                if entry.store(
                    form,
                    row_form,
                    lambda: domain.dispute(
                        request.user,
                        revision.pk,
                        read,
                        claim,
                        values["reason"],
                        values["file"],
                        version=version,
                    ),
                ):
                    return entry.done()
        show_instead(form, "revision", str(key.revision_id))
    return entry.page(
        form,
        row_form,
        row=row,
        values=values_of(kind, row),
        title=str(getattr(row, kind.title_field)),
    )


@login_required
@require_http_methods(["GET", "HEAD"])
def add_choice(request: DeskRequest, case_id: int) -> HttpResponse:
    """Ask from which list a row is missing."""
    revision = _return_or_404(request, case_id)
    return page(
        request,
        "districts/lists/add.html",
        {
            "revision": revision,
            "case": revision.case,
            "lists": domain.published_lists(revision),
            "may_add": openness(request.user, revision).is_open(None),
            "crumbs": crumbs(revision, _lists_crumb(revision), (_("Add a missing row"), "")),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: DeskRequest, case_id: int, list_id: int) -> HttpResponse:
    """Enter a row that is missing from one of the city's lists, with the document that proves it."""
    revision = _return_or_404(request, case_id)
    listed = next((r for r in domain.published_lists(revision) if r.case_id == list_id), None)
    if listed is None:
        raise Http404
    kind = domain.kind_of_list(listed)
    blank = kind.model(revision=listed)
    if "district" in kind.fields:
        blank.district = revision.case.bureau.district  # type: ignore[attr-defined]
    for name, value in claims.usual_values(listed, kind).items():
        setattr(blank, name, value)
    return _added(request, revision, kind, listed, blank, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def added(request: DeskRequest, case_id: int, uid: uuid.UUID) -> HttpResponse:
    """Word a row that was added anew."""
    revision = _return_or_404(request, case_id)
    said = (
        ListStatement.objects.filter(revision=revision, uid=uid, says=Says.ADDED)
        .select_related("list_revision__case__bureau")
        .first()
    )
    if said is None:
        raise Http404
    lists = {found.case_id: found for found in domain.published_lists(revision)}
    listed = lists.get(said.list_revision.case_id, said.list_revision)
    kind = record_kinds[said.row_kind]
    return _added(
        request,
        revision,
        kind,
        listed,
        kind.model(revision=listed, **claims.values_of(kind, said.claim)),
        said,
    )


def _added(
    request: DeskRequest,
    revision: Revision,
    kind: RecordKind,
    listed: Revision,
    blank: Any,
    said: ListStatement | None,
) -> HttpResponse:
    entry = _Entry(request, revision, kind, listed, said)
    form = ClaimForm(
        request.POST or None,
        request.FILES or None,
        has_file=entry.files > 0,
        initial={
            "reason": said.reason if said else "",
            "version": said.version if said else None,
        },
    )
    row_form: Any = kind.form(request.POST or None, instance=blank, prefix="row")
    if request.method == "POST" and all([form.is_valid(), row_form.is_valid()]):
        values = form.cleaned_data
        if entry.store(
            form,
            row_form,
            lambda: domain.add(
                request.user,
                revision.pk,
                listed,
                kind,
                claims.claim_of(row_form.values),
                values["reason"],
                values["file"],
                uid=said.uid if said else None,
                version=values["version"],
            ),
        ):
            return entry.done()
    title = said.title if said else _("Missing from: %(list)s") % {"list": listed.case}
    return entry.page(form, row_form, row=None, values=[], title=title)


class _Entry:
    """What entering a claim has in common, whether the row is on the list or not."""

    def __init__(
        self,
        request: DeskRequest,
        revision: Revision,
        kind: RecordKind,
        listed: Revision,
        said: ListStatement | None,
    ) -> None:
        self.request, self.revision, self.kind = request, revision, kind
        self.listed, self.said = listed, said
        self.refusal: WorkflowError | None = None
        self.files = counts_by_row(revision, CODE)[str(said.uid)] if said else 0

    def store(self, form: Any, row_form: Any, write: Any) -> bool:
        """Run ``write``; put what it refuses where the person sees it. Say whether it was stored."""
        try:
            write()
        except StaleRecord as stale:
            # He has seen that a colleague spoke about the row; a second try is his choice.
            show_instead(form, "version", str(stale.current.version))
            self.refusal = stale
        except Invalid as error:
            for name, sentences in error.errors.items():
                target = form if name in form.fields else row_form
                for sentence in sentences:
                    target.add_error(name if name in target.fields else None, sentence)
        except WorkflowError as error:
            self.refusal = error
        else:
            check(self.request.user, self.revision)
            messages.success(self.request, _("Saved. The city sees it once you have reported."))
            return True
        return False

    def done(self) -> HttpResponse:
        """Go on with the rows of the same kind."""
        lists = reverse("districts:lists", args=[self.revision.case_id])
        return redirect(f"{lists}?rows={self.kind.code}")

    def page(self, form: Any, row_form: Any, **more: Any) -> HttpResponse:
        """Show the form with all that was typed, and every fault at once."""
        uid = self.said.uid if self.said else None
        bound = [each for each in (form, row_form) if each.is_bound and each.errors]
        return page(
            self.request,
            "districts/lists/claim_form.html",
            {
                "revision": self.revision,
                "case": self.revision.case,
                "kind": self.kind,
                "listed": self.listed,
                "said": self.said,
                "files": self.files,
                "form": form,
                "row_form": row_form,
                "wrong_forms": bound,
                "is_open": openness(self.request.user, self.revision).is_open(uid),
                "crumbs": crumbs(
                    self.revision, _lists_crumb(self.revision), (str(more["title"]), "")
                ),
                **more,
            },
            self.refusal,
            status=422 if self.request.method == "POST" else 200,
        )
