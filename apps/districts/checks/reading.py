"""What the rules of a return read: each part is fetched once, whatever number of rules ask for it."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db.models import F

from apps.cases.kinds import Problem
from apps.cases.models import Revision, Severity
from apps.districts.lists.standing import Lists, read_lists
from apps.districts.models import FigureStatus, IndicatorValue, NarrativeSection, Scope
from apps.registry.models import (
    Indicator,
    IndicatorRelation,
    NarrativeLimit,
    RelationKind,
    RelationRole,
)
from apps.registry.units import base_unit

# How far back a claim such as 三年翻番 or 历史新高 is looked up.
YEARS_BACK = 5


class Series(NamedTuple):
    """What makes the figures of several years one series. Scopes are never compared."""

    indicator_id: int
    reporting_unit_id: int
    subject: str
    scope: str
    base: str


class Place(NamedTuple):
    """What figures of several indicators must share before they are set against one another."""

    reporting_unit_id: int
    subject: str
    period: str
    scope: str
    status: str


@dataclass(frozen=True)
class Relation:
    """One relation of the dictionary with all its terms."""

    code: str
    kind: str
    indicator_id: int
    terms: tuple[IndicatorRelation, ...]
    is_strict: bool

    @property
    def severity(self) -> Severity:
        """Return what breaking it means."""
        return Severity.BLOCKING if self.is_strict else Severity.EXPLAIN

    def term_ids(self, role: RelationRole) -> list[int]:
        """Return the indicators in a role."""
        return [term.term_id for term in self.terms if term.role == role and term.term_id]


def series_of(figure: IndicatorValue) -> Series:
    """Return the series of a figure. A scope that is not stated is the whole area."""
    return Series(
        figure.indicator_id,
        figure.reporting_unit_id,
        figure.subject,
        figure.scope or Scope.WHOLE,
        base_unit(figure.unit)[1],
    )


class Reading:
    """One revision of a return as the rules see it. It is made for one run and then forgotten."""

    def __init__(self, revision: Revision) -> None:
        """Read nothing yet."""
        self.revision = revision
        self.case = revision.case
        self.year = self.case.year

    @cached_property
    def figures(self) -> list[IndicatorValue]:
        """Return the figures in printed order. Three queries."""
        rows = IndicatorValue.objects.filter(revision=self.revision)
        return list(rows.prefetch_related("indicator", "reporting_unit").order_by("position", "id"))

    @cached_property
    def valued(self) -> list[IndicatorValue]:
        """Return the figures that have a value."""
        return [figure for figure in self.figures if figure.value is not None]

    @cached_property
    def of_this_year(self) -> list[IndicatorValue]:
        """Return the actual figures of the reported year that have a value."""
        year = str(self.year)
        return [
            figure
            for figure in self.valued
            if figure.period == year and figure.status == FigureStatus.ACTUAL
        ]

    @cached_property
    def sections(self) -> list[NarrativeSection]:
        """Return the narrative in printed order."""
        rows = NarrativeSection.objects.filter(revision=self.revision)
        return list(rows.order_by("position", "id"))

    @cached_property
    def lists(self) -> Lists:
        """Return how the rows of the city's lists stand with the return. Three queries."""
        return read_lists(self.revision)

    @cached_property
    def _limits(self) -> dict[str, NarrativeLimit]:
        return {limit.heading: limit for limit in NarrativeLimit.objects.all()}

    def limit_of(self, heading: str) -> NarrativeLimit | None:
        """Return how long a section of this heading may be, where the bureau lays that down."""
        return self._limits.get(heading.strip()) or self._limits.get("")

    @cached_property
    def places(self) -> dict[Place, dict[int, IndicatorValue]]:
        """Return the figures with a value by place and indicator; of two alike the first."""
        places: dict[Place, dict[int, IndicatorValue]] = defaultdict(dict)
        for figure in self.valued:
            place = Place(
                figure.reporting_unit_id,
                figure.subject,
                figure.period,
                figure.scope or Scope.WHOLE,
                figure.status,
            )
            places[place].setdefault(figure.indicator_id, figure)
        return dict(places)

    @cached_property
    def published(self) -> dict[Series, dict[int, IndicatorValue]]:
        """Return what is published of the bureau's own earlier reports, by series and year."""
        years = range(self.year - YEARS_BACK, self.year)
        rows = (
            IndicatorValue.objects.public()
            .filter(
                revision__case__bureau=self.case.bureau_id,
                revision__case__kind=self.case.kind,
                revision__case__year__in=years,
                period__in=[str(year) for year in years],
                status=FigureStatus.ACTUAL,
                value__isnull=False,
            )
            .annotate(report_year=F("revision__case__year"))
            .prefetch_related("indicator")
            .order_by("position", "id")
        )
        published: dict[Series, dict[int, IndicatorValue]] = defaultdict(dict)
        for row in rows:
            if row.period == str(row.report_year):
                published[series_of(row)].setdefault(row.report_year, row)
        return dict(published)

    def before(self, figure: IndicatorValue, years: int = 1) -> IndicatorValue | None:
        """Return what is published of the same series so many years before the reported one.

        Nothing where the indicator's unit, scope or meaning changed in between.
        """
        if figure.indicator.is_broken(self.year - years, self.year):
            return None
        return self.published.get(series_of(figure), {}).get(self.year - years)

    def changes(
        self, figures: list[IndicatorValue]
    ) -> Iterator[tuple[IndicatorValue, IndicatorValue]]:
        """Yield those of ``figures`` that have a value published for the year before, with it."""
        for figure in figures:
            before = self.before(figure)
            if before is not None:
                yield figure, before

    @cached_property
    def _relations(self) -> dict[str, list[Relation]]:
        terms: dict[str, list[IndicatorRelation]] = defaultdict(list)
        for term in IndicatorRelation.objects.order_by("code", "id"):
            terms[term.code].append(term)
        relations: dict[str, list[Relation]] = defaultdict(list)
        for code, all_terms in terms.items():
            first = all_terms[0]
            relations[first.kind].append(
                Relation(code, first.kind, first.indicator_id, tuple(all_terms), first.is_strict)
            )
        return relations

    def relations(self, kind: RelationKind) -> list[Relation]:
        """Return the dictionary's relations of one kind, in order of their codes."""
        return self._relations.get(kind, [])

    def related(
        self, kind: RelationKind
    ) -> Iterator[tuple[Relation, dict[int, IndicatorValue], IndicatorValue]]:
        """Yield each relation with the figures of each place where its indicator has a value."""
        for relation in self.relations(kind):
            for figures in self.places.values():
                whole = figures.get(relation.indicator_id)
                if whole is not None:
                    yield relation, figures, whole

    @cached_property
    def indicators(self) -> dict[int, Indicator]:
        """Return the dictionary by primary key, as it is defined in the reported year."""
        return {row.pk: row.in_year(self.year) for row in Indicator.objects.all()}


class Rule:
    """A rule with the help text that people read. Called with a revision or with a reading of one."""

    def __init__(
        self,
        find: Callable[[Reading], Iterator[Problem]],
        help_text: str,
        severities: tuple[Severity, ...],
    ) -> None:
        """Take the function's name for the rule's code."""
        self.__name__ = find.__name__
        self.__doc__ = self.help = help_text
        self.severities = severities
        self.find = find

    def __call__(self, asked: Revision | Reading) -> Iterator[Problem]:
        """Yield what is wrong. Nothing is written."""
        return self.find(asked if isinstance(asked, Reading) else Reading(asked))


def rule(
    help_text: str, *severities: Severity
) -> Callable[[Callable[[Reading], Iterator[Problem]]], Rule]:
    """Make a rule of a function. ``help_text`` is an English msgid, and the rule's docstring."""
    return lambda find: Rule(find, help_text, severities)
