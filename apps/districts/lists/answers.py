"""What the city does with a claim: hand it on to the editors of the list, take it over, refuse it.

The city never writes what a district said, and a district never writes the city's list: a claim is
taken over into a draft correction of the list by that list's own editor, under the list's own
rules, and each side keeps the way to the other.
"""

import uuid
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from apps.accounts.models import Role, User
from apps.cases import scope
from apps.cases.desk.evidence import files_at
from apps.cases.domain.evidence import Place, carry_over
from apps.cases.domain.notifying import people_of, people_of_city, tell
from apps.cases.domain.records import remove_record, save_record
from apps.cases.errors import NotAllowed, Refused, WrongState
from apps.cases.kinds import RecordKind, record_kinds
from apps.cases.models import WRITABLE, Case, Revision, State
from apps.cases.origins import Origin
from apps.districts.lists import claims
from apps.districts.lists.models import CLAIMS, AnswerStep, ClaimAnswer, ListStatement, Says

# Before the city has accepted the return the district may still recall it.
ANSWERED_IN = frozenset({State.REVIEWING, State.APPROVED, State.ON_NOTICE, State.PUBLISHED})
DECIDES = (Role.CITY_REVIEWER, Role.CITY_PUBLISHER)
# No record kind is imported for it: the kinds import what stands beside their rows.
CODE = "list-statements"
_WITH = ("revision__case__bureau", "list_revision__case__bureau", "updated_by")


def visible_claims(user: User) -> QuerySet[ListStatement]:
    """Return the claims in ``user``'s scope: those of the returns he may see.

    The city's editors see no return; they see a claim once a reviewer has handed it on, as it was
    worded then, and nothing else of the return.
    """
    found = ListStatement.objects.filter(says__in=CLAIMS)
    wanted = Q(revision__in=Revision.objects.visible_to(user))
    if user.is_active and user.has_role(Role.CITY_EDITOR):
        handed_on = ClaimAnswer.objects.to_claims_as_they_stand().filter(step=AnswerStep.HANDED_ON)
        wanted |= Q(Exists(handed_on))
    return found.filter(wanted)


def find_claim(user: User, case_id: int, uid: uuid.UUID) -> ListStatement:
    """Return a claim of the newest revision in scope that holds it. Raises ``DoesNotExist``."""
    found = (
        visible_claims(user)
        .filter(revision__case=case_id, uid=uid)
        .select_related(*_WITH)
        .order_by("-revision__number")
        .first()
    )
    if found is None:
        raise ListStatement.DoesNotExist
    return found


def answers_to(statements: Sequence[ListStatement]) -> dict[uuid.UUID, list[ClaimAnswer]]:
    """Return what was answered to each claim as it is worded now, oldest first. One query."""
    versions = {statement.uid: statement.version for statement in statements}
    found: dict[uuid.UUID, list[ClaimAnswer]] = {}
    if not versions:
        return found
    rows = ClaimAnswer.objects.filter(statement_uid__in=versions).select_related(
        "actor", "list_revision__case"
    )
    for answer in rows.order_by("id"):
        if versions[answer.statement_uid] == answer.statement_version:
            found.setdefault(answer.statement_uid, []).append(answer)
    return found


def handed_on_claims(user: User) -> list[ListStatement]:
    """Return the claims in scope that were handed on to the editors, newest first.

    Of each, that of the newest revision that holds it as it was handed on. One query.
    """
    handed_on = ClaimAnswer.objects.to_claims_as_they_stand().filter(step=AnswerStep.HANDED_ON)
    later = ListStatement.objects.filter(
        uid=OuterRef("uid"),
        version=OuterRef("version"),
        revision__case=OuterRef("revision__case"),
        revision__number__gt=OuterRef("revision__number"),
    )
    return list(
        visible_claims(user)
        .filter(Exists(handed_on), ~Exists(later))
        .select_related("revision__case__bureau", "list_revision__case__bureau")
        .order_by("-pk")[:500]
    )


def open_correction(case: Case) -> Revision | None:
    """Return the revision of a list that its editors can write now, or None. One query."""
    return case.revisions.filter(state__in=WRITABLE).order_by("-number").first()


def _held(actor: User, case_id: int, uid: uuid.UUID) -> ListStatement:
    """Return the claim, its return held in its state and itself against a second answer at once.

    Raises ``DoesNotExist``, ``WrongState``.
    """
    seen = find_claim(actor, case_id, uid)
    scope.lock_shared(seen.revision_id)
    ListStatement.objects.select_for_update(of=("self",)).get(pk=seen.pk)
    # Read again: before the locks it may have been worded anew, or its return taken a step.
    found = visible_claims(actor).select_related(*_WITH).get(pk=seen.pk)
    if found.revision.state not in ANSWERED_IN:
        raise WrongState(_("A claim is answered once the city has accepted the return for review."))
    return found


def _last(claim: ListStatement) -> ClaimAnswer | None:
    return next(iter(reversed(answers_to([claim]).get(claim.uid, []))), None)


def _answer(
    claim: ListStatement,
    actor: User,
    step: AnswerStep,
    text: str = "",
    target: Revision | None = None,
    row_uid: uuid.UUID | None = None,
) -> ClaimAnswer:
    return ClaimAnswer.objects.create(
        revision=claim.revision,
        statement_uid=claim.uid,
        statement_version=claim.version,
        step=step,
        text=text.strip(),
        actor=actor,
        list_revision=target,
        row_uid=row_uid,
    )


def _tell(people: Iterable[User], claim: ListStatement, message: str, path: str = "") -> None:
    params = {
        "bureau": claim.revision.case.bureau.name,
        "row": claim.title,
        "list": claim.list_revision.case.subject,
    }
    address = reverse("districts:claim", args=[claim.revision.case_id, claim.uid])
    tell(people, message, params, path or address)


@transaction.atomic
def hand_on(actor: User, case_id: int, uid: uuid.UUID, text: str = "") -> ClaimAnswer:
    """Hand a claim on to the editors of the city's lists; from now on they see it and its files.

    Effects: the answer; a message to the editors, and to the publishers where the list has first to
    be opened for a correction. Handed on twice is handed on once. Raises ``DoesNotExist`` out of
    scope, ``NotAllowed``, ``WrongState``.
    """
    claim = _held(actor, case_id, uid)
    if not actor.has_role(*DECIDES):
        raise NotAllowed(_("Only the city's reviewers and publishers hand a claim on."))
    last = _last(claim)
    if last is not None and last.step != AnswerStep.REFUSED:
        return last
    answer = _answer(claim, actor, AnswerStep.HANDED_ON, text)
    editors = [person for person in people_of_city([Role.CITY_EDITOR]) if person != actor]
    _tell(editors, claim, HANDED_ON)
    if open_correction(claim.list_revision.case) is None:
        publishers = [person for person in people_of_city([Role.CITY_PUBLISHER]) if person != actor]
        path = reverse("desk:case", args=[claim.list_revision.case_id])
        _tell(publishers, claim, TO_BE_OPENED, path)
    return answer


@transaction.atomic
def refuse(actor: User, case_id: int, uid: uuid.UUID, text: str) -> ClaimAnswer:
    """Answer that a claim is not taken over, and why. The district gets a message.

    By a reviewer or publisher, or by an editor to whom it was handed on. Raises as ``hand_on``, and
    ``Refused`` without a reason or where it was taken over already.
    """
    claim = _held(actor, case_id, uid)
    if not actor.has_role(*DECIDES, Role.CITY_EDITOR):
        raise NotAllowed(_("Only the city answers a claim."))
    if not text.strip():
        raise Refused(_("Say why, so that the district understands it."))
    last = _last(claim)
    if last is not None and last.step == AnswerStep.TAKEN_OVER:
        raise Refused(_("This claim was taken over into a correction of the list already."))
    if last is not None and (last.step, last.text) == (AnswerStep.REFUSED, text.strip()):
        return last
    answer = _answer(claim, actor, AnswerStep.REFUSED, text)
    _tell(_district(claim), claim, REFUSED)
    return answer


@transaction.atomic
def take_over(actor: User, case_id: int, uid: uuid.UUID) -> ClaimAnswer:
    """Write what a district claims into the list's open correction, as its editor.

    Effects, in one transaction: the row is changed, added or removed by the functions that every
    row of a list is written with; the files that prove it go along; the answer; a message to the
    district. Taken over twice into the same correction is taken over once. Raises as ``hand_on``,
    and as ``save_record``; ``Refused`` where no correction of the list is open.
    """
    claim = _held(actor, case_id, uid)
    if not actor.has_role(Role.CITY_EDITOR):
        raise NotAllowed(_("Only the editors of the city's lists write in them."))
    target = open_correction(claim.list_revision.case)
    if target is None:
        raise Refused(
            _("No correction of this list is open. A publisher opens one on the list's page.")
        )
    last = _last(claim)
    if last is not None and last.list_revision_id == target.pk:
        return last
    row_uid = _write(actor, target, record_kinds[claim.row_kind], claim)
    _carry_files(actor, claim, target, row_uid)
    answer = _answer(claim, actor, AnswerStep.TAKEN_OVER, "", target, row_uid)
    _tell(_district(claim), claim, TAKEN_OVER)
    return answer


def _write(actor: User, target: Revision, kind: RecordKind, claim: ListStatement) -> uuid.UUID:
    """Write the claimed row by the functions of every case; return its permanent id."""
    values = claims.values_of(kind, claim.claim)
    if claim.row_uid is None:
        return save_record(actor, target.pk, kind, values).uid
    try:
        if values:
            save_record(actor, target.pk, kind, values, uid=claim.row_uid)
        else:
            remove_record(actor, target.pk, kind, claim.row_uid)
    except kind.model.DoesNotExist as error:
        raise Refused(_("The correction no longer holds this row.")) from error
    return claim.row_uid


def _carry_files(actor: User, claim: ListStatement, target: Revision, row_uid: uuid.UUID) -> None:
    """Attach the claim's files to the list's row; where the row goes, to the list as a whole."""
    is_gone = claim.says == Says.DISPUTED and not claim.claim
    place = Place() if is_gone else Place(claim.row_kind, row_uid)
    with override(settings.LANGUAGE_CODE):
        caption = _("From the return of %(bureau)s, %(year)s: %(reason)s") % {
            "bureau": claim.revision.case.bureau.name,
            "year": claim.revision.case.year,
            "reason": claim.reason,
        }
    for found in files_at(claim.revision, Place(CODE, claim.uid)):
        carry_over(actor, target.pk, found, place, caption=caption)


def _district(claim: ListStatement) -> list[User]:
    roles = (Role.DISTRICT_FILLER, Role.DISTRICT_SIGNATORY)
    return people_of(claim.revision.case.bureau, roles)


def origins_of_row(user: User, revision: Revision, uid: uuid.UUID) -> list[Origin]:
    """Return the claims that were written into a row of a list, for the row's page. One query."""
    taken = (
        ClaimAnswer.objects.filter(
            step=AnswerStep.TAKEN_OVER, row_uid=uid, list_revision__case=revision.case_id
        )
        .select_related("revision__case__bureau")
        .order_by("id")
    )
    return [
        Origin(
            _("Claimed by %(bureau)s in its return of %(year)s")
            % {
                "bureau": answer.revision.case.bureau,
                "year": answer.revision.case.year,
            },
            reverse("districts:claim", args=[answer.revision.case_id, answer.statement_uid]),
        )
        for answer in taken
    ]


HANDED_ON = gettext_noop(
    "%(bureau)s claims something of a list: “%(row)s” (%(list)s). Look at it, then take it over into the correction of the list, or say why not."
)
TO_BE_OPENED = gettext_noop(
    "%(bureau)s claims something of a list: “%(row)s” (%(list)s). Open a correction of the list, so that its editors can take it over."
)
TAKEN_OVER = gettext_noop(
    "The city has taken over what you claimed: “%(row)s” (%(list)s). It counts once the corrected list is published."
)
REFUSED = gettext_noop(
    "The city has not taken over what you claimed: “%(row)s” (%(list)s). Its reason stands beside it."
)
