"""Taking back what one transaction did to the rows of a case, read from their history.

What it added goes, what it changed is as before, what it removed comes back. A row that somebody
saved since stays as it is, and is named.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.cases import scope
from apps.cases.domain.bulk import Change, change_rows, copy_in_mentions, remove_rows
from apps.cases.domain.records import is_same, open_revision, store
from apps.cases.domain.would_take_back import Seen
from apps.cases.domain.writing import copy_in, in_pieces, name_the_writer
from apps.cases.kinds import RecordKind
from apps.cases.models import Revision

Tick = Callable[[int], None]
# Under this word the history says which import was taken back as a whole.
UNDONE_IMPORT = "undone_intake"
# Whoever waits hears of so many rows at once.
HEARD_OF = 10_000


def nobody(_rows: int) -> None:
    """Hear how many more rows are written, where nobody waits for it."""


@dataclass
class Undoing:
    """What taking back would do to the rows of one kind."""

    kind: RecordKind
    added: dict[uuid.UUID, int] = field(default_factory=dict)
    changed: list[Change] = field(default_factory=list)
    # The last states of rows that were removed: ids in the history.
    removed: list[int] = field(default_factory=list)
    # Titles of rows saved or removed by somebody since: they stay as they are.
    left: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Return how many rows would be touched."""
        return len(self.added) + len(self.changed) + len(self.removed)

    @property
    def digest(self) -> str:
        """Return what says which rows would be touched, as a preview says it."""
        seen = Seen()
        for uid, version in self.added.items():
            seen.add("+", uid, version)
        for change in self.changed:
            seen.add("=", change.uid, change.version)
        for event in self.removed:
            seen.add("-", event)
        return seen.digest


def undoing_of(kind: RecordKind, revision: Revision, context: uuid.UUID) -> Undoing:
    """Return what taking back the transaction ``context`` would do. It writes nothing.

    Of a changed row the fields that it changed go back, where they still hold what it wrote: what
    was saved in other fields since stays. So operations can be taken back in any order.
    """
    history = kind.model.pgh_event_model.objects  # type: ignore[attr-defined]
    result, names = Undoing(kind), (*_attnames(kind), "flags")
    title = names.index(kind.title_field)
    written = history.filter(pgh_context_id=context, revision_id=revision.pk).order_by("pgh_id")
    events = written.values_list("pgh_id", "uid", "version", "pgh_label", "pgh_obj_id", *names)
    for piece in in_pieces(events.iterator(chunk_size=5000), 5000):
        uids = [event[1] for event in piece]
        rows = kind.model.objects.filter(revision=revision, uid__in=uids)
        now = {row[0]: row[1:] for row in rows.values_list("uid", "version", *names)}
        changed = {event[4]: event[2] for event in piece if event[3] == "update"}
        before = _values_before(kind, changed, names)
        for event_id, uid, _version, label, key, *after in piece:
            stands = now.get(uid)
            if label == "delete" and stands is None:
                result.removed.append(event_id)
            elif label == "insert" and stands is not None and stands[1:] == tuple(after):
                result.added[uid] = stands[0]
            elif label == "update" and (back := _fields_back(names, before[key], after, stands)):
                assert stands is not None
                result.changed.append(Change(uid, stands[0], back))
            else:
                result.left.append(str(after[title]))
    return result


def _fields_back(
    names: Sequence[str],
    before: Sequence[Any],
    after: Sequence[Any],
    stands: Sequence[Any] | None,
) -> dict[str, Any]:
    """Return the fields to be written back with their values; none where one was saved since."""
    back = {}
    for place, name in enumerate(names):
        if is_same(before[place], after[place]):
            continue
        if stands is None or not is_same(stands[place + 1], after[place]):
            return {}
        back[name] = before[place]
    return back


def _values_before(
    kind: RecordKind, changed: dict[int, int], names: Sequence[str]
) -> dict[int, tuple[Any, ...]]:
    """Return the values that rows had one version earlier, by the key of the row.

    A row that was put back has a new key, and its history under it begins with what it came back
    as; so the version before a change stands under the same key, which has an index.
    """
    history = kind.model.pgh_event_model.objects  # type: ignore[attr-defined]
    found = {}
    events = history.filter(pgh_obj_id__in=changed).exclude(pgh_label="delete")
    for key, version, *values in events.order_by("pgh_id").values_list(
        "pgh_obj_id", "version", *names
    ):
        if version == changed[key] - 1:
            found[key] = tuple(values)
    return found


def take_back(actor: User, revision: Revision, undoing: Undoing, tick: Tick = nobody) -> None:
    """Do what ``undoing`` says; ``tick`` hears of the rows done. Called in the transaction that
    holds ``revision``.

    Raises as ``bulk.change_rows`` does.
    """
    kind = undoing.kind
    for added in in_pieces(undoing.added.items(), HEARD_OF):
        tick(remove_rows(actor, revision.pk, kind, dict(added)))
    for changes in in_pieces(undoing.changed, HEARD_OF):
        tick(change_rows(actor, revision.pk, kind, changes))
    for events in in_pieces(undoing.removed, HEARD_OF):
        _put_back(actor, revision.pk, kind, events)
        tick(len(events))


def _put_back(actor: User, revision_id: int, kind: RecordKind, events: Iterable[int]) -> None:
    """Store removed rows again, with their permanent ids and places."""
    revision = open_revision(actor, revision_id, kind)
    history = kind.model.pgh_event_model.objects  # type: ignore[attr-defined]
    kept = ("uid", "position", "source_line", "flags", *_attnames(kind))
    now = timezone.now()
    name_the_writer()
    for piece in in_pieces(events):
        records = [
            kind.model(
                revision=revision,
                version=version + 1,
                updated_at=now,
                updated_by=actor,
                **dict(zip(kept, values, strict=True)),
            )
            for version, *values in history.filter(pgh_id__in=piece)
            .order_by("position")
            .values_list("version", *kept)
        ]
        scope.ensure_rows_are_open(revision, kind.code, [record.uid for record in records])
        store(records, lambda rows=records: copy_in(kind.model, rows))  # type: ignore[misc]
        copy_in_mentions(revision, kind, records)


def _attnames(kind: RecordKind) -> list[str]:
    return [kind.model._meta.get_field(name).attname for name in kind.fields]  # type: ignore[union-attr]
