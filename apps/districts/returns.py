"""The return page's contents: sections of the form, each line with last year's value and rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases import scope
from apps.cases.desk.evidence import counts_by_row, list_url
from apps.cases.domain.evidence import Place
from apps.cases.models import WRITABLE, Finding, FindingStatus, Remark, Revision, Severity
from apps.districts.derived import derivations
from apps.districts.forms import QUOTED, FigureForm
from apps.districts.kind import INDICATOR_VALUE, NARRATIVE_SECTION
from apps.districts.lists.standing import Lists, read_lists
from apps.districts.models import (
    Blank,
    FigureStatus,
    IndicatorValue,
    NarrativeSection,
    Scope,
)
from apps.districts.narrative.references import References, tell
from apps.districts.queries import indicators_of_return, last_year_values, own_figures
from apps.registry.domain import form_of
from apps.registry.models import District, FormVersion, Indicator, ValueSource


@dataclass
class Line:
    """One line of the form: an indicator, its figure this year and last, and what is said of it."""

    indicator: Indicator
    figure: IndicatorValue | None
    before: IndicatorValue | None
    finding: Finding | None
    is_open: bool
    # Counted from the city's lists, and typed by nobody.
    is_derived: bool = False
    # How many files prove the figure.
    files: int = 0
    form: FigureForm | None = None
    conflict: IndicatorValue | None = None

    @property
    def change(self) -> str:
        """Return the change against last year in per cent with its sign, or nothing."""
        before = self.former
        if self.figure is None or self.figure.value is None or not before or not before.value:
            return ""
        share = (self.figure.value - before.value) / abs(before.value) * 100
        return f"{share.quantize(Decimal('0.1')):+f}%"

    @property
    def former(self) -> IndicatorValue | None:
        """Return last year's figure in the unit of this year; None where they are not comparable."""
        if self.before is None or self.is_broken:
            return None
        return self.before.in_unit(self.indicator.unit)

    @property
    def is_converted(self) -> bool:
        """Say whether last year's figure was published in another power of ten."""
        former = self.former
        return former is not None and former is not self.before

    @property
    def is_other_unit(self) -> bool:
        """Say whether last year's figure stands in a unit that does not convert."""
        before = self.before
        return before is not None and before.in_unit(self.indicator.unit) is None

    @property
    def is_broken(self) -> bool:
        """Say whether last year's figure was defined otherwise, so that none follows from it."""
        year = self.before.year_of_report if self.before else None
        if year is None:
            return False
        return self.indicator.is_broken(year, year + 1)

    @property
    def before_value(self) -> str:
        """Return last year's number as plain digits, for the page's script to compare with."""
        former = self.former
        return "" if former is None or former.value is None else f"{former.value:f}"

    @property
    def stored(self) -> dict[str, Any]:
        """Return the figure as it is stored, for the page's script."""
        figure = self.figure
        if figure is None:
            empty = dict.fromkeys(("value", "qualifier", "blank", *QUOTED), "")
            return {"uid": "", "version": 0, **empty}
        value = "" if figure.value is None else f"{figure.value:f}"
        return {
            "uid": figure.uid,
            "version": figure.version,
            "value": value,
            "qualifier": figure.qualifier,
            "blank": figure.blank,
            "quoted_from": figure.quoted_from,
            "quoted_on": figure.quoted_on.isoformat() if figure.quoted_on else "",
        }

    @property
    def is_quoted(self) -> bool:
        """Say whether another office makes the figure, so that its source is asked for."""
        return self.indicator.source == ValueSource.QUOTED

    @property
    def prefix(self) -> str:
        """Return the name of this line's fields in the form."""
        return self.indicator.code

    @property
    def scope(self) -> str:
        """Return the figure's scope: a new one is counted as last year's was, else whole area."""
        known = self.figure or self.before
        return known.scope if known else Scope.WHOLE

    @property
    def scope_words(self) -> str:
        """Return the scope in words; nothing where the source does not state it."""
        return str(Scope(self.scope).label) if self.scope else ""

    @property
    def choice_name(self) -> str:
        """Return the name of the choice between two values."""
        return f"{self.prefix}-choice"

    @property
    def typed(self) -> str:
        """Return what the person typed into this line, as it would be printed."""
        if self.form is None:
            return ""
        parts = [self.form[name].value() or "" for name in ("qualifier", "value")]
        text = "".join(str(part) for part in parts)
        return f"{text}{self.indicator.unit}" if text else _("no value")

    @property
    def evidence_url(self) -> str:
        """Return the address of the figure's files; a figure that is not stored has none."""
        if self.figure is None:
            return ""
        place = Place(INDICATOR_VALUE.code, self.figure.uid)
        return list_url(self.figure.revision.case_id, place)

    @property
    def finding_view(self) -> dict[str, Any]:
        """Return what is said of the figure, as ``components/finding.html`` takes it."""
        assert self.finding is not None
        return view_of_finding(self.finding, self.finding.revision, self.is_open)

    @property
    def is_usual(self) -> bool:
        """Say whether the line is shown at once: it has a value, or had one last year."""
        return self.figure is not None or self.before is not None or self.conflict is not None


@dataclass
class Section:
    """One section of the form."""

    number: int
    title: str
    lines: list[Line] = field(default_factory=list)
    # Figures of this section that are about a body, a part of the year, or another scope.
    others: list[IndicatorValue] = field(default_factory=list)
    # The case was returned for other things than these.
    is_locked: bool = False

    @property
    def usual(self) -> list[Line]:
        """Return the lines shown at once."""
        return [line for line in self.lines if line.is_usual]

    @property
    def unusual(self) -> list[Line]:
        """Return the lines that are folded away."""
        return [line for line in self.lines if not line.is_usual]

    @property
    def is_unusual_wrong(self) -> bool:
        """Say whether a line that is folded away could not be stored."""
        return any(line.form is not None and line.form.errors for line in self.unusual)

    @property
    def missing(self) -> int:
        """Return how many figures of last year have no value yet."""
        return sum(line.figure is None and line.before is not None for line in self.lines)

    @property
    def filled(self) -> int:
        """Return how many figures the section holds."""
        return sum(line.figure is not None for line in self.lines) + len(self.others)

    @property
    def wrong(self) -> int:
        """Return how many findings of the section wait for the filler."""
        return sum(
            line.finding is not None
            and line.finding.severity != Severity.HINT
            and line.finding.status in {FindingStatus.OPEN, FindingStatus.REJECTED}
            for line in self.lines
        )

    @property
    def status(self) -> str:
        """Return the word of the task list: wrong, locked, missing or done."""
        if self.wrong:
            return "wrong"
        if self.is_locked:
            return "locked"
        return "missing" if self.missing else "done"

    @property
    def is_usual(self) -> bool:
        """Say whether the section holds a figure, or held one last year."""
        return bool(self.filled or self.missing)


@dataclass
class Return:
    """A district's return as its page shows it."""

    revision: Revision
    district: District
    sections: list[Section]
    may_fill: bool
    # In a returned case only what the city named is open.
    may_add_figure: bool
    may_add_narrative: bool
    # The head of the form; none where the bureau has not entered one.
    form: FormVersion | None
    # Each section of the narrative, and whether it can be written now.
    narrative: list[tuple[NarrativeSection, bool]]
    # How the rows of the city's lists stand; there where the page shows them.
    lists: Lists | None = None

    def section(self, number: int) -> Section | None:
        """Return a section by its number, counted from 1."""
        return self.sections[number - 1] if 0 < number <= len(self.sections) else None


def read_return(actor: User, revision: Revision, *, with_lists: bool = False) -> Return:
    """Return the whole return in ten queries at most, however many figures it holds.

    ``with_lists``: how the city's lists stand, too.
    """
    case = revision.case
    district = case.bureau.district
    before = last_year_values(case.bureau, case.year)
    main, others = _split(own_figures(revision, district), str(case.year))
    findings = findings_of_figures(revision)
    files = counts_by_row(revision, INDICATOR_VALUE.code)
    counted = derivations(case.year)
    may_fill = scope.may_fill(actor, case.kind_spec, case.bureau_id) and revision.state in WRITABLE
    items = scope.open_items(revision) if revision.returned_at else None

    def is_open(code: str, uid: object | None) -> bool:
        return may_fill and (items is None or scope.row_is_named(items, code, uid))

    sections: dict[str, Section] = {}
    for indicator in indicators_of_return(case.year):
        section = sections.setdefault(
            indicator.section, Section(len(sections) + 1, indicator.section_name)
        )
        figure = main.get(indicator.pk)
        uid = figure.uid if figure else None
        section.lines.append(
            Line(
                indicator,
                figure,
                before.find(indicator, indicator.unit),
                findings.get(str(uid)),
                is_open(INDICATOR_VALUE.code, uid) and indicator.pk not in counted,
                indicator.pk in counted,
                files[str(uid)],
            )
        )
    for row in others:
        section = sections.setdefault(
            row.indicator.section, Section(len(sections) + 1, row.indicator.section_name)
        )
        section.others.append(row)
    for section in sections.values():
        section.is_locked = may_fill and not (
            any(line.is_open for line in section.lines)
            or any(is_open(INDICATOR_VALUE.code, row.uid) for row in section.others)
        )
    narrative = list(NarrativeSection.objects.filter(revision=revision))
    tell(narrative, References([*main.values(), *others], case.year))
    return Return(
        revision,
        district,
        list(sections.values()),
        may_fill,
        may_add_figure=is_open(INDICATOR_VALUE.code, None),
        form=form_of(case.kind, case.year),
        may_add_narrative=is_open(NARRATIVE_SECTION.code, None),
        narrative=[(part, is_open(NARRATIVE_SECTION.code, part.uid)) for part in narrative],
        lists=read_lists(revision, district) if with_lists else None,
    )


def _split(
    figures: list[IndicatorValue], year: str
) -> tuple[dict[int, IndicatorValue], list[IndicatorValue]]:
    """Return the figures that a line of the form holds, by indicator, and all others in order."""
    main: dict[int, IndicatorValue] = {}
    others = []
    for figure in figures:
        is_line = (
            not figure.subject
            and figure.period == year
            and figure.status == FigureStatus.ACTUAL
            and figure.unit == figure.defined.unit
            and figure.indicator_id not in main
        )
        if is_line:
            main[figure.indicator_id] = figure
        else:
            others.append(figure)
    return main, others


def findings_of_figures(revision: Revision) -> dict[str, Finding]:
    """Return per figure the finding that matters most: blocking before the others."""
    refusals = Remark.objects.filter(finding=OuterRef("pk"), status=FindingStatus.REJECTED)
    rows: QuerySet[Finding] = (
        revision.findings.filter(record_kind=INDICATOR_VALUE.code)
        .exclude(status__in=[FindingStatus.CLOSED, FindingStatus.ACCEPTED])
        .annotate(refused=Subquery(refusals.order_by("-id").values("text")[:1]))
    )
    order = {Severity.BLOCKING: 0, Severity.EXPLAIN: 1, Severity.HINT: 2}
    ranked = sorted(rows, key=lambda finding: order[Severity(finding.severity)], reverse=True)
    # What was refused is what the city waits for.
    ranked.sort(key=lambda finding: finding.status == FindingStatus.REJECTED)
    return {str(finding.record_uid): finding for finding in ranked}


def view_of_finding(found: Finding, revision: Revision, is_open: bool) -> dict[str, Any]:
    """Return a finding of a figure as ``components/finding.html`` takes it.

    ``is_open``: the person may write the figure, so he may answer.
    """
    may_answer = is_open and not (found.rule and found.severity == Severity.BLOCKING)
    is_refused = found.status == FindingStatus.REJECTED
    return {
        "refused": getattr(found, "refused", "") if is_refused else "",
        "cure": _("To be corrected or explained anew by %(day)s") % {"day": found.deadline}
        if is_refused and found.deadline
        else "",
        "severity": found.severity,
        "message": str(found),
        "status": found.status,
        "get_status_display": found.get_status_display(),
        "reply_url": reverse("desk:finding", args=[revision.case_id, found.pk])
        if may_answer
        else "",
    }


def bind_forms(section: Section, data: Mapping[str, Any] | None = None) -> None:
    """Give each open line of ``section`` its form, bound to ``data`` where it was sent."""
    for line in section.lines:
        if not line.is_open:
            continue
        line.form = FigureForm(
            data,
            prefix=line.prefix,
            instance=line.figure or IndicatorValue(),
        )
        if not line.is_quoted:
            for name in QUOTED:
                del line.form.fields[name]
        value = line.form.fields["value"]
        value.label = str(line.indicator)
        value.help_text = line.indicator.definition
        # A line that the person left alone is not saved, whatever a colleague did to it meanwhile.
        for field_ in line.form.fields.values():
            field_.show_hidden_initial = True
        for name in ("blank", "qualifier"):
            text = {"blank": _("no value because"), "qualifier": _("qualifier")}[name]
            if name == "blank":
                line.form.fields[name].choices = [("", "—"), *Blank.choices]  # type: ignore[attr-defined]
            line.form.fields[name].widget.attrs["aria-label"] = f"{line.indicator}: {text}"
        if line.is_quoted:
            texts = {"quoted_from": _("quoted from"), "quoted_on": _("date of the source")}
            for name, text in texts.items():
                line.form.fields[name].widget.attrs["aria-label"] = f"{line.indicator}: {text}"
            line.form.fields["quoted_from"].widget.attrs["placeholder"] = _(
                "office and document, such as the statistical bulletin"
            )
        line.form.fields["qualifier"].widget.attrs["list"] = "qualifiers"
