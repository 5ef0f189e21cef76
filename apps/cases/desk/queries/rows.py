"""The rows of a revision, their files, their history, and what was removed."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from apps.accounts.models import User
from apps.cases.desk.queries.revisions import revisions_for
from apps.cases.domain.taking_back import UNDONE_IMPORT
from apps.cases.kinds import RecordKind
from apps.cases.models import Case, Evidence, Record, Revision


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
    """Return every stored state of a row in scope, oldest first, through all its revisions.

    By the keys under which the row stands or stood: each revision has its own, and a row that was
    put back a new one. Three queries.
    """
    history = kind.model.pgh_event_model.objects  # type: ignore[attr-defined]
    revisions = list(revisions_for(user).filter(case=case).values_list("pk", flat=True))
    stands = kind.model.objects.filter(uid=uid, revision__in=revisions).order_by()
    stood = history.filter(uid=uid, revision__in=revisions, pgh_label="delete").order_by()
    keys = list(stands.values_list("pk").union(stood.values_list("pgh_obj_id")))
    events = history.filter(
        pgh_obj_id__in=[key for (key,) in keys], uid=uid, revision__in=revisions
    )
    return list(
        events.select_related(
            "revision", "updated_by", "pgh_context", *kind.select_related
        ).order_by("pgh_id")
    )


def removed_rows(revision: Revision, kind: RecordKind, most: int | None = None) -> list[Any]:
    """Return the last state of the rows that were removed from this revision, latest first.

    Of many, the latest ``most``. What went because a whole import was taken back is not among
    them: the import itself can be stored again, and then these rows would stand twice.
    """
    found = _removed(revision, kind).exclude(pgh_context__metadata__has_key=UNDONE_IMPORT)
    return list(with_relations(found, kind).order_by("-pgh_id")[:most])


def is_removed(revision: Revision, kind: RecordKind, uid: uuid.UUID) -> bool:
    """Say whether a row was removed from this revision and not put back."""
    return _removed(revision, kind).filter(uid=uid).exists()


def _removed(revision: Revision, kind: RecordKind) -> QuerySet[Any]:
    """Return the removals that stand: of each row the last, where it was not put back."""
    removals = kind.model.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
        revision=revision, pgh_label="delete"
    )
    stands = kind.model.objects.filter(revision=revision, uid=OuterRef("uid"))
    later = removals.filter(uid=OuterRef("uid"), pgh_id__gt=OuterRef("pgh_id"))
    return removals.filter(~Exists(stands), ~Exists(later))


def people_by_id(ids: Iterable[Any]) -> dict[int, User]:
    """Return the accounts of the persons that a history names."""
    return User.objects.in_bulk({int(pk) for pk in ids if pk})
