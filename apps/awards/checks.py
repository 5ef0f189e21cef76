"""Rules of award lists: what is wrong with a decided list before it is reported."""

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from apps.awards.models import Award, Laureate
from apps.cases.kinds import Problem
from apps.cases.models import Revision, Severity


def award_without_winners(revision: Revision) -> Iterator[Problem]:
    """An award names at least one organisation and one person."""
    for award in Award.objects.filter(revision=revision):
        if not award.organisations or not award.people:
            yield Problem(
                "award_without_winners",
                Severity.BLOCKING,
                _(
                    "“%(title)s” names no organisation or no person. Enter them as the decision prints them."
                ),
                {"title": award.title},
                award,
                "people" if award.organisations else "organisations",
            )


def award_printed_twice(revision: Revision) -> Iterator[Problem]:
    """One project stands once in a list."""
    seen: set[tuple[str, str, int]] = set()
    for award in Award.objects.filter(revision=revision):
        key = (award.programme, award.title, award.award_year)
        if key in seen:
            yield Problem(
                "award_printed_twice",
                Severity.BLOCKING,
                _("“%(title)s” stands in this list twice. Remove one of the rows."),
                {"title": award.title},
                award,
                "title",
            )
        seen.add(key)


def award_after_report(revision: Revision) -> Iterator[Problem]:
    """An award's year is not later than the report's."""
    for award in Award.objects.filter(revision=revision, award_year__gt=revision.case.year):
        yield Problem(
            "award_after_report",
            Severity.BLOCKING,
            _(
                "The award year %(award_year)s is later than the report's year %(year)s. Correct the award year."
            ),
            {"award_year": award.award_year, "year": revision.case.year},
            award,
            "award_year",
        )


def person_named_twice(revision: Revision) -> Iterator[Problem]:
    """A person stands once among a project's people; two of one name are to be explained."""
    for award in Award.objects.filter(revision=revision):
        if len(set(award.people)) < len(award.people):
            yield Problem(
                "person_named_twice",
                Severity.EXPLAIN,
                _(
                    "A name stands twice among the people of “%(title)s”. Remove it, or explain that they are two persons."
                ),
                {"title": award.title},
                award,
                "people",
            )


def laureate_named_twice(revision: Revision) -> Iterator[Problem]:
    """One laureate of one employer stands once in a list."""
    seen: set[tuple[str, str]] = set()
    for laureate in Laureate.objects.filter(revision=revision):
        key = (laureate.name, laureate.employer)
        if key in seen:
            yield Problem(
                "laureate_named_twice",
                Severity.BLOCKING,
                _("%(name)s of %(employer)s stands in this list twice. Remove one of the rows."),
                {"name": laureate.name, "employer": laureate.employer},
                laureate,
                "name",
            )
        seen.add(key)
