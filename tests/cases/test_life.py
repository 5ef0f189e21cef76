"""The life of a case in one go: also run on every other PostgreSQL version that is installed."""

import pytest
from django.db import DatabaseError, connection, transaction

from apps.audit.verification import verify
from apps.cases.domain.findings import decide
from apps.cases.models import Event, FindingStatus, Release, State
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.smoke]


def test_return_is_reported_returned_published_and_corrected() -> None:
    reviewing = factories.case_in(State.REVIEWING, "district-returns", rows=2)
    back = factories.change_first_row(factories.returned(reviewing))
    answered = factories.advance(back, State.REVIEWING)
    for item in answered.findings.filter(raised_by__isnull=False):
        decide(factories.doer("approve", answered), item.pk, FindingStatus.CLOSED)
    published = factories.advance(answered, State.PUBLISHED)

    corrected = factories.advance(
        factories.change_first_row(factories.successor_of(published)), State.PUBLISHED
    )

    published = factories.fresh(published)
    assert (published.state, corrected.state) == (State.SUPERSEDED, State.PUBLISHED)
    assert Release.objects.count() == 2
    assert list(verify()) == []
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE districts_indicatorvalue SET value = 0 WHERE revision_id = %s", [corrected.pk]
        )
    assert Event.objects.filter(revision=published).count() == 12


@pytest.mark.parametrize(
    "kind", ["awards", "laureates", "certifications", "roster-entries", "policies", "events"]
)
def test_list_of_every_kind_becomes_public(kind: str) -> None:
    published = factories.published_case(kind, rows=3)

    record_kind = published.case.kind_spec.records[0]
    assert record_kind.model.objects.public().count() == 3
    assert list(verify()) == []
