"""What the public may read, asked in one place. Nothing here returns what is not published.

What a withdrawn case once said is for officials only: it is left out of every moment in the
past, and the revisions before it are left out with it.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    QuerySet,
    Value,
    prefetch_related_objects,
)
from django.db.models.functions import Cast
from django.utils import timezone

from apps.cases.domain.organisations import standing_for
from apps.cases.kinds import RecordKind, listed_record_kinds
from apps.cases.models import Case, Event, Mention, Record, Revision, State, TwinAnswer
from apps.cases.twins import partner, twins_of
from apps.publications.answers import Gone
from apps.publications.edition import is_remembering, remembered
from apps.registry.models import Organisation


def readable_revisions() -> QuerySet[Revision]:
    """Return the published and the corrected revisions, without those of a withdrawn case."""
    withdrawn = Revision.objects.filter(
        case=OuterRef("case"), state=State.WITHDRAWN, number__gte=OuterRef("number")
    )
    return (
        Revision.objects.filter(~Exists(withdrawn), state__in=[State.PUBLISHED, State.SUPERSEDED])
        .select_related("case__bureau", "release_item__release", "based_on")
        .defer(
            # A manifest grows with its release; its own address serves it.
            "release_item__release__manifest"
        )
    )


def public_revisions(as_of: dt.datetime | None = None) -> dict[int, Revision] | None:
    """Return the revisions that are public now, or were at ``as_of``, each with its case.

    Remembered for an edition; None outside a page that knows its edition. One query.
    """
    if not is_remembering():
        return None

    def read() -> dict[int, Revision]:
        found = Revision.objects.public(as_of)
        if as_of is not None:
            found = found.filter(pk__in=readable_revisions().values("pk"))
        found = found.select_related("case").only("number", "case__year", "case__kind")
        return {revision.pk: revision for revision in found}

    return remembered(("revisions", as_of), read)


class OneOf(Func):
    """The condition that a whole number is one of ``numbers``, written out in the question.

    The planner sees how many they are; of a subquery it guesses, and wrongly where it matters.
    """

    template = "%(expressions)s = ANY(%(numbers)s)"
    output_field = BooleanField()
    conditional = True

    def __init__(self, field: str, numbers: Iterable[int], **extra: Any) -> None:
        """Compare ``field``."""
        written = ",".join(str(int(number)) for number in numbers)
        super().__init__(F(field), numbers=f"'{{{written}}}'::bigint[]", **extra)


def public_rows(
    kind: RecordKind, as_of: dt.datetime | None = None, *, written_out: bool = False
) -> QuerySet[Any]:
    """Return the rows of ``kind`` that are public now, or were at ``as_of``, in printed order.

    ``written_out``: with the revisions as numbers, for what filters, searches and pages them.
    """
    revisions = public_revisions(as_of) if written_out else None
    if revisions is not None:
        return kind.with_relations(kind.model.objects.filter(OneOf("revision_id", revisions)))
    rows = kind.public_rows(as_of)
    if as_of is None:
        return rows
    return rows.filter(revision__in=readable_revisions().values("pk"))


def dictionary(model: type[Any]) -> dict[int, Any]:
    """Return all entries of a dictionary by their key, remembered for an edition. One query."""
    return remembered(("dictionary", model), lambda: model._default_manager.in_bulk())


def completed(kind: RecordKind, rows: Iterable[Any], as_of: dt.datetime | None = None) -> list[Any]:
    """Return ``rows`` with their revisions, and the entries of dictionaries that they name.

    What many rows share is read once an edition and not along with every row.
    """
    found = list(rows)
    revisions = public_revisions(as_of)
    if revisions is None:
        prefetch_related_objects(found, "revision__case", *kind.select_related)
        return found
    relations = [kind.model._meta.get_field(name) for name in kind.select_related]
    for relation in relations:
        entries = dictionary(relation.related_model)  # type: ignore[arg-type]
        for row in found:
            setattr(row, relation.name, entries.get(getattr(row, f"{relation.name}_id")))
    for row in found:
        if row.revision_id in revisions:
            row.revision = revisions[row.revision_id]
    return found


def rows_of(kind: RecordKind, revision: Revision) -> QuerySet[Any]:
    """Return the rows of ``kind`` in ``revision``, in printed order."""
    return (
        kind.model.objects.filter(revision=revision)
        .select_related("revision__case", *kind.select_related)
        .order_by("position", "id")
    )


def counts_by_kind(year: int) -> dict[str, dict[int | None, int]]:
    """Return the published rows of each listed kind in the report of ``year``, by district.

    Rows that name no district, and kinds that have none, count under ``None``. One query.
    """
    counts: dict[str, dict[int | None, int]] = {}
    parts = []
    for kind in listed_record_kinds():
        counts[kind.code] = {}
        district: Any = Cast(Value(None), BigIntegerField())
        if any(field.name == "district" for field in kind.model._meta.get_fields()):
            district = F("district_id")
        parts.append(
            kind.model.objects.public()
            .filter(revision__case__year=year)
            .order_by()
            .annotate(
                counted_kind=Value(kind.code, output_field=CharField()), counted_place=district
            )
            .values("counted_kind", "counted_place")
            .annotate(counted_rows=Count("*"))
        )
    first, *rest = parts
    for row in first.union(*rest, all=True):
        counts[row["counted_kind"]][row["counted_place"]] = row["counted_rows"]
    return counts


def newest_year() -> int | None:
    """Return the newest year that is told in full, as far as any is.

    While the first returns of a new year come out, the front page stays with the year before:
    the year of which the most kinds of case are published, the newest of several such.
    """
    kinds_of_year = (
        Revision.objects.public()
        .values("case__year")
        .annotate(kinds=Count("case__kind", distinct=True))
        .order_by("-kinds", "-case__year")
    )
    first = kinds_of_year.first()
    return first["case__year"] if first else None


def published_years() -> list[int]:
    """Return the years of which anything is published, newest first."""
    return list(
        Revision.objects.public()
        .order_by("-case__year")
        .values_list("case__year", flat=True)
        .distinct()
    )


def withdrawal(case: Case) -> Gone:
    """Return what a page answers that showed a row or a revision of a withdrawn ``case``."""
    event = Event.objects.filter(revision__case=case, transition="withdraw").latest("at")
    return Gone(event.reason, str(case), event.at)


def public_row(kind: RecordKind, uid: uuid.UUID, as_of: dt.datetime | None = None) -> Record:
    """Return the row with that permanent id as the public reads it.

    Raises ``Gone`` for a row that was public once, the model's ``DoesNotExist`` for any other.
    """
    row = public_rows(kind, as_of).filter(uid=uid).first()
    if row is not None:
        return row
    if as_of is None:
        raise_if_gone(kind, uid)
    raise kind.model.DoesNotExist


def raise_if_gone(kind: RecordKind, uid: uuid.UUID) -> None:
    """Raise ``Gone`` where the row stood in a revision that is no longer the public one."""
    last = (
        kind.model.objects.filter(uid=uid, revision__state__in=[State.SUPERSEDED, State.WITHDRAWN])
        .select_related("revision__case__bureau")
        .order_by("-revision__number")
        .first()
    )
    if last is None:
        return
    revision = last.revision
    successor = (
        readable_revisions()
        .filter(case=revision.case, number__gt=revision.number)
        .order_by("number")
        .first()
    )
    if revision.state == State.WITHDRAWN or successor is None:
        raise withdrawal(revision.case)
    raise Gone(
        successor.reason or successor.get_reason_code_display(),
        str(successor),
        successor.published_at,
    )


def revision_of(case_id: int, number: int) -> Revision:
    """Return a revision that anyone may read. Raises ``Gone`` or ``Revision.DoesNotExist``."""
    revision = readable_revisions().filter(case_id=case_id, number=number).first()
    if revision is not None:
        return revision
    gone = (
        Revision.objects.filter(
            case_id=case_id, number=number, state__in=[State.SUPERSEDED, State.WITHDRAWN]
        )
        .select_related("case__bureau")
        .first()
    )
    if gone is not None:
        raise withdrawal(gone.case)
    raise Revision.DoesNotExist


def published_mentions() -> QuerySet[Mention]:
    """Return where published rows name organisations. Drafts name nobody here."""
    return Mention.objects.filter(revision__state=State.PUBLISHED)


def public_organisations() -> QuerySet[Organisation]:
    """Return the organisations that a published row names."""
    return Organisation.objects.filter(
        Exists(published_mentions().filter(name__organisation=OuterRef("pk")))
    )


def accepted_twins(kind: RecordKind, uid: uuid.UUID) -> list[Record]:
    """Return the public rows of other lists that a person said are the same project. Two queries."""
    if kind.twins is None:
        return []
    twins = twins_of([uid], TwinAnswer.ACCEPTED)[uid]
    return list(public_rows(kind).filter(uid__in=[partner(twin, uid) for twin in twins]))


def joined_organisation(pk: int) -> int | None:
    """Return the public organisation that ``pk`` was joined to, be it by way of others; or None."""
    joined = Organisation.objects.select_related("joined_to").filter(pk=pk).first()
    if joined is None or joined.joined_to_id is None:
        return None
    standing = standing_for(joined)
    return public_organisations().filter(pk=standing.pk).values_list("pk", flat=True).first()


def joined_name(pk: int, kept: Organisation) -> str | None:
    """Return what an organisation was called that was joined to ``kept``; None where it was not."""
    joined = Organisation.objects.select_related("joined_to").filter(pk=pk).first()
    if joined is None or joined.joined_to_id is None or standing_for(joined).pk != kept.pk:
        return None
    return joined.name


def links_of(rows: Iterable[Record]) -> dict[tuple[object, str, int], int]:
    """Return the organisation's id for each name that ``rows`` print: (uid, field, position).

    One query.
    """
    records = list(rows)
    mentions = Mention.objects.filter(
        revision__in={record.revision_id for record in records},
        record_uid__in=[record.uid for record in records],
    ).values_list("record_uid", "field", "position", "name__organisation_id")
    return {(uid, field, position): pk for uid, field, position, pk in mentions}


def on_notice(at: dt.datetime | None = None) -> QuerySet[Revision]:
    """Return the revisions that are on public notice at this moment."""
    return (
        Revision.objects.filter(state=State.ON_NOTICE, notice_until__gt=at or timezone.now())
        .select_related("case__bureau")
        .order_by("notice_until", "id")
    )


def was_on_notice(case_id: int) -> bool:
    """Say whether a public notice of the case has ended, or was ended."""
    return Event.objects.filter(revision__case_id=case_id, transition="announce").exists()
