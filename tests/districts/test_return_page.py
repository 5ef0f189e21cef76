"""The return page: sections as a task list, a line per figure, no edit lost."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from apps.accounts.models import Role, User
from apps.cases.domain.findings import check_case
from apps.cases.domain.records import save_record
from apps.cases.models import Revision, State
from apps.districts.kind import INDICATOR_VALUE
from apps.districts.models import Blank, IndicatorValue
from apps.districts.returns import read_return
from apps.registry.models import Indicator
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def spending() -> Indicator:
    """Return an indicator that every district is asked for."""
    return factories.indicator("rd-spending")


@pytest.fixture
def draft(spending: Indicator) -> Revision:
    """Return an empty return of 北仑 in draft, its last year published with one figure."""
    factories.published_case(
        "district-returns",
        [factories.figure_values(indicator=spending, value=Decimal("20.00"), period="2023")],
    )
    return factories.open_return(rows=0, year=2024)


@pytest.fixture
def filler(draft: Revision) -> User:
    """Return the person who fills the return in."""
    return factories.filler_of(draft)


def page_of(draft: Revision, number: int | None = None) -> str:
    """Return the address of the return's page, or of one of its sections."""
    return f"/desk/returns/{draft.case_id}/" + (f"{number}/" if number else "")


def sent(answer_html: str, **values: str) -> dict[str, str]:
    """Return what a browser would send for the form in ``answer_html``, with some values typed."""
    data = {}
    for tag in re.findall(r"<input[^>]*>", answer_html):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="radio"' not in tag:
            data[name[1]] = value[1] if value else ""
    for name, body in re.findall(r'<select name="([^"]*)".*?>(.*?)</select>', answer_html, re.S):
        chosen = re.search(r'value="([^"]*)"[^>]*selected', body)
        data[name] = chosen[1] if chosen else ""
    return data | values


def signed_in(user: User) -> Client:
    """Return a browser in which ``user`` is signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_return_page_names_what_is_missing(draft: Revision, filler: User) -> None:
    answer = signed_in(filler).get(page_of(draft))

    assert answer.status_code == 200
    assert [task["status"] for task in answer.context["tasks"]] == ["missing"]
    assert answer.context["tasks"][0]["url"] == page_of(draft, 1)


def test_return_page_folds_away_sections_that_never_had_a_figure(
    draft: Revision, filler: User
) -> None:
    factories.indicator("grants", section="科技金融", section_en="Finance")

    answer = signed_in(filler).get(page_of(draft))

    assert [section.title for section in answer.context["empty_sections"]] == ["科技金融"]


def test_return_page_takes_as_many_queries_for_many_figures(
    draft: Revision, filler: User, django_assert_num_queries: object
) -> None:
    client = signed_in(filler)
    client.get(page_of(draft))
    for number in range(30):
        factories.indicator(f"more-{number}", section=f"第{number}部分")
    assert callable(django_assert_num_queries)

    with django_assert_num_queries(10):
        page = read_return(filler, factories.fresh(draft))

    assert len(page.sections) == 31


@pytest.mark.parametrize("path", ["/desk/returns/999999/", "/desk/returns/999999/1/"])
def test_return_page_of_no_case_is_not_found(filler: User, path: str) -> None:
    assert signed_in(filler).get(path).status_code == 404


def test_return_page_of_another_kind_is_not_found() -> None:
    awards = factories.open_award_list()
    client = signed_in(factories.filler_of(awards))

    assert client.get(page_of(awards)).status_code == 404


def test_return_page_of_another_district_is_not_found(draft: Revision) -> None:
    stranger = factories.person(Role.DISTRICT_FILLER, factories.district("cixi"))

    assert signed_in(stranger).get(page_of(draft)).status_code == 404


def test_section_that_does_not_exist_is_not_found(draft: Revision, filler: User) -> None:
    client = signed_in(filler)

    assert client.get(page_of(draft, 99)).status_code == 404
    assert client.get(f"{page_of(draft)}0/").status_code == 404


def test_section_shows_last_year_and_unit(draft: Revision, filler: User) -> None:
    answer = signed_in(filler).get(page_of(draft, 1))

    assert "20.00亿元" in answer.content.decode()


def test_section_saves_a_figure(draft: Revision, filler: User, spending: Indicator) -> None:
    client = signed_in(filler)
    form = client.get(page_of(draft, 1)).content.decode()

    answer = client.post(
        page_of(draft, 1),
        sent(form, **{"rd-spending-value": "23.10", "rd-spending-qualifier": "超"}),
    )

    assert answer.status_code == 302
    assert answer["Location"] == page_of(draft, 1)
    figure = IndicatorValue.objects.get(revision=draft)
    assert (figure.indicator, figure.printed, figure.period) == (spending, "超23.10亿元", "2024")
    assert figure.updated_by == filler


def test_section_goes_back_to_the_sections_when_asked(draft: Revision, filler: User) -> None:
    client = signed_in(filler)
    form = client.get(page_of(draft, 1)).content.decode()

    answer = client.post(page_of(draft, 1), sent(form, done="1", **{"rd-spending-value": "23"}))

    assert answer["Location"] == page_of(draft)


def test_section_left_alone_saves_nothing(draft: Revision, filler: User) -> None:
    client = signed_in(filler)
    form = client.get(page_of(draft, 1)).content.decode()

    client.post(page_of(draft, 1), sent(form))

    assert IndicatorValue.objects.filter(revision=draft).count() == 0


def test_section_stores_why_there_is_no_value(draft: Revision, filler: User) -> None:
    client = signed_in(filler)
    form = client.get(page_of(draft, 1)).content.decode()

    client.post(page_of(draft, 1), sent(form, **{"rd-spending-blank": Blank.WITHHELD}))

    figure = IndicatorValue.objects.get(revision=draft)
    assert (figure.value, figure.blank) == (None, Blank.WITHHELD)


def test_section_emptied_is_missing_not_nought(draft: Revision, filler: User) -> None:
    factories.save_figure(draft, "rd-spending", "23")
    client = signed_in(filler)
    form = client.get(page_of(draft, 1)).content.decode()

    client.post(page_of(draft, 1), sent(form, **{"rd-spending-value": ""}))

    figure = IndicatorValue.objects.get(revision=draft)
    assert (figure.value, figure.blank) == (None, Blank.MISSING)


@pytest.mark.parametrize(
    "typed",
    [
        {"rd-spending-value": "二十"},
        {"rd-spending-value": "23", "rd-spending-blank": Blank.WITHHELD},
        {"rd-spending-value": "1" * 30},
    ],
)
def test_section_keeps_what_cannot_be_stored(
    draft: Revision, filler: User, typed: dict[str, str]
) -> None:
    client = signed_in(filler)
    form = client.get(page_of(draft, 1)).content.decode()

    answer = client.post(page_of(draft, 1), sent(form, **typed))

    assert answer.status_code == 422
    assert typed["rd-spending-value"] in answer.content.decode()
    assert IndicatorValue.objects.filter(revision=draft).count() == 0


def test_section_saves_the_right_lines_beside_a_wrong_one(draft: Revision, filler: User) -> None:
    factories.indicator("rd-people")
    client = signed_in(filler)
    form = client.get(page_of(draft, 1)).content.decode()

    answer = client.post(
        page_of(draft, 1),
        sent(form, **{"rd-spending-value": "viele", "rd-people-value": "120"}),
    )

    assert answer.status_code == 422
    figure = IndicatorValue.objects.get(revision=draft)
    assert (figure.indicator.code, figure.value) == ("rd-people", Decimal(120))


def test_stale_line_shows_both_values_and_stores_neither(draft: Revision, filler: User) -> None:
    factories.save_figure(draft, "rd-spending", "21")
    client = signed_in(filler)
    form = client.get(page_of(draft, 1)).content.decode()
    colleague = factories.person(Role.DISTRICT_FILLER)
    factories.save_figure(draft, "rd-spending", "22", colleague)

    answer = client.post(page_of(draft, 1), sent(form, **{"rd-spending-value": "23"}))

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "23亿元" in page
    assert "22亿元" in page
    assert colleague.full_name in page
    assert IndicatorValue.objects.get(revision=draft).value == Decimal(22)


def test_stale_first_entry_is_told_too(draft: Revision, filler: User) -> None:
    client = signed_in(filler)
    form = client.get(page_of(draft, 1)).content.decode()
    factories.save_figure(draft, "rd-spending", "22", factories.person(Role.DISTRICT_FILLER))

    answer = client.post(page_of(draft, 1), sent(form, **{"rd-spending-value": "23"}))

    assert answer.status_code == 409
    assert IndicatorValue.objects.get(revision=draft).value == Decimal(22)


def test_same_first_entry_twice_is_one_figure(draft: Revision, filler: User) -> None:
    client = signed_in(filler)
    form = client.get(page_of(draft, 1)).content.decode()
    data = sent(form, **{"rd-spending-value": "23"})

    answers = [client.post(page_of(draft, 1), data) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert IndicatorValue.objects.filter(revision=draft).count() == 1


@pytest.mark.parametrize(("choice", "value"), [("yours", 23), ("theirs", 22)])
def test_stale_line_is_settled_by_one_choice(
    draft: Revision, filler: User, choice: str, value: int
) -> None:
    client = signed_in(filler)
    form = client.get(page_of(draft, 1)).content.decode()
    factories.save_figure(draft, "rd-spending", "22", factories.person(Role.DISTRICT_FILLER))
    both = client.post(page_of(draft, 1), sent(form, **{"rd-spending-value": "23"}))

    answer = client.post(
        page_of(draft, 1), sent(both.content.decode(), **{"rd-spending-choice": choice})
    )

    assert answer.status_code == 302
    assert IndicatorValue.objects.get(revision=draft).value == Decimal(value)


def test_line_left_alone_is_not_stale(draft: Revision, filler: User) -> None:
    factories.indicator("rd-people")
    factories.save_figure(draft, "rd-spending", "21")
    client = signed_in(filler)
    form = client.get(page_of(draft, 1)).content.decode()
    factories.save_figure(draft, "rd-spending", "22", factories.person(Role.DISTRICT_FILLER))

    answer = client.post(page_of(draft, 1), sent(form, **{"rd-people-value": "120"}))

    assert answer.status_code == 302
    assert IndicatorValue.objects.get(revision=draft, indicator__code="rd-spending").value == 22


def test_section_of_a_handed_over_return_is_read_only(draft: Revision, filler: User) -> None:
    factories.save_figure(draft, "rd-spending", "21")
    client = signed_in(filler)
    form = client.get(page_of(draft, 1)).content.decode()
    factories.take("hand_over", draft)

    answer = client.post(page_of(draft, 1), sent(form, **{"rd-spending-value": "99"}))

    assert answer.status_code == 302
    assert IndicatorValue.objects.get(revision=draft).value == Decimal(21)
    assert '<input type="text"' not in client.get(page_of(draft, 1)).content.decode()


def test_section_of_a_returned_case_opens_named_lines_only(draft: Revision, filler: User) -> None:
    factories.indicator("rd-people")
    figure = factories.save_figure(draft, "rd-spending", "21")
    factories.save_figure(draft, "rd-people", "120")
    reviewing = factories.advance(draft, State.REVIEWING)
    factories.returned(reviewing, record_kind=INDICATOR_VALUE.code, record_uid=figure.uid)

    page = read_return(filler, factories.fresh(draft))

    assert {line.prefix: line.is_open for line in page.sections[0].lines} == {
        "rd-spending": True,
        "rd-people": False,
    }
    assert page.sections[0].status == "wrong"
    client = signed_in(filler)
    assert "/rows/narrative-sections/" not in client.get(page_of(draft)).content.decode()
    assert "/rows/indicator-values/new/" not in client.get(page_of(draft, 1)).content.decode()


def test_section_that_was_not_returned_is_locked_not_to_do(draft: Revision, filler: User) -> None:
    factories.indicator("grants", section="科技金融", section_en="Finance")
    figure = factories.save_figure(draft, "rd-spending", "21")
    factories.save_figure(draft, "grants", "3")
    reviewing = factories.advance(draft, State.REVIEWING)
    factories.returned(reviewing, record_kind=INDICATOR_VALUE.code, record_uid=figure.uid)

    answer = signed_in(filler).get(page_of(draft))

    tasks = {task["url"]: task["status"] for task in answer.context["tasks"]}
    assert sorted(tasks.values()) == ["locked", "wrong"]


def test_section_counts_what_waits_for_the_filler(draft: Revision, filler: User) -> None:
    factories.save_figure(draft, "rd-spending", "-1")
    factories.run_rules(draft)

    page = read_return(filler, factories.fresh(draft))

    assert (page.sections[0].wrong, page.sections[0].status) == (1, "wrong")
    answer = signed_in(filler).get(page_of(draft))
    assert answer.context["tasks"][0]["status"] == "wrong"


def test_figure_about_a_body_stands_beside_the_lines(draft: Revision, filler: User) -> None:
    values = factories.figure_values(indicator=Indicator.objects.get(), period="2024")
    save_record(filler, draft.pk, INDICATOR_VALUE, {**values, "subject": "某实验室"})

    answer = signed_in(filler).get(page_of(draft, 1))

    assert [row.subject for row in answer.context["section"].others] == ["某实验室"]
    assert "某实验室" in answer.content.decode()


def test_figure_of_a_city_indicator_gets_its_section(draft: Revision, filler: User) -> None:
    lone = factories.indicator("city-only", asked_of="city", section="全市")
    save_record(
        filler,
        draft.pk,
        INDICATOR_VALUE,
        factories.figure_values(indicator=lone, period="2024", subject="某园区"),
    )

    page = read_return(filler, factories.fresh(draft))

    assert [section.title for section in page.sections if section.filled] == ["全市"]


def test_change_against_last_year_has_its_sign(draft: Revision, filler: User) -> None:
    factories.save_figure(draft, "rd-spending", "23")

    line = read_return(filler, factories.fresh(draft)).sections[0].lines[0]

    assert line.change == "+15.0%"
    assert line.typed == ""


def test_narrative_is_shown_with_the_return(draft: Revision, filler: User) -> None:
    answer = signed_in(filler).get(page_of(draft))

    assert "全年科技工作第1项稳步推进。" in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("１２３．５", "123.5"),
        ("1,234", "1234"),
        ("１，２３４，５６７．8０", "1234567.80"),
        ("1 234", "1234"),
        ("－３", "-3"),
        ("− 3", "-3"),
        (" 007 ", "7"),
        ("+7", "7"),
        ("12.", "12"),
    ],
)
def test_number_is_taken_as_offices_type_it(
    draft: Revision, filler: User, typed: str, stored: str
) -> None:
    client = signed_in(filler)
    form = client.get(page_of(draft, 1)).content.decode()

    client.post(page_of(draft, 1), sent(form, **{"rd-spending-value": typed}))

    assert str(IndicatorValue.objects.get(revision=draft).value) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "约601",
        "394家",
        "1,5",
        "12,34",
        "1_000",
        "1e3",
        "NaN",
        "Infinity",
        "0x10",
        "１％",
        "=1+1",
        "<script>alert(1)</script>",
        "٣",
        "9" * 30,
        "1." + "3" * 9,
    ],
)
def test_what_is_no_number_is_refused_with_the_cure(
    draft: Revision, filler: User, typed: str
) -> None:
    client = signed_in(filler)
    html = client.get(page_of(draft, 1)).content.decode()

    answer = client.post(page_of(draft, 1), sent(html, **{"rd-spending-value": typed}))

    assert answer.status_code == 422
    assert not IndicatorValue.objects.filter(revision=draft).exists()
    [form] = answer.context["wrong_forms"]
    [error] = form.errors.as_data()["value"]
    assert error.code in {"invalid", "max_digits", "max_decimal_places"}
    assert error.message in form.fields["value"].error_messages.values()
    page = answer.content.decode()
    assert 'class="error-summary"' in page
    assert "<script>alert" not in page


def test_digits_that_print_differently_are_a_change(draft: Revision, filler: User) -> None:
    client = signed_in(filler)
    for typed in ("58.8", "58.80"):
        form = client.get(page_of(draft, 1)).content.decode()
        client.post(page_of(draft, 1), sent(form, **{"rd-spending-value": typed}))

    assert str(IndicatorValue.objects.get(revision=draft).value) == "58.80"


def test_line_saved_beside_a_wrong_one_can_be_changed_again(draft: Revision, filler: User) -> None:
    factories.indicator("patents")
    client = signed_in(filler)
    form = client.get(page_of(draft, 1)).content.decode()
    answer = client.post(
        page_of(draft, 1), sent(form, **{"rd-spending-value": "21", "patents-value": "many"})
    )
    assert answer.status_code == 422
    assert 'value="many"' in answer.content.decode()

    answer = client.post(
        page_of(draft, 1),
        sent(answer.content.decode(), **{"rd-spending-value": "22", "patents-value": "7"}),
    )

    assert answer.status_code == 302
    values = IndicatorValue.objects.filter(revision=draft).values_list("indicator__code", "value")
    assert dict(values) == {"rd-spending": 22, "patents": 7}


def test_saved_section_says_at_once_what_the_rules_find(draft: Revision, filler: User) -> None:
    client = signed_in(filler)
    form = client.get(page_of(draft, 1)).content.decode()

    answer = client.post(page_of(draft, 1), sent(form, **{"rd-spending-value": "200"}), follow=True)

    page = answer.content.decode()
    finding = draft.findings.get(rule="unlike_last_year", record_kind="indicator-values")
    assert "200" in str(finding)
    assert "%(" not in page
    assert f"/findings/{finding.pk}/" in page


def test_finding_of_a_missing_figure_leads_to_its_line(
    client: Client, filler: User, draft: Revision
) -> None:
    check_case(filler, draft.pk)
    client.force_login(filler)
    page = client.get(f"/desk/cases/{draft.case_id}/").content.decode()
    entry = f"/desk/returns/{draft.case_id}/figures/rd-spending/entry/"
    assert f'href="{entry}"' in page
    answer = client.get(entry)
    assert answer["Location"] == page_of(draft, 1) + "#figure-rd-spending"
    assert 'id="figure-rd-spending"' in client.get(page_of(draft, 1)).content.decode()
    assert client.get(entry.replace("rd-spending", "nothing")).status_code == 404
