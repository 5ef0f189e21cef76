"""What the page of the lists shows, made of plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.cases import scope
from apps.cases.desk.evidence import counts_by_row, list_url
from apps.cases.desk.values import EMPTY, field_label, in_words
from apps.cases.domain.evidence import Place
from apps.cases.kinds import RecordKind, record_kinds
from apps.cases.models import WRITABLE, Finding, Revision
from apps.districts.lists import claims
from apps.districts.lists.answers import CODE, answers_to
from apps.districts.lists.models import CLAIMS, ClaimAnswer
from apps.districts.lists.standing import Line, Lists, Standing

ROWS_PER_PAGE = 50
OPEN, ALL = "open", "all"


@dataclass
class Openness:
    """Which statements a person can write now."""

    may_fill: bool
    # What a returned case was returned for; None where everything is open.
    items: list[Finding] | None

    def is_open(self, uid: object | None) -> bool:
        """Say whether the statement ``uid`` can be written; None: a new one."""
        return self.may_fill and (self.items is None or scope.row_is_named(self.items, CODE, uid))


def openness(user: User, revision: Revision) -> Openness:
    """Return what ``user`` can write of the lists in ``revision``. One query in a returned case."""
    may_fill = revision.state in WRITABLE and scope.may_fill(
        user, revision.case.kind_spec, revision.case.bureau_id
    )
    items = scope.open_items(revision) if may_fill and revision.returned_at else None
    return Openness(may_fill, items)


@dataclass
class Row:
    """One row as the page shows it."""

    line: Line
    kind: RecordKind
    values: list[dict[str, str]]
    claimed: str
    answer: ClaimAnswer | None
    files: int
    files_url: str
    is_open: bool

    @property
    def title(self) -> str:
        """Return the row's title as published, else as it was read."""
        if self.line.row is not None:
            return str(getattr(self.line.row, self.kind.title_field))
        assert self.line.statement is not None
        return self.line.statement.title

    @property
    def list_name(self) -> str:
        """Return the name of the list that it stands on, or stood on."""
        if self.line.row is not None:
            return str(self.line.row.revision.case)
        assert self.line.statement is not None
        return str(self.line.statement.list_revision.case)

    @property
    def read(self) -> str:
        """Return how a form names the row as it is shown here."""
        key = self.line.key
        return f"{key.uid}.{key.revision_id}" if key is not None else ""

    @property
    def public_url(self) -> str:
        """Return the row's public page, with its trace."""
        if self.line.key is None:
            return ""
        return reverse("publications:record", args=[self.kind.code, self.line.key.uid])

    @property
    def badge(self) -> str:
        """Return the class of the badge that says how it stands."""
        return {
            Standing.CONFIRMED: "badge-ok",
            Standing.MET: "badge-ok",
            Standing.LAPSED: "badge-bad",
            Standing.GONE: "badge-bad",
            Standing.OPEN: "badge-warn",
        }.get(self.line.standing, "badge-seal")

    @property
    def may_confirm(self) -> bool:
        """Say whether it can be confirmed now."""
        return (
            self.is_open
            and self.line.key is not None
            and self.line.standing not in {Standing.CONFIRMED}
        )


class ListsPage:
    """The rows of one kind on one page, and how far all of them are settled."""

    def __init__(
        self, user: User, revision: Revision, lists: Lists, rows: str, show: str, number: str
    ) -> None:
        """Choose what was asked for, else the first kind that waits; at most six queries."""
        self.revision, self.lists = revision, lists
        self.openness = openness(user, revision)
        waiting = {line.kind for line in lists.waiting}
        named = [kind for kind in lists.kinds if kind.code == rows]
        first = [kind for kind in lists.kinds if kind.code in waiting]
        self.kind = next(iter([*named, *first, *lists.kinds]), None)
        self.show = show if show in {OPEN, ALL} else (OPEN if waiting else ALL)
        lines = lists.of(self.kind) if self.kind else []
        if self.show == OPEN:
            lines = [line for line in lines if line.is_waiting]
        self.page: Page = Paginator(lines, ROWS_PER_PAGE).get_page(number)
        shown = list(self.page.object_list)
        lists.read_rows(shown)
        said = [line.statement for line in shown if line.statement is not None]
        self._answers = answers_to([s for s in said if s.says in CLAIMS])
        self._files = counts_by_row(revision, CODE) if said else {}
        self.rows = [self._row(line) for line in shown]

    def _row(self, line: Line) -> Row:
        kind = record_kinds[line.kind]
        statement = line.statement
        uid = statement.uid if statement else None
        given = self._answers.get(uid, []) if uid else []
        return Row(
            line,
            kind,
            values_of(kind, line.row) if line.row is not None else [],
            statement.get_claim_display() if statement and statement.claim else "",
            given[-1] if given else None,
            self._files.get(str(uid), 0) if uid else 0,
            list_url(self.revision.case_id, Place(CODE, uid)) if uid else "",
            self.openness.is_open(uid),
        )

    @property
    def to_confirm(self) -> list[Row]:
        """Return the rows shown that wait and can be confirmed."""
        return [row for row in self.rows if row.may_confirm and row.line.is_waiting]

    def url(self, **changed: str) -> str:
        """Return the address of this page with another choice."""
        chosen = {"rows": self.kind.code if self.kind else "", "show": self.show, **changed}
        return "?" + "&".join(f"{name}={value}" for name, value in chosen.items() if value)

    @property
    def kind_tabs(self) -> list[dict[str, Any]]:
        """Return a tab per kind of row, with the number that waits."""
        return [
            {
                "url": self.url(rows=kind.code, show=""),
                "label": kind.label_plural,
                "count": sum(line.is_waiting for line in self.lists.of(kind)) or "",
                "current": kind is self.kind,
            }
            for kind in self.lists.kinds
        ]

    @property
    def show_tabs(self) -> list[dict[str, Any]]:
        """Return the two choices: what is open, and everything."""
        lines = self.lists.of(self.kind) if self.kind else []
        counts = {OPEN: sum(line.is_waiting for line in lines), ALL: len(lines)}
        labels = {OPEN: _("Still open"), ALL: _("All rows")}
        return [
            {
                "url": self.url(show=show),
                "label": labels[show],
                "count": counts[show],
                "current": show == self.show,
            }
            for show in (OPEN, ALL)
        ]


def values_of(kind: RecordKind, row: Any) -> list[dict[str, str]]:
    """Return what a row holds beside its title, without what is blank."""
    said = [
        {"label": field_label(kind.model, name), "value": in_words(row, name)}
        for name in kind.fields
        if name != kind.title_field
    ]
    return [item for item in said if item["value"] != EMPTY]


def claim_lines(kind: RecordKind, row: Any, claim: dict[str, Any]) -> list[dict[str, str]]:
    """Return each claimed field with what the list says and what the district says."""
    return [
        {
            "label": field_label(kind.model, name),
            "there": in_words(row, name) if row is not None else EMPTY,
            "here": claims.value_in_words(kind.model, name, claim[name]),
        }
        for name in kind.fields
        if name in claim
    ]


def tasks_of(revision: Revision, lists: Lists, may_fill: bool) -> list[dict[str, Any]]:
    """Return the lists as entries of the return's task list, a kind of row each."""
    tasks = []
    for kind in lists.kinds:
        lines = lists.of(kind)
        waiting = sum(line.is_waiting for line in lines)
        lapsed = any(line.standing in {Standing.LAPSED, Standing.GONE} for line in lines)
        status = "wrong" if lapsed else "missing" if waiting else "done"
        tasks.append(
            {
                "url": f"{reverse('districts:lists', args=[revision.case_id])}?rows={kind.code}",
                "title": str(kind.label_plural),
                "status": status if may_fill or not waiting else "locked",
                "note": notes_of(lines),
                "cure": ngettext(
                    "%(waiting)s of %(count)s row open",
                    "%(waiting)s of %(count)s rows open",
                    len(lines),
                )
                % {"waiting": waiting, "count": len(lines)}
                if waiting
                else "",
            }
        )
    return tasks


def notes_of(lines: Sequence[Line]) -> str:
    """Return how many rows stand how, in words."""
    counts = {s: sum(line.standing == s for line in lines) for s in Standing}
    return "、".join(f"{standing.label} {count}" for standing, count in counts.items() if count)
