"""Bureaus and people, and signing in as a browser does."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from apps.accounts.models import Bureau, Role, User

PASSWORD = "Spring tide 2023"

MakeUser = Callable[..., User]
SignIn = Callable[..., Any]


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Forget rate limits and used codes of the test before."""
    cache.clear()


@pytest.fixture
def second_factor_required(settings: Settings) -> None:
    """Ask for a second factor, as a production installation does."""
    settings.REQUIRE_SECOND_FACTOR = True


@pytest.fixture
def city(db: None) -> Bureau:
    """Return the city bureau."""
    return Bureau.objects.create(slug="city", name="市科技局", name_en="City Bureau", kind="city")


@pytest.fixture
def beilun(db: None) -> Bureau:
    """Return a district's bureau."""
    return Bureau.objects.create(
        slug="beilun", name="北仑区科技局", name_en="Beilun Bureau", kind="division"
    )


@pytest.fixture
def make_user(city: Bureau, beilun: Bureau) -> MakeUser:
    """Return a function that makes an account of one role, in a bureau that fits."""

    def make(role: str = Role.DISTRICT_FILLER, **values: Any) -> User:
        at_home = beilun if role.startswith("district") else city
        user = User(
            **{"username": role.replace("_", "-"), "bureau": at_home, "roles": [role]} | values
        )
        user.set_password(PASSWORD)
        user.save()
        return user

    return make


@pytest.fixture
def filler(make_user: MakeUser) -> User:
    """Return a district filler."""
    return make_user(full_name="张三")


@pytest.fixture
def administrator(make_user: MakeUser) -> User:
    """Return an administrator."""
    return make_user(Role.ADMINISTRATOR)


@pytest.fixture
def sign_in(client: Client) -> SignIn:
    """Return a function that fills in the sign-in page."""

    def post(username: str, password: str = PASSWORD, next: str = "", **extra: Any) -> Any:
        data = {"login": username, "password": password}
        return client.post("/accounts/login/", data | ({"next": next} if next else {}), **extra)

    return post
