"""The reviewer's page of a case: what changed since he last looked, row by row, all in one place."""

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import Role, User
from apps.cases.beside import Beside
from apps.cases.changes import Diff, RowChange, Side, field_changes
from apps.cases.changes.diff import Entry
from apps.cases.desk import queries, shown_findings
from apps.cases.desk.evidence import list_url
from apps.cases.desk.values import EMPTY, field_label, in_words, words
from apps.cases.domain.evidence import Place
from apps.cases.flags import told
from apps.cases.kinds import RecordKind
from apps.cases.models import ENDED, Finding, Revision, Twin
from apps.cases.twins import twins_of

ROWS_PER_PAGE = 50
# What the page shows: rows that changed, rows with something open, every row.
CHANGED, OPEN, ALL = "changed", "open", "all"
REVIEWS = frozenset({Role.CITY_REVIEWER, Role.CITY_PUBLISHER, Role.AUDITOR})


@dataclass(frozen=True)
class Baseline:
    """The state with which the case is compared, in words."""

    code: str
    title: str
    before_label: str
    side: Side


@dataclass(frozen=True)
class Item:
    """One row as the reviewer sees it: its change, its values, what stands beside, what is said."""

    kind: RecordKind
    uid: uuid.UUID
    title: str
    what: str
    moved: bool
    fields: tuple[Any, ...]
    values: list[dict[str, str]]
    beside: Beside | None
    findings: list[dict[str, Any]]
    url: str
    # Files that prove the row, and where they are listed.
    files: list[dict[str, str]]
    files_url: str
    # Rows of other lists that may be the same project, or were said to be.
    twins: list[Twin]
    # What nobody settled when the row was taken in from a table.
    doubts: list[dict[str, str]]

    @property
    def open_findings(self) -> int:
        """Return how many matters of this row are not settled."""
        return sum(not finding["is_settled"] for finding in self.findings)


def baselines(revision: Revision) -> list[Baseline]:
    """Return with what ``revision`` can be compared, the most telling first.

    ``revision`` comes from ``queries.visible_revisions``: it knows up to when the person has seen
    it. What he never saw is compared with its return, then with what it corrects.
    """
    seen: dt.datetime | None = revision.seen_at  # type: ignore[attr-defined]
    found = []
    if seen is not None:
        found.append(
            Baseline("seen", _("since I last looked"), _("When I looked"), Side(revision, seen))
        )
    if revision.returned_at is not None and revision.state not in ENDED:
        found.append(
            Baseline(
                "returned",
                _("since it was returned"),
                _("When returned"),
                Side(revision, revision.returned_at),
            )
        )
    if revision.based_on is not None:
        found.append(
            Baseline(
                "published",
                _("against what is published"),
                _("As published"),
                Side(revision.based_on),
            )
        )
    return found


class Review:
    """What the review page shows. At most seven queries beside the page's own three."""

    def __init__(self, user: User, revision: Revision, data: dict[str, str]) -> None:
        """Read what is asked for: ``since``, ``show``, ``rows`` and ``page``."""
        self.user, self.revision, self.data = user, revision, data
        self.kinds = revision.case.kind_spec.records
        self.baselines = baselines(revision)
        named = [b for b in self.baselines if b.code == data.get("since")]
        self.baseline = next(iter([*named, *self.baselines]), None)

    @cached_property
    def diff(self) -> Diff | None:
        """Return what changed against the baseline, where there is one."""
        if self.baseline is None:
            return None
        return Diff(self.baseline.side, Side(self.revision), moves=False)

    @cached_property
    def findings(self) -> list[Finding]:
        """Return all that was said, open matters first."""
        return queries.findings_of(self.revision)

    @cached_property
    def counts(self) -> dict[str, int]:
        """Return how many rows there are of each kind."""
        return queries.row_counts(self.revision)

    def open_rows(self, kind: RecordKind) -> set[uuid.UUID]:
        """Return the rows of which something is not settled."""
        return {
            f.record_uid
            for f in self.findings
            if f.record_kind == kind.code and f.record_uid is not None and not f.is_settled
        }

    def count(self, kind: RecordKind, show: str) -> int:
        """Return how many rows of ``kind`` stand under ``show``."""
        if show == CHANGED:
            return len(self.diff.of(kind)) if self.diff else 0
        return len(self.open_rows(kind)) if show == OPEN else self.counts[kind.code]

    @cached_property
    def show(self) -> str:
        """Return what is shown: what was asked for, else the first sort of which there is any."""
        asked = self.data.get("show", "")
        if asked in (CHANGED, OPEN, ALL):
            return asked
        for show in (CHANGED, OPEN):
            if any(self.count(kind, show) for kind in self.kinds):
                return show
        return ALL

    @cached_property
    def kind(self) -> RecordKind:
        """Return the kind of row shown: the one asked for, else the first of which there is any."""
        named = [k for k in self.kinds if k.code == self.data.get("rows")]
        filled = [k for k in self.kinds if self.count(k, self.show)]
        return next(iter([*named, *filled, *self.kinds]))

    @cached_property
    def page(self) -> Page:
        """Return the page of keys: entries of the comparison, else places in the list."""
        keys: Any
        if self.show == CHANGED:
            keys = self.diff.of(self.kind) if self.diff else []
        else:
            keys = range(self.count(self.kind, self.show))
        return Paginator(keys, ROWS_PER_PAGE).get_page(self.data.get("page"))

    @cached_property
    def items(self) -> list[Item]:
        """Return the rows of the page. Three queries: the rows, their former states, the others."""
        kind = self.kind
        changes: list[RowChange]
        if self.show == CHANGED:
            changes = self.diff.rows(list(self.page.object_list)) if self.diff else []
        else:
            changes = self._standing_rows()
        rows = [change.after for change in changes if change.after is not None]
        files = queries.files_of_rows(self.counts)
        twins = twins_of([change.uid for change in changes]) if kind.twins else {}
        beside = kind.beside(self.user, self.revision, rows) if kind.beside and rows else {}
        return [
            Item(
                kind,
                change.uid,
                change.title,
                change.what,
                change.moved,
                change.fields if change.what == CHANGED else (),
                _values(kind, change.after if change.after is not None else change.before),
                beside.get(change.uid),
                self._said_of(change),
                reverse("desk:row", args=[self.revision.case_id, kind.code, change.uid]),
                [
                    {
                        "name": name,
                        "url": reverse("desk:evidence_file", args=[self.revision.case_id, uid]),
                    }
                    for uid, name in files.get(str(change.uid), [])
                ],
                list_url(self.revision.case_id, Place(kind.code, change.uid)),
                twins.get(change.uid, []),
                told(change.after) if change.after is not None else [],
            )
            for change in changes
        ]

    def _standing_rows(self) -> list[RowChange]:
        """Return the rows of a page that is not made of changes, each with its change if any."""
        kind = self.kind
        rows = queries.rows_of(self.revision, kind)
        if self.show == OPEN:
            rows = rows.filter(uid__in=self.open_rows(kind))
        count = self.page.paginator.count
        start = self.page.start_index() - 1 if count else 0
        standing = list(rows[start : self.page.end_index()])
        entries: dict[uuid.UUID, Entry] = {}
        if self.diff is not None:
            entries = {entry.uid: entry for entry in self.diff.of(kind)}
        shown = [entries[row.uid] for row in standing if row.uid in entries]
        refs = (entry.old_ref for entry in shown if entry.old_ref is not None)
        former = self.diff.before.rows(kind, refs) if self.diff else {}
        changes = []
        for row in standing:
            entry = entries.get(row.uid)
            before = former.get(entry.old_ref or 0) if entry else None
            changes.append(
                RowChange(
                    kind,
                    row.uid,
                    entry.what if entry else "",
                    words(getattr(row, kind.title_field)),
                    field_changes(kind, before, row) if before is not None else (),
                    False,
                    before,
                    row,
                )
            )
        return changes

    def _said_of(self, change: RowChange) -> list[dict[str, Any]]:
        key = (change.kind.code, str(change.uid))
        titles = {key: change.title} if change.after is not None else {}
        return [
            shown_findings.finding_view(self.user, self.revision, finding, titles)
            for finding in self.findings
            if (finding.record_kind, str(finding.record_uid)) == key
        ]

    @property
    def said_of_the_case(self) -> list[dict[str, Any]]:
        """Return what was said of the whole case, or of one of its lists."""
        return [
            shown_findings.finding_view(self.user, self.revision, finding, {})
            for finding in self.findings
            if finding.record_uid is None
        ]

    def url(self, **changed: str) -> str:
        """Return the address of this page with another choice."""
        chosen = {
            "since": self.baseline.code if self.baseline else "",
            "show": self.show,
            "rows": self.kind.code,
            **changed,
        }
        query = "&".join(f"{name}={value}" for name, value in chosen.items() if value)
        return f"?{query}"

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """Return the three sorts of rows with their numbers."""
        labels = {
            CHANGED: _("Changed %(since)s") % {"since": self.baseline.title}
            if self.baseline
            else _("Changed"),
            OPEN: _("Rows with something open"),
            ALL: _("Everything"),
        }
        return [
            {
                "url": self.url(show=show, rows=""),
                "label": label,
                "count": sum(self.count(kind, show) for kind in self.kinds),
                "current": show == self.show,
            }
            for show, label in labels.items()
            if show != CHANGED or self.baseline is not None
        ]

    @property
    def kind_tabs(self) -> list[dict[str, Any]]:
        """Return a tab per kind of row, where the case holds several."""
        if len(self.kinds) < 2:
            return []
        return [
            {
                "url": self.url(rows=kind.code),
                "label": kind.label_plural,
                "count": self.count(kind, self.show),
                "current": kind is self.kind,
            }
            for kind in self.kinds
        ]


def _values(kind: RecordKind, row: Any) -> list[dict[str, str]]:
    """Return what a row holds, without what is blank."""
    said = [
        {"label": field_label(kind.model, name), "value": in_words(row, name)}
        for name in kind.fields
        if name != kind.title_field
    ]
    return [item for item in said if item["value"] != EMPTY]
