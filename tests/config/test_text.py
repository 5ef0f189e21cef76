"""A NUL in a field or an address: refused in one sentence, nothing stored, never an error page."""

import pytest

from apps.accounts.models import Role
from apps.cases.models import SavedView
from apps.registry.models import NameDecision, Organisation
from config.text import RefuseNul
from tests import factories
from tests.cases.desk.pages import signed_in

pytestmark = pytest.mark.django_db
NUL = "a\x00b"


@pytest.fixture(autouse=True)
def one_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


def test_nul_is_refused_wherever_it_is_read():
    revision = factories.open_list("awards", 1)
    one, other = (Organisation.objects.create(name=name) for name in "甲乙")
    client = signed_in(factories.staff(Role.CITY_EDITOR))
    listed = f"/desk/cases/{revision.case_id}/list/awards/"

    answers = [
        client.post(f"/desk/organisations/{one.pk}/join/{other.pk}/", {"reason": NUL}),
        client.post(f"{listed}views/", {"name": NUL, "query": NUL}),
        client.get(listed, {"programme": NUL}),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert not NameDecision.objects.exists()
    assert not SavedView.objects.exists()


def test_other_errors_stay_what_they_are(rf):
    assert RefuseNul(lambda request: None).process_exception(rf.get("/"), ValueError("甲")) is None
