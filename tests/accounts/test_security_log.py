"""The security log: what is in it, who reads it, that it stays."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from apps.accounts import audit
from apps.accounts.models import EventKind, Role, SecurityEvent, User

from .conftest import PASSWORD, MakeUser, SignIn


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_securityevent SET actor_name = 'nobody'",
        "DELETE FROM accounts_securityevent",
    ],
)
def test_entry_cannot_be_changed_or_deleted(filler: User, statement: str) -> None:
    before = list(SecurityEvent.objects.values())

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert before
    assert list(SecurityEvent.objects.values()) == before


def test_entry_outlives_the_account(filler: User) -> None:
    pk = filler.pk
    User.objects.filter(pk=pk).delete()

    assert SecurityEvent.objects.filter(subject_id=pk, subject_name="district-filler").exists()


def test_account_is_not_saved_without_its_entry(filler: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_securityevent ADD CHECK (kind <> 'account_changed')")

    filler.title = "科长"
    with pytest.raises(DatabaseError), transaction.atomic():
        filler.save()

    filler.refresh_from_db()
    assert filler.title == ""


def test_new_account_and_its_password_are_logged(make_user: MakeUser) -> None:
    make_user(full_name="李四")

    events = SecurityEvent.objects.order_by("id").values_list("kind", "subject_name")
    assert list(events) == [
        (EventKind.ACCOUNT_CREATED, "district-filler"),
        (EventKind.PASSWORD_CHANGED, "district-filler"),
    ]


def test_change_of_roles_is_logged_with_before_and_after(filler: User) -> None:
    filler.roles = [Role.DISTRICT_FILLER, Role.DISTRICT_SIGNATORY]
    filler.save(update_fields=["roles"])

    event = SecurityEvent.objects.latest("id")
    assert event.kind == EventKind.ACCOUNT_CHANGED
    assert event.detail == {
        "roles": {
            "before": ["district_filler"],
            "after": ["district_filler", "district_signatory"],
        }
    }


def test_detail_is_readable() -> None:
    event = SecurityEvent(
        detail={
            "roles": {"before": [], "after": ["city_editor", "city_reviewer"]},
            "title": {"before": "科长", "after": ""},
            "with": ["password", "totp"],
        }
    )

    assert event.detail_lines == [
        "roles: – → city_editor, city_reviewer",
        "title: 科长 → –",
        "with: password, totp",
    ]


def test_save_without_a_change_is_not_logged(filler: User) -> None:
    count = SecurityEvent.objects.count()

    filler.save()
    filler.save(update_fields=["last_login"])

    assert SecurityEvent.objects.count() == count


def test_sign_in_and_out_are_logged(client: Client, filler: User, sign_in: SignIn) -> None:
    sign_in("district-filler", REMOTE_ADDR="10.0.0.7")
    client.post("/accounts/logout/")

    events = SecurityEvent.objects.order_by("id")[2:]
    assert [(event.kind, event.actor) for event in events] == [
        (EventKind.SIGNED_IN, filler),
        (EventKind.SIGNED_OUT, filler),
    ]
    assert events[0].address == "10.0.0.7"
    assert str(events[1]).endswith("district-filler signed_out")


def test_sign_out_of_nobody_is_not_logged(client: Client, db: None) -> None:
    client.logout()
    client.post("/accounts/logout/")

    assert not SecurityEvent.objects.exists()


def test_lock_is_logged(sign_in: SignIn, db: None) -> None:
    for _ in range(5):
        sign_in("nobody", "wrong")

    assert SecurityEvent.objects.filter(kind=EventKind.LOCKED_OUT, actor_name="nobody").exists()


def test_command_is_recorded_without_a_person(db: None) -> None:
    event = audit.record(EventKind.UNLOCKED, subject_name="somebody")

    assert (event.actor, event.actor_name, event.address) == (None, "", None)


def test_auditor_reads_everything_and_others_what_concerns_them(
    client: Client, filler: User, make_user: MakeUser
) -> None:
    auditor = make_user(Role.AUDITOR)
    make_user(Role.ADMINISTRATOR)

    def names(user: User, query: str = "") -> set[str]:
        client.force_login(user)
        page = client.get(f"/accounts/events/{query}")
        return {event.subject_name for event in page.context["events"]}

    assert names(filler) == {"district-filler"}
    assert names(auditor) == {"district-filler", "auditor", "administrator"}
    assert names(auditor, "?name=auditor") == {"auditor"}
    assert names(auditor, "?kind=locked_out") == set()
    assert names(filler, "?name=auditor") == set()


def test_log_has_one_query_count_however_long(
    client: Client, make_user: MakeUser, django_assert_num_queries: object
) -> None:
    client.force_login(make_user(Role.AUDITOR))
    client.get("/accounts/events/")
    for rows in (1, 3, 100):
        for number in range(rows):
            audit.record(EventKind.UNLOCKED, subject_name=f"{number}")
        with django_assert_num_queries(5):  # type: ignore[operator]
            client.get("/accounts/events/")


def test_create_administrator_makes_the_first_account(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["admin", "王五"])
    monkeypatch.setattr("builtins.input", lambda prompt: next(answers))
    monkeypatch.setattr(
        "apps.accounts.management.commands.create_administrator.getpass", lambda prompt: PASSWORD
    )

    call_command("create_administrator")

    user = User.objects.get()
    assert (user.username, user.full_name, user.roles) == ("admin", "王五", ["administrator"])
    assert (user.is_staff, user.is_superuser, user.check_password(PASSWORD)) == (True, False, True)


@pytest.mark.parametrize("passwords", [[PASSWORD, "other"], ["weak", "weak"]])
def test_create_administrator_refuses_bad_passwords(
    db: None, monkeypatch: pytest.MonkeyPatch, passwords: list[str]
) -> None:
    given = iter(passwords)
    monkeypatch.setattr(
        "apps.accounts.management.commands.create_administrator.getpass",
        lambda prompt: next(given),
    )

    with pytest.raises(CommandError):
        call_command("create_administrator", username="admin", full_name="王五")

    assert not User.objects.exists()
