"""Rows of an import that may be one project with a row of another list are shown in the review."""

import pytest
from django.urls import reverse

from apps.accounts.models import Role
from apps.cases.models import Revision, State, Twin
from apps.cases.twins import compare_new_rows
from apps.intake.imports import review, twins
from tests import factories
from tests.cases.desk.pages import said, signed_in
from tests.intake.imports.support import accepted, draft, taken

pytestmark = pytest.mark.django_db

PROVINCE = "浙江省科学技术奖"
TITLE = "海洋装备精密铸造关键技术及应用"


@pytest.fixture(autouse=True)
def one_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


def other_list(programme=PROVINCE, people=("张三", "李四"), title=TITLE):
    values = {"title": title, "organisations": ["宁波大学"], "people": list(people)}
    row = factories.award_values(1, programme=programme, **values)
    return factories.open_list("awards", [row], subject="另一份")


def found(intake):
    return [(each["line"], each["percent"], each["people"]) for each in intake.tables.get().twins]


def test_row_alike_is_shown_in_the_review_and_proposed_once_it_is_stored():
    other = other_list()
    intake = taken(draft())

    assert found(intake) == [(3, 89, 2)]
    client = signed_in(factories.filler_of(intake.revision))
    page = said(
        client.get(
            reverse("intake:import", args=[intake.revision.case_id, intake.pk]),
            headers={"accept-language": "en"},
        )
    )
    assert "1 row looks like a row of another list" in page
    assert TITLE in page
    assert str(other.case) in page

    accepted(intake)
    compare_new_rows()

    twin = Twin.objects.get()
    assert factories.records_of(other)[0].uid in (twin.one, twin.other)


@pytest.mark.parametrize(
    "values",
    [
        {"programme": "宁波市科学技术奖"},
        {"people": ("周八", "吴九")},
        {"title": "柔性传感器作用机制研究"},
    ],
    ids=["of the same list's name", "other people", "another title"],
)
def test_row_that_is_no_twin_is_not_shown(values):
    other_list(**values)
    intake = taken(draft())

    assert found(intake) == []
    client = signed_in(factories.filler_of(intake.revision))
    page = client.get(reverse("intake:import", args=[intake.revision.case_id, intake.pk]))
    assert 'id="twins"' not in page.content.decode()


def test_list_that_is_replaced_is_not_looked_at_nor_shown_any_more():
    other = other_list()
    intake = taken(draft())
    table = intake.tables.get()
    filler = factories.filler_of(intake.revision)
    assert [pair.other.revision_id for pair in twins.pairs_of(filler, table)] == [other.pk]

    Revision.objects.filter(pk=other.pk).update(state=State.SUPERSEDED)

    assert twins.pairs_of(filler, table) == []
    twins.look(intake)
    assert found(intake) == []


def test_who_may_not_see_the_other_list_is_shown_nothing_of_it():
    other_list()
    table = taken(draft()).tables.get()

    stranger = factories.staff(Role.DISTRICT_FILLER)

    assert twins.pairs_of(stranger, table) == []


def test_pairs_are_found_piece_by_piece_and_anew_with_the_columns(monkeypatch):
    other_list()
    monkeypatch.setattr("apps.intake.imports.twins.PIECE", 1)
    intake = taken(draft())
    assert found(intake) == [(3, 89, 2)]
    table = intake.tables.get()

    person = factories.filler_of(intake.revision)
    columns = {at: column["field"] for at, column in enumerate(table.columns)}
    columns |= {at: "" for at, name in columns.items() if name == "people"}
    review.map_columns(person, intake.pk, table.number, "awards", columns)

    assert found(intake) == []
