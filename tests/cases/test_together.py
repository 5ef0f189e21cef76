"""Approving several cases at once: every decision and every approval, or none."""

from functools import partial

import pytest

from apps.accounts.models import Role
from apps.cases.domain.together import approve_many
from apps.cases.errors import Refused, StaleVersion
from apps.cases.models import Event, Finding, FindingStatus, Severity
from tests import factories
from tests.cases.support import at_once, database_digest, names_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def _case():
    revision = factories.reviewing_case()
    finding = Finding.objects.create(
        revision=revision, severity=Severity.EXPLAIN, message="请说明。"
    )
    return revision, finding


def test_one_undecided_finding_leaves_everything_as_it_was():
    (first, finding), (second, _left) = _case(), _case()
    before = database_digest()

    with pytest.raises(Refused, match="still open"):
        approve_many(
            factories.staff(Role.CITY_REVIEWER),
            {first.pk: first.version, second.pk: second.version},
            {finding.pk: (FindingStatus.CLOSED, "")},
        )

    assert database_digest() == before


def test_case_that_moved_on_leaves_everything_as_it_was():
    (first, finding), other = _case(), factories.reviewing_case()
    seen = other.version
    factories.returned(other)
    before = database_digest()

    with pytest.raises(StaleVersion):
        approve_many(
            factories.staff(Role.CITY_REVIEWER),
            {first.pk: first.version, other.pk: seen},
            {finding.pk: (FindingStatus.CLOSED, "")},
        )

    assert database_digest() == before


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_approve_the_same_cases_at_once():
    cases = [_case() for _n in range(3)]
    reviewers = [factories.person(Role.CITY_REVIEWER) for _n in range(4)]
    versions = {revision.pk: revision.version for revision, _finding in cases}
    decisions = {finding.pk: (FindingStatus.CLOSED, "") for _revision, finding in cases}

    outcomes = at_once(
        [partial(approve_many, reviewer, versions, decisions) for reviewer in reviewers]
    )

    assert names_of(outcomes)[""] == 1
    assert set(names_of(outcomes)) <= {"", "StaleVersion", "WrongState"}
    assert Event.objects.filter(transition="approve").count() == 3
    assert {factories.fresh(revision).state for revision, _finding in cases} == {"approved"}
