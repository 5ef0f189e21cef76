"""The factories bring every kind of case to every state, by the domain's own steps."""

import pytest

from apps.cases.kinds import kinds, record_kinds
from apps.cases.models import State
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind_code", sorted(kinds))
def test_published_case_holds_its_rows(kind_code):
    revision = factories.published_case(kind_code, rows=3)

    assert revision.state == State.PUBLISHED
    assert len(factories.records_of(revision)) == 3
    assert factories.release_of(revision).items.count() == 1


@pytest.mark.parametrize("state", [s for s in State if s not in {"checking", "on_notice"}])
def test_case_in_reaches_the_state_of_a_list(state):
    assert factories.case_in(state, "awards").state == state


@pytest.mark.parametrize("state", [s for s in State if s != "on_notice"])
def test_case_in_reaches_the_state_of_a_return(state):
    assert factories.case_in(state, "district-returns").state == state


def test_case_in_reaches_the_notice():
    with factories.kind_with_notice("awards"):
        assert factories.case_in("on_notice").state == State.ON_NOTICE


def test_case_in_says_what_cannot_be_reached():
    with pytest.raises(ValueError, match="does not become checking"):
        factories.case_in("checking", "awards")


def test_row_values_know_every_record_kind():
    assert sorted(factories.ROW_VALUES) == sorted(record_kinds)
