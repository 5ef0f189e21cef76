"""What the desk asks: a person's work, the cases in his scope, their rows and their history.

Everything starts from ``revisions_for``; what is not in it does not exist for the person.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import (
    CharField,
    Count,
    DateTimeField,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Concat, Greatest, JSONObject
from django.utils import timezone

from apps.accounts.models import CITY_ROLES, DISTRICT_ROLES, Bureau, Role, User
from apps.cases.deadlines import Deadlines, due_expression
from apps.cases.kinds import Kind, RecordKind, kinds, record_kinds
from apps.cases.models import (
    OPEN,
    SETTLED,
    WRITABLE,
    Case,
    Event,
    Evidence,
    Finding,
    Look,
    Notification,
    Record,
    Remark,
    Revision,
    State,
)
from apps.registry.models import NoticeRule, ReportingYear

DESK_ROLES = frozenset({*DISTRICT_ROLES, *CITY_ROLES, Role.AUDITOR})
PEOPLE = (
    "created_by",
    "handed_over_by",
    "submitted_by",
    "reviewer",
    "approved_by",
    "published_by",
)


def revisions_for(user: User) -> QuerySet[Revision]:
    """Return the revisions ``user`` works with or reads at the desk; an administrator has none."""
    if not user.has_role(*DESK_ROLES):
        return Revision.objects.none()
    return Revision.objects.visible_to(user)


def latest_revisions(user: User) -> QuerySet[Revision]:
    """Return one revision per case: the one with the highest number that ``user`` may see."""
    later = revisions_for(user).filter(case=OuterRef("case"), number__gt=OuterRef("number"))
    return revisions_for(user).filter(~Exists(later)).select_related("case__bureau")


def find_revision(user: User, case_id: int, number: int | None = None) -> Revision:
    """Return a revision of a case in scope, the latest unless ``number`` says which.

    Raises ``Revision.DoesNotExist``.
    """
    revisions = revisions_for(user).filter(case_id=case_id)
    if number is not None:
        revisions = revisions.filter(number=number)
    revision = (
        revisions.select_related("case__bureau", "based_on", *PEOPLE).order_by("-number").first()
    )
    if revision is None:
        raise Revision.DoesNotExist
    return revision


def visible_revisions(user: User, case_id: int) -> list[Revision]:
    """Return the revisions of a case in scope, newest first, with all that their page tells.

    One query: with the case, its bureau, who did what, the release, the day on which the year is
    due, ``open_number`` and ``open_state`` of a correction under way, in scope or not, and
    ``seen_at``: up to when the person has seen it (said so, returned or approved it).
    """
    judged = Event.objects.filter(
        revision=OuterRef("pk"), actor=user, transition__in=["return", "approve"]
    )
    seen = Look.objects.filter(revision=OuterRef("pk"), person=user)
    under_way = Revision.objects.filter(case=OuterRef("case"), state__in=sorted(OPEN))
    return list(
        revisions_for(user)
        .filter(case_id=case_id)
        .select_related("case__bureau", "based_on", "release_item__release", *PEOPLE)
        .defer("release_item__release__manifest")
        .annotate(
            open_number=Subquery(under_way.values("number")[:1]),
            open_state=Subquery(under_way.values("state")[:1]),
            seen_at=Greatest(
                Subquery(seen.values("at")), Subquery(judged.order_by("-at").values("at")[:1])
            ),
            year_due_on=due_expression(),
        )
        .order_by("-number")
    )


def kinds_filled_by(user: User) -> list[Kind]:
    """Return the kinds of case that ``user`` opens and fills for his bureau."""
    return [kind for kind in kinds.values() if user.has_role(kind.filled_by)]


def to_publish(user: User) -> Q:
    """Return the condition of a revision that ``user``, a publisher, can bring on now."""
    ready = Q(state=State.APPROVED) | Q(state=State.ON_NOTICE, notice_until__lte=timezone.now())
    return ready & ~Q(approved_by=user)


def _waits_for(user: User) -> Q:
    """Return the condition of a revision that waits for ``user`` to do something."""
    own = Q(case__bureau=user.bureau_id)
    waits = own & Q(case__kind__in=[k.code for k in kinds_filled_by(user)], state__in=WRITABLE)
    if user.has_role(Role.DISTRICT_SIGNATORY):
        waits |= own & Q(state=State.CHECKING) & ~Q(handed_over_by=user)
    if user.has_role(Role.CITY_REVIEWER):
        waits |= Q(state=State.SUBMITTED) & ~Q(submitted_by=user)
        waits |= Q(state=State.REVIEWING, reviewer=user)
    if user.has_role(Role.CITY_PUBLISHER):
        waits |= to_publish(user)
    if user.has_role(Role.CITY_REVIEWER, Role.CITY_PUBLISHER):
        proposals = Event.objects.filter(
            transition="propose_withdrawal", from_version=F("revision__version") - 1
        ).exclude(actor=user)
        waits |= Q(state=State.PUBLISHED, pk__in=proposals.values("revision"))
    return waits


def waiting_for(user: User) -> QuerySet[Revision]:
    """Return what waits for ``user``, longest waiting first, with ``since`` and ``item_due``."""
    last = Event.objects.filter(revision=OuterRef("pk")).order_by("-from_version").values("at")[:1]
    return (
        revisions_for(user)
        .filter(_waits_for(user))
        .select_related("case__bureau")
        .annotate(
            since=Subquery(last, output_field=DateTimeField()),
            item_due=Min(
                "findings__deadline",
                filter=~Q(findings__status__in=sorted(SETTLED)),
            ),
        )
        .order_by("since", "pk")
    )


def reporting_years() -> dict[int, ReportingYear]:
    """Return every reporting year by its number, newest first."""
    return {row.year: row for row in ReportingYear.objects.order_by("-year")}


def due_on(revision: Revision, deadlines: Deadlines) -> dt.date | None:
    """Return the day by which the bureau has to act: the return's, else the term's. None: no day.

    ``revision`` comes from ``waiting_for`` or ``queue``.
    """
    if revision.state == State.RETURNED:
        return revision.item_due  # type: ignore[attr-defined]
    if revision.state in {State.DRAFT, State.CHECKING} and revision.number == 1:
        case = revision.case
        return deadlines.due(case.kind, case.bureau_id, case.year)
    return None


def notice_days() -> Callable[[str, int], int | None]:
    """Return the rules of public notice as a function of kind and year: one query for all."""
    rules = list(NoticeRule.objects.order_by("-from_year"))

    def days(kind: str, year: int) -> int | None:
        fitting = (r for r in rules if r.kind == kind and r.from_year <= year)
        rule = next(fitting, None)
        return rule.working_days or None if rule else None

    return days


@dataclass(frozen=True)
class Missing:
    """A case that the person's bureau has not begun."""

    kind: Kind
    year: int
    due_on: dt.date

    @property
    def is_late(self) -> bool:
        """Say whether its day has passed."""
        return self.due_on < timezone.localdate()


def missing_cases(user: User, deadlines: Deadlines) -> list[Missing]:
    """Return per open year the kinds of one case a year that the bureau has not begun."""
    wanted = [kind for kind in kinds_filled_by(user) if not kind.has_subject]
    if not wanted:
        return []
    begun = set(
        Case.objects.filter(
            bureau=user.bureau_id, kind__in=[kind.code for kind in wanted]
        ).values_list("kind", "year")
    )
    today = timezone.localdate()
    missing = []
    for year in deadlines.calendar.years:
        for kind in wanted:
            term = deadlines.term(kind.code, year)
            if term and term.opens_on <= today and (kind.code, year) not in begun:
                assert user.bureau_id is not None
                due = deadlines.due(kind.code, user.bureau_id, year)
                missing.append(Missing(kind, year, due or term.due_on))
    return missing


def recent_events(user: User, rows: int = 30) -> QuerySet[Event]:
    """Return the last steps on cases in scope, newest first."""
    return (
        Event.objects.filter(revision__in=revisions_for(user))
        .select_related("revision__case__bureau")
        .order_by("-at", "-pk")[:rows]
    )


def notifications_for(user: User) -> QuerySet[Notification]:
    """Return the person's messages, unread ones first, newest first."""
    return (
        Notification.objects.filter(recipient=user)
        .select_related("event__revision__case__bureau")
        .order_by(F("read_at").asc(nulls_first=True), "-pk")
    )


def bureaus_with_cases(user: User) -> QuerySet[Bureau]:
    """Return the bureaus whose cases are in scope."""
    return Bureau.objects.filter(pk__in=revisions_for(user).values("case__bureau"))


def years_with_cases(user: User) -> list[int]:
    """Return the years of cases in scope, newest first."""
    years = Case.objects.filter(pk__in=revisions_for(user).values("case"))
    return list(years.order_by("-year").values_list("year", flat=True).distinct())


def with_relations(rows: QuerySet[Any], kind: RecordKind) -> QuerySet[Any]:
    """Return ``rows`` with the relations of their kind fetched along.

    Called without names, ``select_related`` would follow every relation, and lose the history of
    removed rows on the way.
    """
    return rows.select_related(*kind.select_related) if kind.select_related else rows


def rows_of(revision: Revision, kind: RecordKind) -> QuerySet[Any]:
    """Return the rows of one kind in printed order, with what their list needs."""
    return (
        kind.model.objects.filter(revision=revision)
        .select_related("updated_by", *kind.select_related)
        .order_by("position", "id")
    )


def rows_and_named(
    revision: Revision, kind: RecordKind, on_page: slice, named: set[Any]
) -> list[Any]:
    """Return one page of rows in printed order, and the rows that findings name. One query.

    ``is_on_page`` says which is which.
    """
    rows = rows_of(revision, kind)
    wanted = Q(pk__in=rows.order_by("position", "id").values("pk")[on_page])
    found = rows.annotate(is_on_page=models.Case(models.When(wanted, then=True), default=False))
    return list(found.filter(wanted | Q(uid__in=named) if named else wanted))


def find_row(revision: Revision, kind: RecordKind, uid: uuid.UUID) -> Record:
    """Return one row of the revision. Raises the model's ``DoesNotExist``."""
    row: Record = kind.model.objects.select_related("updated_by", *kind.select_related).get(
        revision=revision, uid=uid
    )
    return row


def _thread() -> ArraySubquery:
    """Return the remarks of each finding of a query, as an array."""
    return ArraySubquery(
        Remark.objects.filter(finding=OuterRef("pk"))
        .order_by("pk")
        .values(
            remark=JSONObject(
                status="status",
                text="text",
                at="at",
                full_name="author__full_name",
                username="author__username",
            )
        )
    )


def findings_of(revision: Revision) -> list[Finding]:
    """Return what was said about the revision, open matters first, each with its thread.

    One query: a thread comes along as ``thread``, an array of remarks.
    """
    findings = list(revision.findings.select_related("raised_by").annotate(thread=_thread()))
    for finding in findings:
        finding.revision = revision
    weight = {"blocking": 0, "explain": 1, "hint": 2}
    return sorted(findings, key=lambda f: (f.is_settled, weight[f.severity], f.pk))


def thread_of(finding: Finding) -> list[Remark]:
    """Return the remarks of a finding that ``findings_of`` read, else ask for them."""
    if not hasattr(finding, "thread"):
        return list(finding.remarks.select_related("author"))
    return [
        Remark(
            finding=finding,
            status=said["status"],
            text=said["text"],
            at=dt.datetime.fromisoformat(said["at"]),
            author=User(full_name=said["full_name"], username=said["username"]),
        )
        for said in finding.thread
    ]


def row_counts(revision: Revision) -> dict[str, int]:
    """Return how many rows of each kind the revision holds, by the kind's code. One query.

    Each file that was not removed stands under ``file:<row>:<its own id>:<its name>``, the row
    blank for a file of the case.
    """
    files = (
        Evidence.objects.filter(revision=revision)
        .standing()
        .order_by()
        .values(
            counted=Concat(
                Value("file:"),
                Cast("record_uid", CharField()),
                Value(":"),
                Cast("uid", CharField()),
                Value(":"),
                "name",
                output_field=CharField(),
            )
        )
        .annotate(rows=Count("*"))
    )
    rows = (
        kind.model.objects.filter(revision=revision)
        .order_by()
        .values(counted=Value(kind.code, output_field=CharField()))
        .annotate(rows=Count("*"))
        for kind in revision.case.kind_spec.records
    )
    counts = {kind.code: 0 for kind in revision.case.kind_spec.records}
    for row in files.union(*rows, all=True):
        counts[row["counted"]] = row["rows"]
    return counts


def file_count(counts: dict[str, int]) -> int:
    """Return how many files ``row_counts`` found in all."""
    return sum(count for name, count in counts.items() if name.startswith("file:"))


def files_of_rows(counts: dict[str, int]) -> dict[str, list[tuple[str, str]]]:
    """Return the files that ``row_counts`` found: by the row's id, each as its own id and name."""
    files: dict[str, list[tuple[str, str]]] = {}
    for counted in counts:
        if counted.startswith("file:"):
            _file, row, uid, name = counted.split(":", 3)
            files.setdefault(row, []).append((uid, name))
    return files


def open_findings_of(revisions: Sequence[Revision]) -> list[Finding]:
    """Return what is open in any of ``revisions``, each with its thread. One query."""
    findings = (
        Finding.objects.filter(revision__in=[revision.pk for revision in revisions])
        .exclude(status__in=sorted(SETTLED))
        .select_related("raised_by")
        .annotate(thread=_thread())
    )
    weight = {"blocking": 0, "explain": 1, "hint": 2}
    return sorted(findings, key=lambda f: (weight[f.severity], f.pk))


def titles_of_findings(
    revisions: Sequence[Revision], findings: Sequence[Finding]
) -> dict[int, dict[tuple[str, str], str]]:
    """Return per revision the titles of the rows that its findings name.

    One query per kind of row, however many revisions.
    """
    titles: dict[int, dict[tuple[str, str], str]] = {}
    wanted: dict[str, set[tuple[int, uuid.UUID]]] = {}
    for finding in findings:
        if finding.record_uid is not None:
            place = (finding.revision_id, finding.record_uid)
            wanted.setdefault(finding.record_kind, set()).add(place)
    for code, places in wanted.items():
        kind = record_kinds[code]
        rows = kind.model.objects.filter(
            revision__in={pk for pk, _uid in places}, uid__in={uid for _pk, uid in places}
        )
        for row in with_relations(rows, kind):
            if (row.revision_id, row.uid) in places:
                title = str(getattr(row, kind.title_field))
                titles.setdefault(row.revision_id, {})[code, str(row.uid)] = title
    return titles


def row_titles(
    revision: Revision, places: Iterable[tuple[str, uuid.UUID | None]]
) -> dict[tuple[str, str], str]:
    """Return the titles of rows by record kind and uid. One query per record kind."""
    wanted: dict[str, set[uuid.UUID]] = {}
    for code, uid in places:
        if uid is not None:
            wanted.setdefault(code, set()).add(uid)
    titles = {}
    for kind in revision.case.kind_spec.records:
        if kind.code not in wanted:
            continue
        rows = kind.model.objects.filter(revision=revision, uid__in=wanted[kind.code])
        for row in with_relations(rows, kind):
            titles[kind.code, str(row.uid)] = str(getattr(row, kind.title_field))
    return titles


def history_of_row(user: User, case: Case, kind: RecordKind, uid: uuid.UUID) -> Sequence[Any]:
    """Return every stored state of a row in scope, oldest first, through all its revisions."""
    events = kind.model.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
        uid=uid, revision__in=revisions_for(user).filter(case=case)
    )
    return list(
        events.select_related(
            "revision", "updated_by", "pgh_context", *kind.select_related
        ).order_by("pgh_id")
    )


def removed_rows(revision: Revision, kind: RecordKind, most: int | None = None) -> list[Any]:
    """Return the last state of the rows that were removed from this revision, latest first.

    Of many, the latest ``most``.
    """
    model = kind.model.pgh_event_model  # type: ignore[attr-defined]
    last = (
        model.objects.filter(revision=revision)
        .values("uid")
        .annotate(last=Max("pgh_id"))
        .values("last")
    )
    removed = model.objects.filter(pgh_id__in=last, pgh_label="delete")
    return list(with_relations(removed, kind).order_by("-pgh_id")[:most])


def people_by_id(ids: Iterable[Any]) -> dict[int, User]:
    """Return the accounts of the persons that a history names."""
    return User.objects.in_bulk({int(pk) for pk in ids if pk})
