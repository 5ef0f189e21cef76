"""Tables of the desk: the list of cases, and the rows of one case."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Role, User
from apps.cases.kinds import RecordKind
from apps.cases.models import Record, Revision, State

# For how many working days a case of a kind and year is put on public notice; None: it is not.
NoticeDays = Callable[[str, int], int | None]


def _no_notice(kind: str, year: int) -> None:
    """Answer that no case is put on notice."""


class CaseTable(tables.Table):
    """Cases, each by its latest revision. A publisher chooses what to publish together."""

    select = tables.Column(
        verbose_name="", accessor="pk", orderable=False, attrs={"td": {"class": "select"}}
    )
    subject = tables.Column(
        verbose_name=_("Case"),
        accessor="case__subject",
        empty_values=(),
        attrs={"td": {"class": "primary"}},
        order_by=("case__kind", "case__subject", "case__bureau__order", "pk"),
    )
    bureau = tables.Column(
        verbose_name=_("Bureau"),
        accessor="case__bureau",
        order_by=("case__bureau__order", "case__bureau__slug", "pk"),
    )
    year = tables.Column(
        verbose_name=_("Year"),
        accessor="case__year",
        attrs={"td": {"class": "year"}},
        order_by=("case__year", "pk"),
    )
    number = tables.Column(
        verbose_name=_("Revision"),
        attrs={"td": {"class": "num"}, "th": {"class": "num"}},
        order_by=("number", "pk"),
    )
    state = tables.Column(verbose_name=_("State"), order_by=("state", "pk"))
    submitted_at = tables.DateTimeColumn(
        verbose_name=_("First reported"),
        format="Y-m-d",
        attrs={"td": {"class": "date"}},
        default="",
        order_by=("submitted_at", "pk"),
    )

    class Meta:
        template_name = "components/table.html"
        attrs = {"class": "table"}
        order_by_field = "sort"

    def __init__(
        self, *args: Any, user: User, notice_days: NoticeDays | None = None, **kwargs: Any
    ) -> None:
        """Offer boxes to a publisher only, who hands in what the notice rules are."""
        self.user = user
        self.notice_days = notice_days or _no_notice
        if not user.has_role(Role.CITY_PUBLISHER):
            kwargs["exclude"] = ("select",)
        super().__init__(*args, **kwargs)

    def render_select(self, record: Revision) -> str:
        """Offer a box where the case can be published now, by this person."""
        ready = record.state == State.ON_NOTICE and record.notice_is_over
        if record.state == State.APPROVED:
            ready = self.notice_days(record.case.kind, record.case.year) is None
        if not ready or record.approved_by_id == self.user.pk:
            return ""
        return format_html(
            '<input type="checkbox" name="revision" value="{}" form="publish" aria-label="{}">',
            record.pk,
            _("Select %(case)s") % {"case": record.case},
        )

    def render_subject(self, record: Revision) -> str:
        """Show what the case is about (a return's subject is its bureau), and its kind."""
        return format_html(
            '<a href="{}">{}</a> <span class="muted small">{}</span>',
            reverse("desk:case", args=[record.case_id]),
            record.case.subject or record.case.bureau,
            record.case.kind_spec.label,
        )

    def render_state(self, record: Revision) -> str:
        """Show the state in words."""
        return render_to_string("components/state.html", {"state": record.state})


class RowActions(tables.Column):
    """What happened to a row, what can be done to it, and whether it is locked."""

    def __init__(
        self,
        kind: RecordKind,
        url: Callable[[Record], str],
        is_open: Callable[[Record], bool],
        is_locked: bool,
        marks: dict[tuple[str, str], str],
    ) -> None:
        """Stand last, without a sort. The arguments are those of ``rows_table``."""
        super().__init__(
            verbose_name=_("Actions"),
            empty_values=(),
            orderable=False,
            attrs={"td": {"class": "actions"}},
        )
        self.kind, self.url, self.is_open = kind, url, is_open
        self.is_locked, self.marks = is_locked, marks

    def render(self, record: Record) -> str:
        """Return badges and links; each link names its row for who hears it read."""
        title = getattr(record, self.kind.title_field)
        url = self.url(record)
        parts = []
        mark = self.marks.get((self.kind.code, str(record.uid)))
        if mark == "added":
            parts.append(format_html('<span class="badge badge-ok">{}</span>', _("new")))
        elif mark:
            parts.append(format_html('<span class="badge badge-warn">{}</span>', _("changed")))
        links = [("history/", _("History"))]
        if self.is_open(record):
            links = [("", _("Edit")), ("remove/", _("Remove")), *links]
        elif self.is_locked:
            parts.append(
                format_html(
                    '<span class="muted"><span class="icon icon-lock"></span>{}</span>', _("locked")
                )
            )
        # No hidden text in the cell: it would widen the page beyond the table's own frame.
        parts += [
            format_html('<a href="{}{}" aria-label="{}: {}">{}</a>', url, tail, label, title, label)
            for tail, label in links
        ]
        return mark_safe(" ".join(parts))  # noqa: S308 (each part is escaped)


def rows_table(
    kind: RecordKind,
    rows: Any,
    *,
    url: Callable[[Record], str],
    page_url: Callable[[Record], str],
    is_open: Callable[[Record], bool],
    is_locked: bool,
    marks: dict[tuple[str, str], str],
) -> Any:
    """Return the kind's own table of ``rows`` with links to edit, and marks of what changed.

    ``page_url`` is where the first column leads. ``is_locked`` says that the case was returned
    for named rows: the others look locked.
    """

    def classes(record: Record) -> str:
        mark = {"added": "is-new", "changed": "is-changed"}.get(
            marks.get((kind.code, str(record.uid)), ""), ""
        )
        return mark or ("is-locked" if is_locked and not is_open(record) else "")

    return kind.table(
        rows,
        exclude=("report_year",),
        extra_columns=[("desk_actions", RowActions(kind, url, is_open, is_locked, marks))],
        row_attrs={"class": classes, "id": lambda record: f"row-{record.uid}"},
        row_url=page_url,
        # Wide tables scroll within their frame.
        attrs={"class": "table", "wrap": "wide"},
        orderable=False,
    )


class QueueTable(tables.Table):
    """The queue: what each case waits for, since when, with whom. Reviewers choose rows."""

    select = tables.Column(
        verbose_name=_("Select"), accessor="pk", orderable=False, attrs={"td": {"class": "select"}}
    )
    case = tables.Column(
        verbose_name=_("Case"),
        accessor="case__subject",
        empty_values=(),
        attrs={"td": {"class": "primary"}},
        order_by=("case__kind", "case__year", "case__subject", "pk"),
    )
    bureau = tables.Column(
        verbose_name=_("Bureau"),
        accessor="case__bureau",
        order_by=("case__bureau__order", "case__bureau__slug", "pk"),
    )
    state = tables.Column(verbose_name=_("State"), order_by=("state", "pk"))
    reviewer = tables.Column(
        verbose_name=_("Reviewer"), default="–", order_by=("reviewer__full_name", "pk")
    )
    open_findings = tables.Column(
        verbose_name=_("Open findings"),
        attrs={"td": {"class": "num"}, "th": {"class": "num"}},
        order_by=("open_findings", "pk"),
    )
    since = tables.DateTimeColumn(
        verbose_name=_("Since"),
        format="Y-m-d",
        attrs={"td": {"class": "date"}},
        order_by=("since", "pk"),
    )
    due = tables.Column(
        verbose_name=_("Due"),
        accessor="item_due",
        attrs={"td": {"class": "date"}},
        default="",
        order_by=("item_due", "pk"),
    )

    class Meta:
        template_name = "components/table.html"
        attrs = {"class": "table", "id": "queue"}
        order_by_field = "sort"

    def __init__(self, *args: Any, user: User, today: dt.date, **kwargs: Any) -> None:
        """Offer boxes to reviewers only."""
        self.today = today
        if not user.has_role(Role.CITY_REVIEWER):
            kwargs["exclude"] = ("select",)
        super().__init__(*args, **kwargs)

    def render_select(self, record: Revision) -> str:
        """Offer a box where a reviewer has something to do."""
        if record.state not in {State.SUBMITTED, State.REVIEWING}:
            return ""
        return format_html(
            '<input type="checkbox" name="revision" value="{}" form="bulk" aria-label="{}">',
            record.pk,
            _("Select %(case)s") % {"case": record.case},
        )

    def render_case(self, record: Revision) -> str:
        """Lead to the case; say its kind and year."""
        return format_html(
            '<a href="{}">{}</a> <span class="muted small">{} {}</span>',
            reverse("desk:revision", args=[record.case_id, record.number]),
            record.case.subject or record.case.bureau,
            record.case.kind_spec.label,
            record.case.year,
        )

    def render_state(self, record: Revision) -> str:
        """Show the state in words."""
        return render_to_string("components/state.html", {"state": record.state})

    def render_due(self, value: dt.date) -> str:
        """Show the first day of the items, and whether it has passed."""
        if value >= self.today:
            return f"{value:%Y-%m-%d}"
        return format_html(
            '{} <span class="badge badge-bad">{}</span>', f"{value:%Y-%m-%d}", _("overdue")
        )
