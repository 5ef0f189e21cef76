"""The second factor: who needs one, setting it up, signing in with it."""

import json
import re
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from axes.models import AccessAttempt
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from apps.accounts.adapters import MFAAdapter
from apps.accounts.models import EventKind, Role, SecurityEvent, User
from apps.accounts.second_factor import lacks_second_factor

from .conftest import PASSWORD, MakeUser, SignIn

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_for(secret: str, steps: int = 0) -> str:
    """Return what an authenticator app shows now, or so many half minutes later."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def kinds() -> list[str]:
    return list(SecurityEvent.objects.order_by("id").values_list("kind", flat=True))


@pytest.fixture
def with_app(filler: User) -> User:
    """Return a filler with an authenticator app."""
    TOTP.activate(filler, SECRET)
    return filler


def give(client: Client, code: str) -> Any:
    return client.post("/accounts/2fa/authenticate/", {"code": code})


@pytest.mark.parametrize("role", Role.values)
def test_every_role_needs_a_second_factor(
    make_user: MakeUser, second_factor_required: None, role: str
) -> None:
    assert lacks_second_factor(make_user(role))


def test_account_without_a_role_needs_none(
    make_user: MakeUser, second_factor_required: None
) -> None:
    assert not lacks_second_factor(make_user(roles=[]))


def test_person_without_factor_is_led_to_set_one_up_and_back(
    second_factor_required: None, filler: User, sign_in: SignIn, client: Client
) -> None:
    sign_in("district-filler")

    response = client.get("/desk/cases/7/?tab=2")

    assert response["Location"] == "/accounts/2fa/?next=%2Fdesk%2Fcases%2F7%2F%3Ftab%3D2"
    assert client.get("/accounts/2fa/").status_code == 200


def test_person_without_factor_is_led_by_htmx_too(
    second_factor_required: None, filler: User, sign_in: SignIn, client: Client
) -> None:
    sign_in("district-filler")

    response = client.post("/desk/cases/7/", HTTP_HX_REQUEST="true")

    assert response["HX-Redirect"] == "/accounts/2fa/?next=%2Fdesk%2Fcases%2F7%2F"


def test_person_without_factor_is_the_public_elsewhere(
    second_factor_required: None, filler: User, sign_in: SignIn, client: Client
) -> None:
    sign_in("district-filler")

    response = client.get("/no-such-page/")

    assert response.status_code == 404
    assert not response.wsgi_request.user.is_authenticated


def test_set_up_of_the_app_lets_in_and_shows_the_recovery_codes_once(
    second_factor_required: None, filler: User, sign_in: SignIn, client: Client
) -> None:
    sign_in("district-filler")
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.context["totp_svg_data_uri"].startswith("data:image/svg+xml;base64,")
    secret = page.context["form"].secret
    assert f'value="{secret}"' in page.content.decode()

    response = client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)})

    assert response["Location"] == "/accounts/2fa/recovery-codes/"
    shown = client.get("/accounts/2fa/recovery-codes/")
    assert len(re.findall(r"<li>\d{8}</li>", shown.content.decode())) == 10
    again = client.get("/accounts/2fa/recovery-codes/")
    assert re.findall(r"<li>\d{8}</li>", again.content.decode()) == []
    assert client.get("/desk/nothing/").status_code == 404
    assert kinds()[-2:] == [EventKind.FACTOR_ADDED, EventKind.CODES_RENEWED]


def test_wrong_code_does_not_set_up_the_app(filler: User, sign_in: SignIn, client: Client) -> None:
    sign_in("district-filler")
    client.get("/accounts/2fa/totp/activate/")

    response = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})

    assert list(response.context["form"].errors) == ["code"]
    assert not Authenticator.objects.exists()


def test_set_up_long_after_sign_in_asks_for_the_password(
    filler: User, sign_in: SignIn, client: Client
) -> None:
    sign_in("district-filler")
    session = client.session
    session["account_authentication_methods"][0]["at"] -= 301
    session.save()

    response = client.get("/accounts/2fa/totp/activate/")
    assert response["Location"].startswith("/accounts/reauthenticate/")
    assert client.get(response["Location"]).status_code == 200
    wrong = client.post(response["Location"], {"password": "wrong"})
    assert list(wrong.context["form"].errors) == ["password"]
    right = client.post(response["Location"], {"password": PASSWORD})

    assert right["Location"] == "/accounts/2fa/totp/activate/"
    assert client.get(right["Location"]).status_code == 200


def test_sign_in_asks_for_the_code(with_app: User, sign_in: SignIn, client: Client) -> None:
    response = sign_in("district-filler", next="/desk/cases/7/")

    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    assert client.get(response["Location"]).status_code == 200

    answer = give(client, code_for(SECRET))

    assert answer["Location"] == "/desk/cases/7/"
    event = SecurityEvent.objects.get(kind=EventKind.SIGNED_IN)
    assert event.detail == {"with": ["password", "totp"]}


def test_code_works_once(with_app: User, sign_in: SignIn, client: Client) -> None:
    code = code_for(SECRET)
    sign_in("district-filler")
    give(client, code)
    client.post("/accounts/logout/")
    # Another process of the server does not share this cache.
    cache.clear()
    sign_in("district-filler")

    response = give(client, code)

    assert list(response.context["form"].errors) == ["code"]
    assert give(client, code_for(SECRET, 1)).status_code == 302
    assert kinds().count(EventKind.FACTOR_FAILED) == 1


def test_fifth_wrong_code_locks_and_the_right_one_does_not_help(
    with_app: User, sign_in: SignIn, client: Client
) -> None:
    sign_in("district-filler")
    answers = [give(client, f"00000{number}").status_code for number in range(5)]

    right = give(client, code_for(SECRET))

    assert answers == [200, 200, 200, 200, 429]
    assert "00000" not in AccessAttempt.objects.get().post_data
    assert right.status_code == 429
    assert "_auth_user_id" not in client.session
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=31))
    assert give(client, code_for(SECRET)).status_code == 302


def test_recovery_code_signs_in_once(with_app: User, sign_in: SignIn, client: Client) -> None:
    code = RecoveryCodes.activate(with_app).get_unused_codes()[0]
    sign_in("district-filler")
    assert give(client, code).status_code == 302
    client.post("/accounts/logout/")
    sign_in("district-filler")

    assert give(client, code).status_code == 200


def test_new_recovery_codes_are_logged(with_app: User, sign_in: SignIn, client: Client) -> None:
    sign_in("district-filler")
    give(client, code_for(SECRET))
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.get("/accounts/2fa/recovery-codes/generate/").status_code == 200

    response = client.post("/accounts/2fa/recovery-codes/generate/")

    assert response["Location"] == "/accounts/2fa/recovery-codes/"
    assert kinds()[-1] == EventKind.CODES_RENEWED


def test_last_factor_stays_where_one_is_needed(
    second_factor_required: None, with_app: User, sign_in: SignIn, client: Client
) -> None:
    sign_in("district-filler")
    give(client, code_for(SECRET))
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    client.post("/accounts/2fa/totp/deactivate/")

    assert Authenticator.objects.filter(type="totp").exists()


def test_last_factor_may_go_where_none_is_needed(
    settings: Settings, with_app: User, sign_in: SignIn, client: Client
) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    sign_in("district-filler")
    give(client, code_for(SECRET))
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    response = client.post("/accounts/2fa/totp/deactivate/")

    assert response["Location"] == "/accounts/2fa/"
    assert not Authenticator.objects.exists()
    assert kinds()[-1] == EventKind.FACTOR_REMOVED


def test_confirming_with_a_code(with_app: User, sign_in: SignIn, client: Client) -> None:
    sign_in("district-filler")
    give(client, code_for(SECRET))
    assert client.get("/accounts/2fa/reauthenticate/").status_code == 200

    wrong = client.post("/accounts/2fa/reauthenticate/", {"code": "000000"})
    right = client.post(
        "/accounts/2fa/reauthenticate/?next=/accounts/2fa/", {"code": code_for(SECRET, 1)}
    )

    assert list(wrong.context["form"].errors) == ["code"]
    assert right["Location"] == "/accounts/2fa/"


def test_page_to_add_a_security_key_carries_the_options(
    filler: User, sign_in: SignIn, client: Client
) -> None:
    sign_in("district-filler")

    page = client.get("/accounts/2fa/webauthn/add/")

    data = re.search(r'<script id="js_data" type="application/json">(.*?)</script>', page.text)
    assert data is not None
    options = json.loads(data[1])["creation_options"]["publicKey"]
    assert options["rp"] == {"id": "testserver", "name": "testserver"}
    assert options["user"]["name"] == "district-filler"
    assert "mfa/js/webauthn.js" in page.text


def test_answer_of_a_security_key_is_refused_while_locked(
    with_app: User, sign_in: SignIn, client: Client
) -> None:
    sign_in("district-filler")
    for number in range(5):
        give(client, f"00000{number}")

    response = client.post("/accounts/2fa/authenticate/", {"credential": '{"id": "x"}'})

    assert response.status_code == 429


def test_bad_answer_of_a_security_key_is_refused(
    with_app: User, sign_in: SignIn, client: Client
) -> None:
    sign_in("district-filler")

    response = client.post("/accounts/2fa/authenticate/", {"credential": '{"id": "x"}'})

    assert list(response.context["webauthn_form"].errors) == ["credential"]


def test_bad_answers_of_a_security_key_elsewhere_are_refused(
    filler: User, sign_in: SignIn, client: Client
) -> None:
    sign_in("district-filler")
    data = {"name": "", "credential": '{"id": "x"}'}

    added = client.post("/accounts/2fa/webauthn/add/", data)
    key = {"name": "Key", "credential": {}}
    Authenticator.objects.create(user=filler, type="webauthn", data=key)
    confirmed = client.post("/accounts/2fa/webauthn/reauthenticate/", data)

    assert added.context["form"].errors
    assert confirmed["Location"] == "/accounts/login/"
    assert Authenticator.objects.count() == 1


def test_list_of_security_keys_may_be_empty(filler: User, sign_in: SignIn, client: Client) -> None:
    sign_in("district-filler")

    assert client.get("/accounts/2fa/webauthn/").status_code == 200


def test_secret_is_stored_encrypted(with_app: User, settings: Settings) -> None:
    stored = Authenticator.objects.get().data["secret"]

    assert SECRET not in stored
    assert MFAAdapter().decrypt(stored) == SECRET
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert MFAAdapter().decrypt(stored) == SECRET
