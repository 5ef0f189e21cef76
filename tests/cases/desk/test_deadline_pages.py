"""Pages of timeliness, of more time and of reminders."""

import csv
import datetime as dt
import io

import pytest
from django.utils import timezone

from apps.accounts.models import Role
from apps.cases.domain.extensions import ask_extension
from apps.cases.domain.reminding import remind
from apps.cases.kinds import kinds
from apps.cases.models import Extension, Notification, Revision
from apps.registry.models import ReportingYear
from tests import factories
from tests.cases.desk.pages import said, signed_in

pytestmark = pytest.mark.django_db
TIMELINESS, EXTENSIONS = "/desk/timeliness/", "/desk/extensions/"
NEW = f"{EXTENSIONS}new/?kind=district-returns&year=2023"


def day(days):
    return timezone.localdate() + dt.timedelta(days=days)


@pytest.fixture
def year():
    factories.city()
    return ReportingYear.objects.create(year=2023, opens_on=day(-60), due_on=day(-5))


@pytest.fixture
def signatory(year):
    return factories.staff(Role.DISTRICT_SIGNATORY)


@pytest.fixture
def signed(signatory):
    return signed_in(signatory)


@pytest.fixture
def reviewer(year):
    return signed_in(factories.staff(Role.CITY_REVIEWER))


# Timeliness


def test_page_shows_forms_bureaus_and_pictures(year, reviewer):
    factories.submitted_case("district-returns")
    factories.district("cixi")
    factories.open_award_list(subject="未报")

    page = reviewer.get(TIMELINESS)

    total = page.context["total"]
    assert (total.expected, total.late, total.missing, total.on_time) == (4, 1, 3, 0)
    assert [row.bureau.slug for row in page.context["matrix"].rows] == ["ningbo", "beilun", "cixi"]
    body = page.content.decode()
    assert body.count("<svg") == 2
    assert 'role="img"' in body
    words = said(page)
    assert "missing" in words
    assert "late" in words


def test_district_sees_itself_and_only_itself(year, signed):
    cixi = factories.district("cixi")
    factories.submitted_case(
        "district-returns", [factories.figure_values(bureau=cixi)], bureau=cixi
    )
    factories.open_return()

    page = signed.get(TIMELINESS)
    rows = csv.DictReader(
        io.StringIO(signed.get(f"{TIMELINESS}?_export=csv").content.decode("utf-8-sig"))
    )

    assert [row.bureau.slug for row in page.context["matrix"].rows] == ["beilun"]
    assert "Cixi" not in said(page)
    assert [row["bureau"] for row in rows] == ["北仑区科学技术局"]
    listed = signed.get(f"{TIMELINESS}reports/?bureau=cixi")
    assert listed.context["rows"] == []


def test_file_has_a_line_for_each_report(year, reviewer):
    factories.submitted_case("district-returns")
    factories.submitted_case(subject="=1+1")

    response = reviewer.get(f"{TIMELINESS}?year=2023&_export=csv")

    rows = {r["kind"]: r for r in csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))}
    assert response["Content-Type"].startswith("text/csv")
    assert rows["awards"]["subject"] == "'=1+1"
    assert {
        k: rows["district-returns"][k]
        for k in (
            "status",
            "days_late",
            "corrections",
            "first_reported_on",
            "due_on",
            "extended_until",
        )
    } == {
        "status": "late",
        "days_late": "5",
        "corrections": "0",
        "first_reported_on": str(day(0)),
        "due_on": str(day(-5)),
        "extended_until": "",
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"beilun", "cixi", "ningbo"}),
        ("status=late", {"beilun"}),
        ("status=missing", {"cixi", "ningbo"}),
        ("status=on_time", set()),
        ("status=corrected", set()),
        ("status=extended", set()),
        ("kind=district-returns", {"beilun", "cixi"}),
        ("kind=district-returns&status=missing", {"cixi"}),
        ("bureau=beilun", {"beilun"}),
    ],
)
def test_figures_lead_to_their_reports(year, reviewer, query, found):
    factories.submitted_case("district-returns")
    cixi = factories.district("cixi")
    factories.open_return(cixi, [factories.figure_values(bureau=cixi)])

    page = reviewer.get(f"{TIMELINESS}reports/?year=2023&{query}")

    rows = page.context["rows"]
    assert {row["duty"].bureau.slug for row in rows} == found
    # A draft is the district's own: its report is counted, not opened.
    assert {row["duty"].bureau.slug for row in rows if row["is_open"]} <= {"beilun"}


def test_years_are_chosen_and_bad_ones_are_not_found(year, reviewer):
    ReportingYear.objects.create(year=2024, opens_on=day(30), due_on=day(60))

    assert reviewer.get(TIMELINESS).context["year"] == 2023
    assert reviewer.get(f"{TIMELINESS}?year=2024").context["year"] == 2024
    for bad in ("1999", "x", "20%00"):
        assert reviewer.get(f"{TIMELINESS}?year={bad}").status_code == 404


def test_without_a_year_the_page_says_so():
    page = signed_in(factories.staff(Role.CITY_REVIEWER)).get(TIMELINESS)

    assert "Nothing is asked for" in said(page)
    assert signed_in(factories.staff(Role.AUDITOR)).get(f"{TIMELINESS}reports/").status_code == 200


@pytest.mark.parametrize("count", [1, 4])
def test_pages_cost_ten_queries_at_any_size(year, reviewer, django_assert_max_num_queries, count):
    for slug in ("haishu", "beilun", "cixi", "zhenhai")[:count]:
        bureau = factories.district(slug)
        factories.submitted_case(
            "district-returns", [factories.figure_values(bureau=bureau)], bureau=bureau
        )
        factories.submitted_case()

    reviewer.get("/desk/")  # the session is written once a minute
    for path in (TIMELINESS, f"{TIMELINESS}reports/", f"{TIMELINESS}?_export=csv"):
        with django_assert_max_num_queries(10):
            reviewer.get(path)


# More time


def test_signatory_asks_and_the_city_grants(signed, signatory, reviewer):
    factories.open_return()
    listed = signed.get(EXTENSIONS)
    assert [duty.kind.code for duty in listed.context["duties"]] == ["district-returns"]
    assert "Ask for more time" in said(signed.get(NEW))

    answer = signed.post(
        NEW.split("?")[0],
        {
            "kind": "district-returns",
            "year": "2023",
            "reason": "数据延后。",
            "wished_until": day(9),
        },
    )

    extension = Extension.objects.get()
    page = f"{EXTENSIONS}{extension.pk}/"
    assert (answer.url, extension.asked_by, extension.wished_until) == (page, signatory, day(9))
    assert 'name="take_back"' in signed.get(page).content.decode()
    assert 'name="grant"' not in signed.get(page).content.decode()
    assert reviewer.get("/desk/queue/").context["tabs"][-1]["count"] == 1
    assert [e.pk for e in reviewer.get(EXTENSIONS).context["asked"]] == [extension.pk]

    refused = reviewer.post(page, {"grant": "1", "until": ""})
    assert (refused.status_code, "Say until which day" in said(refused)) == (422, True)
    assert reviewer.post(page, {"grant": "1", "until": "x", "answer": "好。"}).status_code == 422
    assert reviewer.post(page, {"refuse": "1", "answer": ""}).status_code == 422
    assert (
        reviewer.post(page, {"grant": "1", "until": day(9), "answer": "同意。"}).status_code == 302
    )

    assert "granted" in said(signed.get(page))
    case = signed.get(f"/desk/returns/{Revision.objects.get().case_id}/")
    assert str(day(9)) in said(case)
    assert "More time: granted" in said(case)
    assert (
        EXTENSIONS
        in signed.post(
            f"/desk/notifications/{Notification.objects.filter(recipient=signatory).latest('pk').pk}/"
        ).url
    )


def test_request_is_refused_with_its_sentence_and_kept(signed):
    page = signed.post(
        NEW.split("?")[0],
        {
            "kind": "district-returns",
            "year": "2023",
            "reason": "数据延后。",
            "wished_until": day(-9),
        },
    )

    assert (page.status_code, "数据延后。" in page.content.decode()) == (422, True)
    assert not Extension.objects.exists()


@pytest.mark.parametrize(
    "query", ["", "?kind=awards&year=2023", "?kind=district-returns&year=x", "?kind=none&year=2023"]
)
def test_there_is_nothing_to_ask_for(signed, query):
    assert signed.get(f"{EXTENSIONS}new/{query}").status_code == 404


def test_request_is_taken_back_by_its_bureau_and_decided_by_the_city_only(signed, signatory):
    extension = ask_extension(signatory, kinds["district-returns"], 2023, "延后。", day(9))
    page = f"{EXTENSIONS}{extension.pk}/"
    filler = signed_in(factories.staff(Role.DISTRICT_FILLER))
    other = signed_in(factories.staff(Role.DISTRICT_SIGNATORY, factories.district("cixi")))

    assert filler.get(page).status_code == 200
    assert filler.post(page, {"take_back": "1"}).status_code == 403
    assert filler.post(page, {"grant": "1", "until": day(9)}).status_code == 403
    assert other.get(page).status_code == 404
    assert signed.post(page, {"take_back": "1"}).status_code == 302
    extension.refresh_from_db()
    assert extension.status == "taken_back"
    assert "taken back" in said(signed.get(EXTENSIONS))


def test_reminders_are_listed_for_the_city(year, reviewer, signatory):
    assert "No reminder was sent yet" in said(reviewer.get("/desk/reminders/"))
    remind(dt.date.fromordinal(year.due_on.toordinal()))

    words = said(reviewer.get("/desk/reminders/"))

    assert signatory.full_name in words
    assert "not mailed" in words


def test_administrator_is_not_led_to_cases():
    body = signed_in(factories.staff(Role.ADMINISTRATOR)).get("/desk/").content.decode()

    assert 'href="/desk/cases/"' not in body
    assert TIMELINESS not in body
