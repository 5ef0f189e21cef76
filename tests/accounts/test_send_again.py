"""A form that comes too late: signed out, or with the token of an earlier session."""

from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from apps.accounts.models import Role
from tests import factories as f

pytestmark = pytest.mark.django_db

HERE = {"HTTP_ORIGIN": "http://testserver"}
BEGIN = "/desk/cases/new/"
TYPED = {"kind": "awards", "year": "2023", "subject": "<b>第一行</b>\n第二行"}


def sent_again(answer: Any) -> dict[str, str]:
    """Return the fields that the page would send again."""
    return dict(answer.context["fields"])


def test_what_was_typed_is_kept_when_the_session_has_ended() -> None:
    answer = Client().post(BEGIN, TYPED)

    assert answer.status_code == 403
    assert sent_again(answer) == TYPED
    page = answer.content.decode()
    assert "<b>第一行" not in page
    assert 'href="/accounts/login/?next=%2Fdesk%2F"' in page
    assert f'action="{BEGIN}"' in page


def test_form_sent_by_htmx_when_the_session_has_ended_is_to_be_sent_as_a_page() -> None:
    answer = Client().post(BEGIN, TYPED, headers={"HX-Request": "true"})

    assert (answer.status_code, answer.content) == (403, b"")


def test_what_nobody_typed_is_sent_again_and_not_shown() -> None:
    quiet = {"seen-title": "旧题", "digest": "abc", "only": "doubtful", "page": "2", "rows": "甲"}

    answer = Client().post(BEGIN, {"value-title": "新题", **quiet})

    assert [value for _label, value in answer.context["shown"]] == ["新题"]
    assert sent_again(answer) == {"value-title": "新题", **quiet}


def test_what_was_typed_is_called_as_the_person_knows_it() -> None:
    typed = {"value-award_year": "2023", "cell-7-x": "甲"}

    with override("zh-hans"):
        answer = Client(headers={"accept-language": "zh-hans"}).post(BEGIN, typed)

    assert answer.context["shown"] == [("获奖年度", "2023"), ("字段", "甲")]


def test_button_pressed_when_the_session_has_ended_leads_back_to_its_page() -> None:
    client = Client()

    answer = client.post("/desk/cases/7/check/", HTTP_REFERER="http://testserver/desk/cases/7/")
    assert answer.headers["Location"] == "/accounts/login/?next=%2Fdesk%2Fcases%2F7%2F"

    answer = client.post("/desk/cases/7/check/", HTTP_REFERER="http://evil.example/desk/cases/7/")
    assert answer.headers["Location"] == "/accounts/login/?next=%2Fdesk%2F"


def test_reading_signed_out_leads_to_the_sign_in_as_ever() -> None:
    assert Client().get(BEGIN).headers["Location"] == f"/accounts/login/?next={BEGIN}"


def test_form_with_an_old_token_is_offered_again_with_a_new_one() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(
        f.staff(Role.CITY_EDITOR), backend="django.contrib.auth.backends.ModelBackend"
    )
    f.reporting_year(2023)

    refused = client.post(BEGIN, {**TYPED, "csrfmiddlewaretoken": "old"}, **HERE)
    assert refused.status_code == 403
    assert sent_again(refused) == TYPED

    token = refused.context["csrf_token"]
    taken = client.post(
        BEGIN, {**sent_again(refused), "subject": "名单", "csrfmiddlewaretoken": str(token)}, **HERE
    )
    assert taken.status_code == 302


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_ORIGIN": "http://evil.example"},
        {**HERE, "HTTP_SEC_FETCH_SITE": "cross-site"},
    ],
)
def test_what_another_site_sends_is_never_offered_again(headers: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(
        f.staff(Role.CITY_EDITOR), backend="django.contrib.auth.backends.ModelBackend"
    )

    answer = client.post(BEGIN, TYPED, **headers)

    assert answer.status_code == 403
    assert "第二行" not in answer.content.decode()
    assert 'action="/desk/' not in answer.content.decode()


def test_other_forms_keep_their_plain_answer() -> None:
    answer = Client(enforce_csrf_checks=True).post(
        "/accounts/login/", {"login": "x", "password": "secret"}, **HERE
    )

    assert answer.status_code == 403
    assert "secret" not in answer.content.decode()
