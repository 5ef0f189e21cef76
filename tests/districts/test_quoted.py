"""A figure that another office makes carries its source and the source's date, all the way."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from apps.cases.models import Revision, State
from apps.districts.models import IndicatorValue
from tests import factories
from tests.districts.test_return_page import page_of, sent, signed_in
from tests.districts.test_saving import Desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

SOURCE = {"quoted_from": "市统计局《统计公报》", "quoted_on": "2024-03-12"}
WORDS = "市统计局《统计公报》, 2024-03-12"


@pytest.fixture
def draft() -> Revision:
    """Return an empty return that asks for a quoted figure and a typed one."""
    factories.indicator("rd-quoted", source="quoted")
    factories.indicator("rd-typed")
    return factories.open_return(rows=0)


@pytest.fixture
def desk(draft: Revision) -> Desk:
    return Desk(factories.filler_of(draft), draft)


def _stored(draft: Revision) -> IndicatorValue:
    return IndicatorValue.objects.get(revision=draft, indicator__code="rd-quoted")


def test_source_is_asked_for_beside_a_quoted_figure_and_nowhere_else(draft: Revision) -> None:
    html = signed_in(factories.filler_of(draft)).get(page_of(draft, 1)).content.decode()

    assert html.count('name="rd-quoted-quoted_from"') == 1
    assert html.count('name="rd-quoted-quoted_on"') == 1
    assert "rd-typed-quoted" not in html


def test_source_is_saved_by_itself_with_the_figures_version(desk: Desk, draft: Revision) -> None:
    _status, first = desk.save("12.50", "rd-quoted")
    status, second = desk.save("12.50", "rd-quoted", first["figure"], **SOURCE)
    stale, _answer = desk.save("12.50", "rd-quoted", first["figure"], quoted_from="别的公报")

    assert (status, second["figure"]["version"], stale) == (200, 2, 409)
    assert {name: second["figure"][name] for name in SOURCE} == SOURCE
    assert _stored(draft).source_words == WORDS


def test_colleagues_source_is_shown_beside_ones_own(desk: Desk, draft: Revision) -> None:
    _status, first = desk.save("12.50", "rd-quoted")
    colleague = Desk(factories.person("district_filler"), draft)
    colleague.save("12.50", "rd-quoted", first["figure"], **SOURCE)

    status, answer = desk.save("12.50", "rd-quoted", first["figure"], quoted_from="科技厅通报")

    assert status == 409
    assert WORDS in answer["html"]
    assert "科技厅通报" in answer["html"]
    assert _stored(draft).source_words == WORDS


def test_page_that_knows_nothing_of_sources_leaves_them_alone(desk: Desk, draft: Revision) -> None:
    _status, first = desk.save("12.50", "rd-quoted", **SOURCE)
    desk.save("13.00", "rd-quoted", first["figure"])

    assert (_stored(draft).value, _stored(draft).source_words) == (Decimal("13.00"), WORDS)


def test_source_of_tomorrow_is_refused(desk: Desk, draft: Revision) -> None:
    status, answer = desk.save("12.50", "rd-quoted", quoted_on="2099-01-01")

    assert (status, answer["message"]) == (
        422,
        "The date of the source lies in the future. Correct it.",
    )
    assert not IndicatorValue.objects.filter(revision=draft).exists()


def test_source_is_stored_without_a_script(draft: Revision) -> None:
    browser = signed_in(factories.filler_of(draft))
    typed = {"rd-quoted-value": "12.50"} | {f"rd-quoted-{k}": v for k, v in SOURCE.items()}
    html = browser.get(page_of(draft, 1)).content.decode()
    browser.post(page_of(draft, 1), sent(html, **typed))
    html = browser.get(page_of(draft, 1)).content.decode()
    wrong = browser.post(page_of(draft, 1), sent(html, **{"rd-quoted-quoted_on": "12 March"}))

    with translation.override("en"):
        assert _stored(draft).source_words == WORDS
    assert wrong.status_code == 422
    assert 'value="12 March"' in wrong.content.decode()


def test_source_is_read_by_reviewer_and_signatory(desk: Desk, draft: Revision) -> None:
    desk.save("12.50", "rd-quoted", **SOURCE)
    revision = factories.advance(factories.fresh(draft), State.CHECKING)
    sign = signed_in(factories.doer("submit", revision)).get(
        f"/desk/cases/{draft.case_id}/{revision.number}/submit/",
        headers={"accept-language": "en"},
    )
    revision = factories.advance(revision, State.REVIEWING)
    review = signed_in(factories.doer("approve", revision)).get(
        f"/desk/cases/{draft.case_id}/review/", headers={"accept-language": "en"}
    )

    assert WORDS in sign.content.decode()
    for words in SOURCE.values():
        assert words in review.content.decode()


def test_published_figure_names_its_source(client) -> None:
    quoted = factories.indicator("rd-quoted", source="quoted")
    values = factories.figure_values(
        indicator=quoted, quoted_from=SOURCE["quoted_from"], quoted_on=dt.date(2024, 3, 12)
    )
    factories.published_case("district-returns", [values])

    [row] = client.get("/api/v1/indicator-values/").json()["results"]
    page = client.get("/districts/beilun/2023/", headers={"accept-language": "en"})

    assert {name: row[name] for name in SOURCE} == SOURCE
    assert WORDS in page.content.decode()


@pytest.mark.parametrize(
    ("words", "day", "printed"),
    [
        ("公报", dt.date(2024, 3, 12), "公报, 2024-03-12"),
        ("公报", None, "公报"),
        ("", dt.date(2024, 3, 12), "2024-03-12"),
        ("", None, ""),
    ],
)
def test_source_is_told_as_far_as_it_is_known(words: str, day: dt.date | None, printed: str):
    assert IndicatorValue(quoted_from=words, quoted_on=day).source_words == printed
