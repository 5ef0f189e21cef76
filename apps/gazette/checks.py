"""Rules of the policy register and the chronicle."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Revision, Severity
from apps.gazette.models import ChronicleEntry, Policy


def policy_listed_twice(revision: Revision) -> Iterator[Problem]:
    """A policy stands once in the register of a year."""
    seen: set[tuple[str, int]] = set()
    for policy in Policy.objects.filter(revision=revision):
        if (policy.title, policy.year) in seen:
            yield Problem(
                "policy_listed_twice",
                Severity.BLOCKING,
                _("“%(title)s” stands in this register twice. Remove one of the rows."),
                {"title": policy.title},
                policy,
                "title",
            )
        seen.add((policy.title, policy.year))


def event_outside_the_year(revision: Revision) -> Iterator[Problem]:
    """An event of the chronicle lies in the report's year."""
    year = revision.case.year
    outside = ChronicleEntry.objects.filter(revision=revision).exclude(
        Q(date_from__year=year) & Q(date_to__year=year)
    )
    for event in outside:
        yield Problem(
            "event_outside_the_year",
            Severity.BLOCKING,
            _(
                "“%(title)s” does not lie in %(year)s. Correct its days, or move it to its own year."
            ),
            {"title": event.title, "year": year},
            event,
            "date_from",
        )
