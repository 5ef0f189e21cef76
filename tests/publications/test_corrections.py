"""Asking for a correction on a public page: the form, its guards, the receipt."""

import re

import pytest
from django.core import signing
from django.test import Client

from apps.accounts.models import Role
from apps.cases.domain.requests import answer_request
from apps.cases.models import CorrectionRequest
from apps.publications import corrections
from tests import factories

pytestmark = pytest.mark.django_db

EN = {"accept-language": "en"}
REASON = "等级应为二等奖，见公告第三页。"


@pytest.fixture
def url():
    row = factories.records_of(factories.published_case())[0]
    return f"/awards/{row.uid}/correction/"


@pytest.fixture
def browser():
    return Client(headers=EN, enforce_csrf_checks=True)


def opened(seconds):
    """Return the mark of a form that was shown so many seconds ago."""

    class Earlier(signing.TimestampSigner):
        def timestamp(self):
            import time

            return signing.b62_encode(int(time.time()) - seconds)

    return Earlier(salt=corrections._SALT).sign("form")


def post(browser, url, seconds=60, **data):
    """Send the form as a browser without script does, so many seconds after it was shown."""
    page = browser.get(url).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    values = {
        "reason": REASON,
        "contact": "reader@example.org",
        "website": "",
        "opened": opened(seconds),
    }
    return browser.post(url, {**values, "csrfmiddlewaretoken": token[1], **data})


def test_every_public_row_leads_to_the_form(browser, url):
    page = browser.get(url.removesuffix("correction/"))

    assert f'href="{url}"' in page.content.decode()
    form = browser.get(url)
    assert form.status_code == 200
    assert form["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in form["Cache-Control"]
    text = form.content.decode()
    assert "deleted 30 days after" in text
    assert "<script" not in text[text.index("<main") : text.index("</main>")]


def test_request_is_taken_in_and_answered_under_its_number(browser, url):
    response = post(browser, url)

    request = CorrectionRequest.objects.get()
    assert (request.reason, request.contact) == (REASON, "reader@example.org")
    assert response.url == f"/corrections/{request.number}/"
    receipt = browser.get(response.url).content.decode()
    assert request.number in receipt
    assert "reader@example.org" not in receipt
    assert REASON not in receipt
    answer_request(factories.staff(Role.CITY_REVIEWER), request.pk, "已核实，将更正。")
    assert "已核实，将更正。" in browser.get(response.url).content.decode()
    # Typed from the receipt, in any case and with blanks.
    found = browser.get("/corrections/", {"number": f" {request.number.lower()} "})
    assert found.url == response.url


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"website": "http://spam.example"}, "has to stay empty"),
        ({"seconds": 0}, "very quick"),
        ({"seconds": 90_000}, "open for too long"),
        ({"opened": "forged:mark"}, "open for too long"),
        ({"opened": ""}, "open for too long"),
        ({"reason": "  "}, "Say in a sentence"),
        ({"reason": "错了"}, "Say in a sentence"),
    ],
)
def test_what_no_person_sends_is_refused_with_a_sentence(browser, url, data, sentence):
    response = post(browser, url, **data)

    text = response.content.decode()
    assert (response.status_code, sentence in text) == (422, True)
    assert "reader@example.org" in text
    assert not CorrectionRequest.objects.exists()


def test_form_that_was_too_quick_can_be_sent_again(browser, url):
    refused = post(browser, url, seconds=0)
    mark = re.search(r'name="opened" value="([^"]+)"', refused.content.decode())

    assert mark is not None
    assert signing.TimestampSigner(salt=corrections._SALT).unsign(mark[1]) == "form"


def test_limit_says_when_to_come_back(browser, url, settings):
    settings.REQUESTS_PER_HOUR = 1
    post(browser, url)

    response = post(browser, url)

    assert (response.status_code, response["Retry-After"]) == (429, "3600")
    assert REASON in response.content.decode()
    assert CorrectionRequest.objects.count() == 1


def test_what_is_not_public_has_no_form(browser):
    draft = factories.records_of(factories.open_award_list())[0]
    withdrawn = factories.records_of(factories.case_in("withdrawn"))[0]

    for row in (draft, withdrawn):
        assert browser.get(f"/awards/{row.uid}/correction/").status_code == 404


@pytest.mark.parametrize("number", ["AAAA-BBBB-CCCC", "x" * 500, "\x00", "' OR 1=1"])
def test_unknown_number_is_not_found_with_a_sentence(browser, number):
    response = browser.get("/corrections/", {"number": number})

    assert (response.status_code, "no request of that number" in response.content.decode()) == (
        404,
        True,
    )
    assert browser.get("/corrections/AAAA-BBBB-CCCC/").status_code == 404
    assert browser.get("/corrections/").status_code == 200


def test_pages_cost_few_queries(browser, url, django_assert_max_num_queries):
    number = post(browser, url).url
    for address in (url, number, "/corrections/"):
        with django_assert_max_num_queries(10):
            browser.get(address)
