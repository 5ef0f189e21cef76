"""Which passwords are refused, which are due, who must change his."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from apps.accounts.models import EventKind, PasswordHistory, Role, SecurityEvent, User
from apps.accounts.passwords import (
    FormerPasswordsValidator,
    must_change_password,
    password_age,
    password_notice,
    set_temporary_password,
)
from tests import factories

from .conftest import PASSWORD, SignIn

NEW = "Ebb 2 neap, at ten"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Aa1!short", "password_too_short"),
        ("springtide2023", "password_too_plain"),
        ("春潮二〇二三年的宁波", "password_too_plain"),
        ("District-filler-1", "password_too_similar"),
        ("Zhangsan-7", "password_too_similar"),
        ("Qwerty123456", "password_too_common"),
        (PASSWORD, "password_used_before"),
    ],
)
def test_password_is_refused(filler: User, password: str, code: str) -> None:
    filler.full_name = "张三"
    with pytest.raises(ValidationError) as refusal:
        validate_password(password, filler)

    assert code in [error.code for error in refusal.value.error_list]


def test_password_of_three_classes_is_taken(filler: User) -> None:
    validate_password(NEW, filler)


def test_password_is_refused_until_five_others_came(filler: User) -> None:
    for number in range(4):
        filler.set_password(f"{NEW} {number}")
        filler.save()
    with pytest.raises(ValidationError):
        validate_password(PASSWORD, filler)

    filler.set_password(f"{NEW} 4")
    filler.save()

    validate_password(PASSWORD, filler)


def test_person_without_account_has_no_former_passwords() -> None:
    validator = FormerPasswordsValidator()

    validator.validate(PASSWORD)
    validator.validate(PASSWORD, User(username="new"))
    validator.password_changed(PASSWORD, AnonymousUser())  # type: ignore[arg-type]


def test_history_cannot_be_altered(filler: User) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_passwordhistory SET password = ''")

    assert str(PasswordHistory.objects.get()) == f"张三 {timezone.now():%Y-%m-%d}"


def test_change_asks_for_the_present_password(
    client: Client, filler: User, sign_in: SignIn
) -> None:
    sign_in("district-filler")
    data = {"oldpassword": "wrong", "password1": NEW, "password2": NEW}

    wrong = client.post("/accounts/password/change/", data)
    right = client.post("/accounts/password/change/", data | {"oldpassword": PASSWORD})

    assert list(wrong.context["form"].errors) == ["oldpassword"]
    assert right["Location"] == "/desk/"
    assert client.get("/accounts/password/change/").status_code == 200
    filler.refresh_from_db()
    assert filler.check_password(NEW)
    event = SecurityEvent.objects.filter(kind=EventKind.PASSWORD_CHANGED).latest("id")
    assert (event.actor, event.subject) == (filler, filler)


def test_old_password_brings_a_notice_and_not_a_lock(
    client: Client, filler: User, sign_in: SignIn, settings: Settings
) -> None:
    settings.PASSWORD_DAYS = 0

    response = sign_in("district-filler")

    assert response["Location"] == "/desk/"
    assert password_notice(filler) in client.get("/accounts/logout/").text


def test_password_is_due_after_ninety_days(filler: User) -> None:
    age = password_age(filler)

    assert age is not None
    assert age < timedelta(minutes=1)
    assert password_notice(filler) == ""


def test_age_of_an_unknown_password_is_unknown(db: None) -> None:
    user = User.objects.create(username="without")

    assert password_age(user) is None
    assert password_notice(user) == ""
    assert not must_change_password(user)


def test_password_chosen_by_another_is_changed_first(
    client: Client, filler: User, sign_in: SignIn, settings: Settings
) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    set_temporary_password(filler, NEW)
    filler.save()
    sign_in("district-filler", NEW)

    led = client.get("/desk/")
    other = "Moon and tide, 1841"
    client.post(
        "/accounts/password/change/", {"oldpassword": NEW, "password1": other, "password2": other}
    )

    assert led["Location"] == "/accounts/password/change/?next=%2Fdesk%2F"
    assert "/accounts/" not in client.get("/desk/").headers.get("Location", "")


@pytest.mark.django_db
def test_person_without_a_password_is_sent_to_the_administrator(client: Client) -> None:
    person = factories.person(Role.AUDITOR)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")

    answer = client.get("/accounts/password/change/", follow=True)

    assert answer.status_code == 403
    assert answer.redirect_chain == [("/accounts/password/set/", 302)]
