"""Organisations at the desk and in public: lists, names with their trace, steps, redirect, undo."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Role
from apps.cases.domain import organisations as domain
from apps.registry.domain import compare_new_names, names_for
from apps.registry.models import Double, NameDecision, Organisation, OrganisationName
from tests import factories
from tests.cases.desk.pages import said

pytestmark = pytest.mark.django_db
LIST = "/desk/organisations/"


@pytest.fixture(autouse=True)
def one_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False
    settings.LANGUAGE_CODE = "en"


def signed_in(role=Role.CITY_EDITOR):
    client = Client(headers={"accept-language": "en"})
    person = factories.staff(role)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def published():
    revision = factories.published_case(
        "awards",
        rows=[
            factories.award_values(1, organisations=["宁波市农业科学院", "宁波大学"]),
            factories.award_values(2, organisations=["宁波市农业科学研究院"]),
        ],
    )
    compare_new_names()
    return revision


def numbers(*names):
    return [OrganisationName.objects.get(name=name).organisation_id for name in names]


def test_list_shows_probable_doubles_finds_names_and_tells_decisions():
    published()
    client = signed_in()

    doubles = client.get(LIST).content.decode()
    found = client.get(LIST, {"q": "nongyekexue"}).content.decode()
    nothing = client.get(LIST, {"q": "没有这家"}).content.decode()
    wrong = client.get(LIST, {"q": "甲乙" * 60})
    domain.join(
        factories.staff(Role.CITY_EDITOR),
        *numbers("宁波市农业科学院", "宁波市农业科学研究院"),
        "同一家单位",
    )
    decisions = client.get(LIST, {"tab": "decisions"}).content.decode()

    assert "宁波市农业科学院" in doubles
    assert "written much alike" in doubles
    assert "宁波市农业科学研究院" in found
    assert "宁波大学" not in found
    assert "No organisation here" in nothing
    assert wrong.status_code == 400
    assert "同一家单位" in decisions
    assert "No probable doubles" in client.get(LIST).content.decode()


def test_joined_by_its_page_redirected_in_public_and_undone():
    revision = published()
    kept, other = numbers("宁波市农业科学院", "宁波市农业科学研究院")
    client, public = signed_in(), Client(headers={"accept-language": "en"})
    join = f"{LIST}{kept}/join/{other}/"
    before = said(public.get(f"/organisations/{other}/"))

    preview = client.get(join).content.decode()
    refused = client.post(join, {"reason": ""})
    done = client.post(join, {"reason": "同一家单位"})

    assert "Rows linked anew: 1 published, 0 not." in preview
    assert "宁波市农业科学研究院" in before
    assert refused.status_code == 422
    assert done.headers["Location"] == f"{LIST}{kept}/"
    led = public.get(f"/organisations/{other}/")
    assert (led.status_code, led.headers["Location"]) == (
        301,
        f"/organisations/{kept}/?joined={other}",
    )
    assert "no-cache" in led.headers["Cache-Control"]
    page = public.get(led.headers["Location"]).content.decode()
    assert "You were led here from 宁波市农业科学研究院" in page
    # Both rows, each with the name that it prints.
    assert "Named in 2 published entries" in page
    listed = public.get(f"/awards/{factories.records_of(revision)[1].uid}/").content.decode()
    assert "宁波市农业科学研究院" in listed
    assert f"/organisations/{kept}/" in listed

    decision = NameDecision.objects.get()
    undo = f"{LIST}decisions/{decision.pk}/undo/"
    assert "has a page of its own again" in client.get(undo).content.decode()
    assert client.post(undo, {"reason": ""}).status_code == 422
    client.post(undo, {"reason": "看错了"})
    assert said(public.get(f"/organisations/{other}/")) == before
    assert client.get(undo).status_code == 302


def test_note_names_nothing_that_no_published_row_prints():
    published()
    (kept,) = numbers("宁波大学")
    draft = names_for(["草稿里的单位"])["草稿里的单位"].organisation
    domain.join(factories.staff(Role.CITY_EDITOR), kept, draft.pk, "同一家")

    page = Client(headers={"accept-language": "en"}).get(f"/organisations/{draft.pk}/", follow=True)

    assert page.status_code == 200
    assert "草稿里的单位" not in page.content.decode()
    assert "You were led here from another page" in page.content.decode()
    other = Client().get(f"/organisations/{kept}/?joined=99999999")
    assert "led here" not in other.content.decode()


def test_page_shows_names_with_their_trace_and_splits_them():
    published()
    (kept,) = numbers("宁波大学")
    keeper = factories.staff(Role.CITY_EDITOR)
    domain.say_same(keeper, "宁大", kept, domain.Origin("名单.xlsx"))
    client = signed_in()
    alias = OrganisationName.objects.get(name="宁大")

    page = client.get(f"{LIST}{kept}/", {"with": "农业"}).content.decode()
    nothing = client.get(f"{LIST}{kept}/split/")
    preview = client.get(f"{LIST}{kept}/split/", {"name": alias.pk}).content.decode()
    done = client.post(f"{LIST}{kept}/split/", {"name": alias.pk, "reason": "两家"})
    refused = client.post(f"{LIST}{kept}/split/", {"name": alias.pk, "reason": "两家"})

    assert "名单.xlsx" in page
    assert "said to be the same" in page
    assert "宁波市农业科学院" in page
    assert "测试" not in page
    assert nothing.status_code == 302
    assert "1 name moves: 宁大" in preview
    fresh = OrganisationName.objects.get(name="宁大").organisation_id
    assert done.headers["Location"] == f"{LIST}{fresh}/"
    assert refused.status_code == 422


def test_decision_about_one_name_says_which():
    published()
    (known,) = numbers("宁波大学")
    decision = domain.say_same(factories.staff(Role.CITY_EDITOR), "宁大", known)
    client = signed_in()

    told = said(client.get(f"{LIST}{known}/"))
    undoing = said(client.get(f"{LIST}decisions/{decision.pk}/undo/"))

    assert "宁大 → 宁波大学" in told
    assert "said to be the same: 宁大 → 宁波大学" in undoing


def test_row_that_names_an_organisation_twice_stands_there_once():
    factories.published_case(
        "laureates",
        rows=[factories.laureate_values(1, employer="宁波大学", nominator="宁波大学")],
    )
    (known,) = numbers("宁波大学")

    page = said(signed_in().get(f"{LIST}{known}/"))

    assert "Rows that name it 1 " in page


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("{pk}/join/{pk}/", "cannot be joined to itself"),
        ("{pk}/split/?name={name}", "one name has to stay"),
    ],
    ids=["itself", "every-name"],
)
def test_what_would_be_refused_is_not_asked_for(path, sentence):
    published()
    name = OrganisationName.objects.get(name="宁波大学")

    page = said(signed_in().get(LIST + path.format(pk=name.organisation_id, name=name.pk)))

    assert sentence in page
    assert "required" not in page


def test_pair_is_said_to_be_two_and_looked_at_again():
    published()
    double = Double.objects.get()
    client, auditor = signed_in(), signed_in(Role.AUDITOR)

    auditor.post(f"{LIST}doubles/{double.pk}/")
    assert Double.objects.get().apart_at is None
    client.post(f"{LIST}doubles/{double.pk}/")
    apart = client.get(LIST, {"tab": "apart"}).content.decode()
    client.post(f"{LIST}doubles/{double.pk}/", {"again": "1"})

    assert "宁波市农业科学院" in apart
    assert Double.objects.get().apart_at is None
    assert client.post(f"{LIST}doubles/0/").status_code == 404


def test_auditor_reads_and_decides_nothing():
    published()
    kept, other = numbers("宁波市农业科学院", "宁波大学")
    client = signed_in(Role.AUDITOR)

    page = client.get(f"{LIST}{kept}/join/{other}/").content.decode()

    assert "Join them" not in page
    assert client.post(f"{LIST}{kept}/join/{other}/", {"reason": "理由"}).status_code == 403
    assert client.get(f"{LIST}0/").status_code == 404
    assert client.get(f"{LIST}decisions/0/undo/").status_code == 404


def test_pages_take_few_queries_however_many_names():
    published()
    (kept,) = numbers("宁波大学")
    client = signed_in()

    def queries(url):
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        return len(captured)

    few = [queries(url) for url in (LIST, f"{LIST}{kept}/", f"{LIST}?tab=decisions")]
    keeper = factories.staff(Role.CITY_EDITOR)
    for number in range(8):
        domain.say_same(keeper, f"宁大{number}系", kept)
    names_for(f"宁波精密{'甲乙丙丁戊己庚辛'[n]}材料有限公司" for n in range(8))
    compare_new_names()
    many = [queries(url) for url in (LIST, f"{LIST}{kept}/", f"{LIST}?tab=decisions")]

    assert Organisation.objects.count() > 8
    assert max(few + many) <= 10, (few, many)
    assert many[1] <= few[1] + 1
    assert many[0] == few[0]
