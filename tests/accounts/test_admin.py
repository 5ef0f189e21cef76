"""The administration site: who enters, what is there, what it does."""

from datetime import date
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.db import DatabaseError, connection, transaction
from django.test import Client, RequestFactory
from django.urls import get_resolver, resolve
from pytest_django import Settings

from apps.accounts.models import Bureau, EventKind, Role, SecurityEvent, User
from apps.accounts.site import site
from apps.districts.models import Derivation
from apps.registry.models import (
    CalendarDay,
    District,
    FormVersion,
    Indicator,
    IndicatorRelation,
    NarrativeLimit,
    NoticeRule,
    Organisation,
    OrganisationName,
    ReportingTerm,
    ReportingYear,
    TruthStatement,
)

from .conftest import PASSWORD, MakeUser, SignIn

SHOWN = {
    "accounts.User",
    "accounts.Bureau",
    "registry.District",
    "registry.ReportingYear",
    "registry.CalendarDay",
    "registry.Indicator",
    "registry.IndicatorVersion",
    "registry.Organisation",
    "registry.OrganisationName",
    "registry.NoticeRule",
    "registry.FormVersion",
    "districts.Derivation",
    "registry.ReportingTerm",
    "registry.IndicatorRelation",
    "registry.TruthStatement",
    "registry.NarrativeLimit",
}
ADD_USER = "/admin/accounts/user/add/"


@pytest.fixture
def admin(client: Client, administrator: User) -> Client:
    """Return a browser in which the administrator is signed in."""
    client.force_login(administrator)
    return client


def user_page(user: User) -> str:
    return f"/admin/accounts/user/{user.pk}/change/"


def act(client: Client, action: str, *users: User) -> None:
    data = {"action": action, "_selected_action": [user.pk for user in users]}
    response = client.post("/admin/accounts/user/", data)
    assert response.status_code == 302


def test_registered_models_are_these_and_no_others() -> None:
    assert {model._meta.label for model in site._registry} == SHOWN


def test_site_of_django_itself_has_no_address() -> None:
    assert get_resolver().app_dict["admin"] == ["admin"]
    assert resolve("/admin/").func.admin_site is site  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", [role for role in Role.values if role != "administrator"])
@pytest.mark.parametrize("path", ["", "accounts/user/", "registry/indicator/", "jsi18n/"])
def test_other_roles_are_refused_and_logged(
    client: Client, make_user: MakeUser, role: str, path: str
) -> None:
    user = make_user(role, is_staff=True)
    client.force_login(user)

    response = client.get(f"/admin/{path}", follow=True)

    assert response.status_code == 403
    event = SecurityEvent.objects.latest("id")
    assert (event.kind, event.actor, event.subject_name) == (
        EventKind.ACCESS_REFUSED,
        user,
        f"/admin/{path}",
    )


def test_public_is_led_to_the_sign_in_page(client: Client, db: None) -> None:
    response = client.get("/admin/accounts/user/", follow=True)

    assert response.redirect_chain[-1][0] == "/accounts/login/?next=/admin/accounts/user/"
    assert client.get("/admin/login/")["Location"] == "/accounts/login/?next=/admin/"


def test_administrator_without_second_factor_is_led_to_set_one_up(
    client: Client, administrator: User, sign_in: SignIn, settings: Settings
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    sign_in("administrator")

    assert client.get("/admin/")["Location"] == "/accounts/2fa/?next=%2Fadmin%2F"


@pytest.mark.parametrize("label", sorted(SHOWN))
def test_every_page_opens(admin: Client, beilun: Bureau, label: str) -> None:
    district = District.objects.create(
        slug="beilun",
        name="北仑区",
        name_en="Beilun",
        kind="division",
        code="330206",
        bureau=beilun,
    )
    ReportingYear.objects.create(year=2023, opens_on=date(2024, 1, 1), due_on=date(2024, 3, 1))
    CalendarDay.objects.create(date=date(2024, 10, 1), is_working=False, name="国庆节")
    spending = Indicator.objects.create(
        code="rd",
        name="研发经费",
        name_en="R&D",
        units=["亿元"],
        value_type="decimal",
        measure="flow",
        section="投入",
        section_en="Input",
        source="typed",
        asked_of="district",
    )
    IndicatorRelation.objects.create(code="rd-range", kind="range", indicator=spending, low=0)
    NoticeRule.objects.create(kind="awards", from_year=2023, working_days=5)
    FormVersion.objects.create(kind="district-returns", from_year=2023, number="01表")
    ReportingTerm.objects.create(
        kind="awards", year_id=2023, opens_on=date(2024, 1, 1), due_on=date(2024, 6, 1)
    )
    Derivation.objects.create(indicator=spending, from_year=2024, record_kind="roster-entries")
    NarrativeLimit.objects.create(heading="年度总览", most=800)
    TruthStatement.objects.create(from_year=2023, text="本人确认所报数据真实。")
    body = Organisation.objects.create(name="宁波大学", district=district)
    OrganisationName.objects.create(organisation=body, name="宁波大学")
    model = next(model for model in site._registry if model._meta.label == label)
    row = model._default_manager.get(pk=model._default_manager.values_list("pk", flat=True)[0])
    base = f"/admin/{label.lower().replace('.', '/')}/"

    pages = [base, f"{base}add/", f"{base}{row.pk}/change/", f"{base}{row.pk}/history/"]

    assert [admin.get(page).status_code for page in pages] == [200] * 4
    deleted = admin.get(f"{base}{row.pk}/delete/").status_code
    assert deleted == (
        200
        if label
        in {
            "registry.CalendarDay",
            "registry.IndicatorRelation",
            "registry.NarrativeLimit",
            "districts.Derivation",
        }
        else 403
    )


@pytest.mark.parametrize(
    ("label", "fixed"),
    [
        ("accounts.User", "username"),
        ("accounts.Bureau", "slug"),
        ("registry.District", "slug"),
        ("registry.Indicator", "code"),
        ("registry.OrganisationName", "name"),
    ],
)
def test_identity_is_entered_once(
    rf: RequestFactory, administrator: User, label: str, fixed: str
) -> None:
    request = rf.get("/")
    request.user = administrator
    page = next(page for model, page in site._registry.items() if model._meta.label == label)

    assert fixed not in page.get_readonly_fields(request)
    assert fixed in page.get_readonly_fields(request, page.model())


@pytest.mark.parametrize(("table", "field"), [("district", "slug"), ("indicator", "code")])
def test_identity_stays_in_the_database_too(db: None, table: str, field: str) -> None:
    District.objects.create(slug="a", name="甲", name_en="A", kind="zone")
    Indicator.objects.create(
        code="a",
        name="甲",
        name_en="A",
        units=["个"],
        value_type="integer",
        measure="new",
        section="甲",
        section_en="A",
        source="typed",
        asked_of="city",
    )

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE registry_{table} SET {field} = 'b'")


def test_dictionary_change_is_in_both_logs(
    admin: Client, administrator: User, city: Bureau
) -> None:
    page = f"/admin/accounts/bureau/{city.pk}/change/"

    admin.post(page, {"name": "市科学技术局", "name_en": "City Bureau", "order": 1})

    city.refresh_from_db()
    assert (city.name, city.slug, city.kind) == ("市科学技术局", "city", "city")
    event = SecurityEvent.objects.latest("id")
    assert (event.kind, event.actor) == (EventKind.DICTIONARY_CHANGED, administrator)
    assert event.subject_name == f"accounts.Bureau {city.pk}"
    assert list(event.detail) == ["changed"]
    assert LogEntry.objects.get().user_id == administrator.pk


def test_calendar_day_is_added_and_deleted(admin: Client) -> None:
    admin.post("/admin/registry/calendarday/add/", {"date": "2024-10-01", "name": "国庆节"})
    admin.post("/admin/registry/calendarday/2024-10-01/delete/", {"post": "yes"})

    assert not CalendarDay.objects.exists()
    details = SecurityEvent.objects.filter(kind="dictionary_changed").order_by("id")
    assert [list(event.detail) for event in details] == [["added"], ["deleted"]]


def test_new_account_has_its_roles_and_a_temporary_password(admin: Client, beilun: Bureau) -> None:
    data = {
        "username": "beilun-filler",
        "full_name": "张三",
        "bureau": beilun.pk,
        "roles": ["district_filler", "district_signatory"],
        "password1": PASSWORD,
        "password2": PASSWORD,
    }

    response = admin.post(ADD_USER, data)

    assert response.status_code == 302
    user = User.objects.get(username="beilun-filler")
    assert (user.roles, user.bureau) == (["district_filler", "district_signatory"], beilun)
    assert user.former_passwords.get().temporary


@pytest.mark.parametrize(
    ("roles", "field"),
    [(["city_editor"], "bureau"), (["auditor", "district_filler"], "roles"), (["king"], "roles")],
)
def test_roles_that_do_not_fit_are_refused(
    admin: Client, beilun: Bureau, roles: list[str], field: str
) -> None:
    data = {
        "username": "x",
        "bureau": beilun.pk,
        "roles": roles,
        "password1": PASSWORD,
        "password2": PASSWORD,
    }

    response = admin.post(ADD_USER, data)

    assert list(response.context["adminform"].form.errors) == [field]


def test_roles_are_ticked_and_changed(admin: Client, filler: User, administrator: User) -> None:
    page = admin.get(user_page(filler))
    assert page.context["adminform"].form["roles"].value() == ["district_filler"]

    admin.post(
        user_page(filler),
        {
            "full_name": "张三",
            "bureau": filler.bureau_id,
            "is_active": "on",
            "roles": ["district_signatory"],
        },
    )

    filler.refresh_from_db()
    assert (filler.roles, filler.username) == (["district_signatory"], "district-filler")
    event = SecurityEvent.objects.get(kind=EventKind.ACCOUNT_CHANGED)
    assert (event.actor, event.subject) == (administrator, filler)
    assert event.detail["roles"]["after"] == ["district_signatory"]


def test_administrator_cannot_change_his_own_rights(
    admin: Client, administrator: User, city: Bureau
) -> None:
    admin.post(
        user_page(administrator),
        {"full_name": "王五", "bureau": city.pk, "roles": ["city_publisher"]},
    )
    act(admin, "deactivate", administrator)

    administrator.refresh_from_db()
    assert (administrator.full_name, administrator.roles) == ("王五", ["administrator"])
    assert administrator.is_active


def test_posted_rank_marks_are_ignored(admin: Client, filler: User) -> None:
    admin.post(
        user_page(filler),
        {
            "bureau": filler.bureau_id,
            "is_active": "on",
            "roles": ["district_filler"],
            "is_superuser": "on",
            "is_staff": "on",
        },
    )

    filler.refresh_from_db()
    assert (filler.is_superuser, filler.is_staff) == (False, False)


def test_accounts_are_closed_and_opened(admin: Client, filler: User, make_user: MakeUser) -> None:
    other = make_user(Role.CITY_EDITOR)

    act(admin, "deactivate", filler, other)
    closed = list(User.objects.filter(is_active=False))
    act(admin, "activate", filler)

    assert set(closed) == {filler, other}
    assert list(User.objects.filter(is_active=False)) == [other]


def test_password_set_by_the_administrator_is_temporary(
    admin: Client, filler: User, administrator: User
) -> None:
    new = "Ebb 2 neap, at ten"
    page = f"/admin/accounts/user/{filler.pk}/password/"
    assert admin.get(page).status_code == 200

    admin.post(page, {"password1": new, "password2": new})

    filler.refresh_from_db()
    assert filler.check_password(new)
    assert filler.former_passwords.first().temporary  # type: ignore[union-attr]
    own = admin.get(f"/admin/accounts/user/{administrator.pk}/password/")
    assert own["Location"] == "/accounts/password/change/"
    assert admin.get("/admin/password_change/")["Location"] == "/accounts/password/change/"


def test_lost_second_factor_is_reset(admin: Client, filler: User, administrator: User) -> None:
    TOTP.activate(filler, "JBSWY3DPEHPK3PXP")
    TOTP.activate(administrator, "JBSWY3DPEHPK3PXP")

    act(admin, "reset_second_factor", filler, administrator)

    assert [factor.user for factor in Authenticator.objects.all()] == [administrator]
    event = SecurityEvent.objects.get(kind=EventKind.FACTOR_REMOVED)
    assert (event.actor, event.subject) == (administrator, filler)


def test_locked_account_is_unlocked(
    admin: Client, filler: User, sign_in: SignIn, make_user: MakeUser
) -> None:
    browser = Client(REMOTE_ADDR="10.0.0.1")
    for _ in range(5):
        browser.post("/accounts/login/", {"login": "district-filler", "password": "wrong"})

    act(admin, "unlock", filler, make_user(Role.CITY_EDITOR))

    assert not AccessAttempt.objects.exists()
    assert SecurityEvent.objects.get(kind=EventKind.UNLOCKED).subject == filler


def test_sign_out_from_the_site(admin: Client) -> None:
    assert admin.post("/admin/logout/").status_code == 302
    assert "_auth_user_id" not in admin.session


def test_no_page_carries_script_or_style_in_itself(admin: Client, filler: User) -> None:
    for path in ("/admin/", "/admin/accounts/user/", ADD_USER, user_page(filler)):
        page = admin.get(path).text
        assert "<style" not in page
        assert " style=" not in page
        assert " onclick=" not in page
        assert page.count("<script") == page.count("<script src=") + page.count(
            'type="application/json"'
        ) + page.count('<script id="django-admin-'), path


@pytest.mark.parametrize("people", [1, 3, 100])
def test_list_of_accounts_takes_ten_queries_however_long(
    admin: Client, beilun: Bureau, people: int, django_assert_max_num_queries: Any
) -> None:
    User.objects.bulk_create(
        User(username=f"filler-{number}", bureau=beilun, roles=["district_filler"])
        for number in range(people)
    )
    admin.get("/admin/accounts/user/")

    with django_assert_max_num_queries(10):
        page = admin.get("/admin/accounts/user/")

    assert page.context["cl"].result_count == people + 1
