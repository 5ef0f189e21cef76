"""How a finding is shown: its place, who may answer or decide it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import Role, User
from apps.cases import scope
from apps.cases.desk import queries
from apps.cases.desk.values import field_label
from apps.cases.models import (
    WRITABLE,
    Finding,
    Revision,
    Severity,
    State,
)
from apps.cases.reading import reading_of, titles_of

# Where the city decides on findings; elsewhere the bureau answers them.
DECIDED = frozenset({State.REVIEWING, State.ON_NOTICE})


def place_words(revision: Revision, finding: Finding, titles: dict[tuple[str, str], str]) -> str:
    """Return where a finding points to: the row and field, the kind of row, or the whole case."""
    for kind in revision.case.kind_spec.records:
        if kind.code != finding.record_kind:
            continue
        if finding.record_uid is None:
            return str(kind.label_plural)
        title = titles.get((kind.code, str(finding.record_uid)), _("a removed row"))
        if finding.field:
            return _("%(row)s: %(field)s") % {
                "row": title,
                "field": field_label(kind.model, finding.field),
            }
        return title
    # A figure that has no row yet: the rule that misses it names it.
    return str(finding.params.get("indicator") or _("The whole case"))


def place_url(revision: Revision, finding: Finding, titles: dict[tuple[str, str], str]) -> str:
    """Return where to go to see what a finding points to; nothing for the whole case."""
    key = (finding.record_kind, str(finding.record_uid))
    if key in titles:
        return reverse("desk:row", args=[revision.case_id, *key])
    field_url = revision.case.kind_spec.field_url
    if field_url and finding.field and not finding.record_kind:
        return reverse(field_url, args=[revision.case_id, finding.field])
    return ""


def may_explain(user: User, revision: Revision, finding: Finding) -> bool:
    """Say whether ``user`` can explain or answer ``finding`` now. A rule's block is corrected."""
    return (
        revision.state in WRITABLE
        and scope.may_fill(user, revision.case.kind_spec, revision.case.bureau_id)
        and not (finding.severity == Severity.BLOCKING and finding.rule)
    )


def may_decide(user: User, revision: Revision) -> bool:
    """Say whether ``user`` can decide on the findings of ``revision`` now."""
    return revision.state in DECIDED and user.has_role(Role.CITY_REVIEWER, Role.CITY_PUBLISHER)


def may_raise(user: User, revision: Revision) -> bool:
    """Say whether ``user`` can ask for a change now: the city's officials, or the signatory."""
    if revision.state == State.CHECKING:
        return scope.may_sign(user, revision)
    return may_decide(user, revision)


def _reply_label(user: User, revision: Revision, finding: Finding) -> str:
    if may_decide(user, revision):
        return _("Look at it, decide")
    return _("Answer") if may_explain(user, revision, finding) else _("Details")


def finding_view(
    user: User, revision: Revision, finding: Finding, titles: dict[tuple[str, str], str]
) -> dict[str, Any]:
    """Return a finding as ``components/finding.html`` takes it, and its thread."""
    return {
        "id": finding.pk,
        "severity": finding.severity,
        "message": str(finding),
        "status": finding.status,
        "get_status_display": finding.get_status_display(),
        "where": place_words(revision, finding, titles),
        "url": place_url(revision, finding, titles),
        "cure": _("To be corrected by %(day)s") % {"day": finding.deadline}
        if finding.deadline and not finding.is_settled
        else "",
        "reply_url": reverse("desk:finding", args=[revision.case_id, finding.pk]),
        "reply_label": _reply_label(user, revision, finding),
        "raised_by": finding.raised_by,
        "raised_at": finding.raised_at,
        "is_objection": finding.is_objection,
        "is_settled": finding.is_settled,
        "remarks": queries.thread_of(finding),
    }


def finding_views(user: User, revision: Revision, findings: list[Finding]) -> list[dict[str, Any]]:
    """Return findings for the page, with the titles of the rows they name."""
    places = [(f.record_kind, f.record_uid) for f in findings]
    reading = reading_of(revision)
    if reading is not None and reading.content is not None:
        titles = titles_of(reading.content, places)
    else:
        titles = queries.row_titles(revision, places)
    return [finding_view(user, revision, finding, titles) for finding in findings]
