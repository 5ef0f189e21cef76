"""One project in two lists: proposed with its differences, answered, shown; nobody is merged."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from apps.accounts.models import Role
from apps.awards.models import Award
from apps.cases.canonical import revision_hash
from apps.cases.domain.twins import answer_twin
from apps.cases.errors import NotAllowed, Refused
from apps.cases.kinds import record_kinds
from apps.cases.models import Twin
from apps.cases.twins import compare_new_rows, differences, find_twins, is_misspelt, twins_of
from tests import factories
from tests.cases.desk.pages import said, signed_in

pytestmark = pytest.mark.django_db

AWARDS = record_kinds["awards"]
PEOPLE = ["徐培江", "李兵", "鲁志飞", "王强", "Zhang Hao"]
TITLE = "高强耐高温低残余应力铜锡磷合金高精度带材关键制备技术及产业化"


@pytest.fixture(autouse=True)
def one_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


def row(number, programme, **values):
    values = {
        "title": TITLE,
        "organisations": ["宁波博威合金材料股份有限公司", "宁波大学"],
        "people": PEOPLE,
    } | values
    return factories.award_values(number, programme=programme, **values)


def lists(*rows, make=factories.open_list):
    """Return a provincial list with the first project and a city list with these."""
    first = make("awards", [row(1, "浙江省科学技术奖")], subject="省奖")
    second = make(
        "awards",
        [row(n, "宁波市科学技术奖", **values) for n, values in enumerate(rows, start=1)],
        subject="市奖",
    )
    return first, second


def only(revision):
    return factories.records_of(revision)[0]


@pytest.mark.parametrize(
    ("values", "is_proposed"),
    [
        pytest.param({}, True, id="the very same"),
        pytest.param(
            {"title": "高强耐高温低残余应力CuSnP合金高精度带材关键制备技术及产业化"},
            True,
            id="a word of the title",
        ),
        pytest.param({"people": [*PEOPLE[1:4], "徐培汇", "陈一"]}, True, id="most people"),
        pytest.param(
            {"title": "低残余应力铜锡磷合金带材的制备", "people": PEOPLE[:4]},
            True,
            id="half a title, all people",
        ),
        pytest.param({"people": ["陈一", "陈二", "王强"]}, False, id="one person shared"),
        pytest.param({"people": ["陈一", "陈二"]}, False, id="nobody shared"),
        pytest.param({"organisations": ["宁波工程学院"]}, False, id="no organisation shared"),
        pytest.param({"title": "杨梅保鲜与加工技术研究"}, False, id="another title"),
    ],
)
def test_pair_is_proposed_by_title_organisation_and_people(values, is_proposed):
    first, second = lists(values)

    assert compare_new_rows() == int(is_proposed)
    assert compare_new_rows() == 0
    assert [{twin.one, twin.other} for twin in Twin.objects.all()] == (
        [{only(first).uid, only(second).uid}] if is_proposed else []
    )


def test_one_list_has_no_twins_and_a_correction_none_of_its_own():
    factories.open_list("awards", [row(1, "浙江省科学技术奖"), row(2, "浙江省科学技术奖")])
    published = factories.published_case("awards", [row(3, "宁波市科学技术奖")], subject="市奖")
    assert compare_new_rows() == 2
    factories.successor_of(published)

    assert compare_new_rows() == 0
    assert find_twins(record_kinds["policies"]) == 0


def test_differences_are_told_field_by_field():
    first, second = lists(
        {
            "title": TITLE + "化",
            "people": ["李兵", "徐培汇", "王 强", "鲁志飞", "陈一"],
            "organisations": ["宁波大学", "宁波博威合金材料股份有限公司"],
        }
    )

    with translation.override("en"):
        found = differences(AWARDS, only(first), only(second))

    told = {each.label: each.words for each in found if each.words}
    assert told["completing organisations"] == ("in another order",)
    assert told["completing people"] == (
        "perhaps one, spelled differently: 徐培江 / 徐培汇",
        "only in the first: Zhang Hao",
        "only in the second: 陈一",
        "in another order",
    )
    assert told["project"] == ("written differently",)
    assert all(each.is_same for each in found if not each.words)


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("徐培江", "徐培汇", True),
        ("王强", "王 强", False),
        ("王强", "李兵", False),
        ("zhanghao", "zhanghaoo", True),
    ],
)
def test_one_character_is_a_slip(one, other, told):
    assert is_misspelt(one, other) is told


def test_answer_is_kept_with_who_and_taken_back_and_changes_no_row():
    first, _second = lists({})
    compare_new_rows()
    twin, keeper = Twin.objects.get(), factories.staff(Role.CITY_EDITOR)
    before = revision_hash(first)

    assert answer_twin(keeper, twin.pk, "accepted").answered_by == keeper
    assert list(twins_of([only(first).uid])) == [only(first).uid]
    assert answer_twin(keeper, twin.pk, "").answered_at is None
    answer_twin(keeper, twin.pk, "rejected")

    assert twins_of([only(first).uid]) == {}
    assert revision_hash(first) == before
    with pytest.raises(Refused):
        answer_twin(keeper, twin.pk, "maybe")
    with pytest.raises(NotAllowed):
        answer_twin(factories.staff(Role.CITY_REVIEWER), twin.pk, "accepted")
    with pytest.raises(Twin.DoesNotExist):
        answer_twin(keeper, 0, "accepted")


def test_public_page_names_the_twin_once_accepted():
    first, second = lists({"title": TITLE + "研究"}, make=factories.published_case)
    compare_new_rows()
    twin, keeper = Twin.objects.get(), factories.staff(Role.CITY_EDITOR)
    public = Client(headers={"accept-language": "en"})
    page = f"/awards/{only(first).uid}/"

    before = said(public.get(page))
    answer_twin(keeper, twin.pk, "accepted")
    after = public.get(page)

    assert "Also listed in" not in before
    assert f"市奖: {TITLE}研究" in said(after)
    assert f'href="/awards/{only(second).uid}/"' in after.content.decode()
    answer_twin(keeper, twin.pk, "")
    assert said(public.get(page)) == before


def test_twin_in_a_draft_is_told_to_nobody_in_public():
    first = factories.published_case("awards", [row(1, "浙江省科学技术奖")], subject="省奖")
    factories.open_list(
        "awards", [row(2, "宁波市科学技术奖", title=TITLE + "研究")], subject="市奖"
    )
    compare_new_rows()
    answer_twin(factories.staff(Role.CITY_EDITOR), Twin.objects.get().pk, "accepted")

    page = Client().get(f"/awards/{only(first).uid}/").content.decode()

    assert TITLE + "研究" not in page


def test_desk_lists_compares_and_takes_answers():
    lists({"people": PEOPLE[:4]})
    compare_new_rows()
    twin = Twin.objects.get()
    client = signed_in(factories.staff(Role.CITY_EDITOR))
    auditor = signed_in(factories.staff(Role.AUDITOR))
    url = f"/desk/twins/{twin.pk}/"

    listed, compared = said(client.get("/desk/twins/")), said(client.get(url))
    refused = auditor.post(url, {"answer": "accepted"})
    done = client.post(url, {"answer": "accepted"})

    assert f"{TITLE}" in listed
    assert "100 %" in listed
    assert "Zhang Hao" in compared
    assert "only in the" in compared
    assert refused.status_code == 403
    assert done.headers["Location"] == url
    assert "Answered: one project" in said(client.get(url))
    assert TITLE in said(client.get("/desk/twins/?answer=accepted"))
    assert "No pair here" in said(client.get("/desk/twins/"))
    assert client.get("/desk/twins/0/").status_code == 404
    assert "Two projects" not in said(auditor.get(url))


def test_answer_given_meanwhile_is_not_overwritten_unseen():
    lists({"people": PEOPLE[:4]})
    compare_new_rows()
    twin = Twin.objects.get()
    client = signed_in(factories.staff(Role.CITY_EDITOR))
    answer_twin(factories.staff(Role.CITY_EDITOR), twin.pk, "accepted")

    late = client.post(f"/desk/twins/{twin.pk}/", {"answer": "rejected", "seen": ""})
    same = client.post(f"/desk/twins/{twin.pk}/", {"answer": "accepted", "seen": ""})
    back = client.post(f"/desk/twins/{twin.pk}/", {"answer": "", "seen": "accepted"})

    assert late.status_code == 409
    assert "answered meanwhile" in said(late)
    assert "Answered: one project" in said(late)
    assert same.status_code == back.status_code == 302
    assert Twin.objects.get().answer == ""


def test_value_on_one_side_only_is_told_so():
    one, other = (Award(announced_on=day) for day in (None, date(2023, 11, 10)))

    with translation.override("en"):
        told = {each.label: each.words for each in differences(AWARDS, one, other) if each.words}
        turned = {each.label: each.words for each in differences(AWARDS, other, one) if each.words}

    assert list(told.values()) == [("only in the second: 2023-11-10",)]
    assert list(turned.values()) == [("only in the first: 2023-11-10",)]


def test_reviewer_sees_beside_a_row_that_it_may_be_a_twin():
    factories.open_list("awards", [row(1, "浙江省科学技术奖")], subject="省奖")
    revision = factories.reviewing_case("awards", [row(2, "宁波市科学技术奖")], subject="市奖")
    compare_new_rows()

    page = signed_in(factories.staff(Role.CITY_REVIEWER)).get(
        f"/desk/cases/{revision.case_id}/review/"
    )

    assert "Perhaps the same project as a row of another list" in said(page)


def test_looking_for_twins_takes_a_constant_number_of_queries():
    def queries():
        Twin.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            find_twins(AWARDS)
        return len(captured)

    lists({})
    few = queries()
    factories.open_list(
        "awards", [row(n, f"第{n}种奖", title=f"{TITLE}{n}") for n in range(12)], subject="另一份"
    )

    assert queries() == few <= 8
    assert Twin.objects.count() > 12


def test_twins_are_found_piece_by_piece(monkeypatch):
    monkeypatch.setattr("apps.cases.twins.PIECE", 1)
    lists({})

    assert find_twins(AWARDS) == Twin.objects.count() == 1
