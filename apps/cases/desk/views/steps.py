"""Taking a step of the workflow: one page per step, which says what will happen."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.cases import guards, scope
from apps.cases.canonical import revision_hash
from apps.cases.desk import comparing, queries, shown_findings, signing
from apps.cases.desk.forms import StepForm
from apps.cases.desk.views.base import (
    DeskRequest,
    case_url,
    crumbs,
    page,
    revision_or_404,
    show_instead,
)
from apps.cases.domain.long_changes import ensure_free
from apps.cases.domain.transitions import available_steps, perform, why_not
from apps.cases.errors import StaleVersion, WorkflowError
from apps.cases.models import ReasonCode, Revision
from apps.cases.reading import Reading, reading_of
from apps.cases.receipts import SIGNED
from apps.cases.workflow import Transition, transitions_named
from apps.registry.working_days import add_working_days

# Steps after which the content cannot be quietly changed: their page names it by its hash.
BINDING = frozenset({"submit", "approve", "announce", "publish"})
DANGEROUS = frozenset({"return", "withdraw", "propose_withdrawal"})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: DeskRequest, case_id: int, number: int, name: str) -> HttpResponse:
    """Show what a step does and asks for; on POST take it. A refusal keeps what was typed."""
    beside = signing.beside(request.user) if name == SIGNED else None
    revision = revision_or_404(request, case_id, number, beside)
    try:
        named = transitions_named(name)
    except KeyError as error:
        raise Http404 from error
    taken = next((s for s in available_steps(revision, request.user) if s.name == name), None)
    row = taken or named[0]
    if request.method != "POST":
        if name == SIGNED and taken is not None:
            signing.read(revision)
        form = StepForm(step=row, initial=_initial(revision, row))
        refusal = why_not(
            name, revision, request.user, {"reason_code": ReasonCode.CORRECTION.value}
        )
        return _page(request, revision, row, form, refusal if taken is None else None, refusal)
    form = StepForm(request.POST, step=row)
    if not form.is_valid():
        if "version" in form.errors:
            return _refused(request, revision, row, form, StaleVersion())
        return _page(request, revision, row, form, status=422)
    try:
        # The step would wait for it, or keep it from being done.
        ensure_free(revision.pk)
        event = perform(
            name,
            revision.pk,
            request.user,
            version=form.cleaned_data["version"],
            reason=form.cleaned_data["reason"],
            details=form.details,
        )
    except WorkflowError as error:
        return _refused(request, revision, row, form, error)
    if event.to_state == event.from_state:
        # A correction or a withdrawal begins: what is published stays so for now.
        messages.success(
            request,
            _(
                "Done: “%(step)s”. Those who go on with it have a message; until then nothing changes "
                "for the public."
            )
            % {"step": row.label},
        )
    else:
        messages.success(
            request,
            _("Done: “%(step)s”. The case is now %(state)s.")
            % {
                "step": row.label,
                "state": event.get_to_state_display(),
            },
        )
    if name == SIGNED:
        # What was signed is handed to the person who signed it.
        return redirect("desk:receipt", revision.case_id, event.pk)
    return redirect(_after(request, revision))


def _initial(revision: Revision, row: Transition) -> dict[str, Any]:
    """Return what the form of a step begins with."""
    initial: dict[str, Any] = {"version": revision.version}
    if row.name == "send_back":
        initial["reason"] = signing.items_in_words(revision)
    return initial


def _after(request: DeskRequest, revision: Revision) -> str:
    """Return where the person goes on: the case, while it is still in his scope."""
    visible = queries.revisions_for(request.user).filter(pk=revision.pk).exists()
    return case_url(revision) if visible else "/desk/"


def _refused(
    request: DeskRequest,
    revision: Revision,
    row: Transition,
    form: StepForm,
    refusal: WorkflowError,
) -> HttpResponse:
    """Show the sentence above what was typed, and what the rules found, for the cure."""
    beside = signing.beside(request.user) if row.name == SIGNED else None
    revision = revision_or_404(request, revision.case_id, revision.number, beside)
    show_instead(form, "version", str(revision.version))
    return _page(request, revision, row, form, refusal)


def _page(
    request: DeskRequest,
    revision: Revision,
    row: Transition,
    form: StepForm,
    refusal: WorkflowError | None = None,
    foreseen: WorkflowError | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the page of a step."""
    is_possible = row in available_steps(revision, request.user)
    content: dict[str, Any] = {}
    reading = None
    if row.name == SIGNED and is_possible:
        reading = reading_of(revision) or signing.read(revision)
    # Before anything is read: what is saved from now on is told as changed.
    shown_at = reading.at if reading else timezone.now()
    if row.name in BINDING and is_possible:
        read = reading.content if reading else None
        digest, rows = read.hash if read else revision_hash(revision)
        content = {"hash": digest, "rows": rows}
    if form.figure_found:
        show_instead(form, "warned", form.cleaned_data.get("reason", ""))
    context = {
        "revision": revision,
        "case": revision.case,
        "step": row,
        "form": form,
        "is_possible": is_possible,
        "foreseen": None if refusal else foreseen,
        "content": content,
        "danger": row.name in DANGEROUS,
        "effects": _effects(revision, row),
        "crumbs": crumbs(revision, str(row.label)),
        "today": timezone.localdate(shown_at),
        "shown_at": shown_at,
    }
    if row.name in {"return", "approve", "submit", "hand_over", "send_back"}:
        findings = list(reading.findings) if reading else queries.findings_of(revision)
        views = shown_findings.finding_views(request.user, revision, findings)
        context["all_findings"] = views
        context["findings"] = [view for view in views if not view["is_settled"]]
    if is_possible and row.name == "hand_over":
        context["warning"] = _unsigned(request, revision)
    if any(s.name == "send_back" for s in available_steps(revision, request.user)):
        context["send_back_url"] = reverse(
            "desk:step", args=[revision.case_id, revision.number, "send_back"]
        )
    if row.name in {"approve", "publish", "announce"} and revision.based_on is not None:
        context["comparisons"] = comparing.comparisons(revision)
    if reading is not None:
        return _signing_page(request, reading, revision, form, context, refusal, status)
    return page(request, "cases/step.html", context, refusal, status)


def _signing_page(
    request: DeskRequest,
    reading: Reading,
    revision: Revision,
    form: StepForm,
    context: dict[str, Any],
    refusal: WorkflowError | None,
    status: int,
) -> HttpResponse:
    """Render the page on which a case is read whole, then signed.

    The form carries what the person is shown: the hash of the content, when, and the version of
    the statement. Signing means these. After a refusal they are those of the new page, and the
    tick has to be set again.
    """
    if refusal is not None and form.is_bound:
        context["meanwhile"] = signing.changed_meanwhile(revision, form.cleaned_data.get("seen_at"))
        show_instead(form, "agree", "")
    context |= signing.page(request.user, revision, reading, context["all_findings"])
    shown = {
        "seen_hash": context["content"]["hash"],
        "seen_at": context["shown_at"].isoformat(),
        "seen_statement": str(context["statement"].version),
    }
    for name, value in shown.items():
        if form.is_bound:
            show_instead(form, name, value)
        else:
            form.initial[name] = value
    return page(request, "cases/sign.html", context, refusal, status)


def _unsigned(request: DeskRequest, revision: Revision) -> str:
    """Return why the signatory could not sign what the filler is about to hand over, or nothing."""
    try:
        guards.findings_explained(revision, request.user, {})
    except WorkflowError as refusal:
        return str(refusal)
    return ""


def _effects(revision: Revision, row: Transition) -> list[str]:
    """Return what the step will do, in sentences."""
    said = {
        "hand_over": [
            _("The rules run over the whole case."),
            _("The case is locked for you while your bureau checks it."),
            _("Your bureau's signatory gets a message."),
        ],
        "send_back": [_("The filler can write in the case again, and gets your reason.")],
        "submit": [
            _("The rules run once more over the whole case."),
            _("Your signature is stored with the statement and the hash of the content."),
            _("The city's reviewers get a message. Until they accept the case you can recall it."),
        ],
        "recall": [_("The case goes back to being filled in. The city's reviewers are told why.")],
        "accept": [
            _("The case is assigned to you. The bureau can no longer recall it."),
        ],
        "return": [
            _("Only the items with a day are opened for correction; everything else stays locked."),
            _("The bureau gets your reason and the items."),
        ],
        "approve": [
            _("Your approval is bound to the hash of the content below."),
            _("Another person publishes it."),
        ],
        "reopen": [_("The approval is taken back; the case is under review again.")],
        "publish": [
            _("The content becomes public, for good, under a new release number."),
            _("It can be corrected later by a new revision; this one stays readable."),
        ],
        "restate": [
            _("A new revision is opened with the same rows, for the bureau to correct."),
            _("What is published stays public until the correction is published."),
        ],
        "propose_withdrawal": [_("Nothing changes yet: another person carries it out.")],
        "withdraw": [
            _("The public page answers that it was withdrawn, with your reason."),
            _("The history stays for officials."),
        ],
    }
    if row.name == "announce":
        last = add_working_days(timezone.localdate(), revision.case.notice_days or 0)
        return [
            _("The notice runs %(days)s working days, until the end of %(day)s.")
            % {"days": revision.case.notice_days or 0, "day": last}
        ]
    if row.name == "return" and not scope.open_items(revision):
        return said["return"][1:]
    if row.name == "publish" and revision.based_on is not None:
        former = _("Revision %(number)s becomes superseded; it stays readable at its address.")
        return [*said["publish"][:1], former % {"number": revision.based_on.number}]
    return said[row.name]
