"""The city's side of a claim: the row of the list beside what the district says, and the answer."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.models import Role
from apps.cases.desk.evidence import files_at
from apps.cases.desk.values import EMPTY
from apps.cases.desk.views.base import DeskRequest, page, show_instead
from apps.cases.desk.views.evidence import hand_out
from apps.cases.domain.evidence import Place
from apps.cases.errors import WorkflowError
from apps.cases.kinds import record_kinds
from apps.cases.models import Revision
from apps.districts.lists import answers, own
from apps.districts.lists.forms import AnswerForm
from apps.districts.lists.models import AnswerStep, ListStatement
from apps.districts.lists.page import claim_lines, values_of

CITY = (Role.CITY_EDITOR, Role.CITY_REVIEWER, Role.CITY_PUBLISHER, Role.AUDITOR)


def _claim_or_404(request: DeskRequest, case_id: int, uid: uuid.UUID) -> ListStatement:
    try:
        return answers.find_claim(request.user, case_id, uid)
    except ListStatement.DoesNotExist as error:
        raise Http404 from error


def _crumbs(claim: ListStatement | None = None) -> list[dict[str, str]]:
    way = [
        {"url": reverse("desk:home"), "label": _("Desk")},
        {"url": reverse("districts:claims") if claim else "", "label": _("Claims on the lists")},
    ]
    return [*way, {"url": "", "label": claim.title}] if claim else way


@login_required
@require_safe
def claims_page(request: DeskRequest) -> HttpResponse:
    """List what was handed on to the editors, newest first. Five queries at any number."""
    if not request.user.has_role(*CITY):
        raise Http404
    found = answers.handed_on_claims(request.user)
    given = answers.answers_to(found)
    return page(
        request,
        "districts/lists/claims.html",
        {
            "claims": [
                {
                    "claim": claim,
                    "url": reverse("districts:claim", args=[claim.revision.case_id, claim.uid]),
                    "answer": given[claim.uid][-1],
                    "is_open": given[claim.uid][-1].step == AnswerStep.HANDED_ON,
                }
                for claim in found
            ],
            "crumbs": _crumbs(),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def claim_page(request: DeskRequest, case_id: int, uid: uuid.UUID) -> HttpResponse:
    """Show a claim beside the city's row; hand it on, take it over, or say why not."""
    claim = _claim_or_404(request, case_id, uid)
    form = AnswerForm(request.POST or None)
    refusal: WorkflowError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            said = _act(request, claim, form.cleaned_data["text"])
        except WorkflowError as error:
            refusal = error
        else:
            messages.success(request, said)
            return redirect("districts:claim", case_id, uid)
    if form.figure_found:
        show_instead(form, "warned", form.cleaned_data.get("text", ""))
    return _page(request, claim, form, refusal)


def _act(request: DeskRequest, claim: ListStatement, text: str) -> str:
    """Do what the button says; return what was done, in words."""
    place = (claim.revision.case_id, claim.uid)
    if "take_over" in request.POST:
        answers.take_over(request.user, *place)
        return _("Taken over into the correction of the list. The district has a message.")
    if "hand_on" in request.POST:
        answers.hand_on(request.user, *place, text)
        return _("Handed on. The editors of the list have a message.")
    answers.refuse(request.user, *place, text)
    return _("Answered. The district has a message with your reason.")


def _page(
    request: DeskRequest, claim: ListStatement, form: AnswerForm, refusal: WorkflowError | None
) -> HttpResponse:
    kind, user = record_kinds[claim.row_kind], request.user
    source = None
    if claim.row_uid is not None:
        key = own.Key(kind.code, claim.row_uid, claim.list_revision_id)
        source = own.rows_by_key([key]).get(claim.row_uid)
    given = answers.answers_to([claim]).get(claim.uid, [])
    last = given[-1].step if given else ""
    correction = answers.open_correction(claim.list_revision.case)
    is_answered = claim.revision.state in answers.ANSWERED_IN and last != AnswerStep.TAKEN_OVER
    decides = is_answered and user.has_role(*answers.DECIDES)
    edits = is_answered and user.has_role(Role.CITY_EDITOR)
    return page(
        request,
        "districts/lists/claim.html",
        {
            "claim": claim,
            "case": claim.revision.case,
            "kind": kind,
            "source": source,
            "source_values": values_of(kind, source) if source is not None else [],
            "lines": claim_lines(kind, source, claim.claim),
            "empty": EMPTY,
            "files": files_at(claim.revision, Place(answers.CODE, claim.uid)),
            "answers": given,
            "correction": correction,
            "form": form,
            "may_hand_on": decides and last != AnswerStep.HANDED_ON,
            "may_refuse": decides or edits,
            "may_take_over": edits and correction is not None,
            "waits_for_correction": edits and correction is None,
            "sees_return": Revision.objects.visible_to(user).filter(pk=claim.revision_id).exists(),
            "crumbs": _crumbs(claim) if user.has_role(*CITY) else _crumbs(claim)[::2],
        },
        refusal,
        status=422 if request.method == "POST" else 200,
    )


@login_required
@require_safe
def claim_file(
    request: DeskRequest, case_id: int, uid: uuid.UUID, file_uid: uuid.UUID
) -> HttpResponse:
    """Hand out a file that proves a claim, to those who see the claim."""
    claim = _claim_or_404(request, case_id, uid)
    for found in files_at(claim.revision, Place(answers.CODE, claim.uid)):
        if found.uid == file_uid:
            return hand_out(request, found)
    raise Http404
