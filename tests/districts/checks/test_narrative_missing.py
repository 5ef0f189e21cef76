"""A return without a word."""

import pytest

from apps.districts.checks import narrative_missing
from tests import factories
from tests.cases.support import said_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_return_without_a_section_is_hinted_at():
    assert said_by(narrative_missing, factories.open_list("district-returns")) == [
        ("hint", "", "", "The return has no narrative yet. Add a section on the year's work.")
    ]


def test_return_with_a_section_passes():
    assert said_by(narrative_missing, factories.open_return()) == []
