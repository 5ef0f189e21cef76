"""The intake's interface: hand in, look, accept, undo; by token, once, in scope."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from apps.accounts.models import EventKind, Role, SecurityEvent
from apps.awards.models import Award
from apps.cases.domain import long_changes
from apps.cases.errors import NotAllowed, Refused, WrongState
from apps.cases.models import ChangeState, LongChange, Notification
from apps.cases.tasks import make_long_change
from apps.intake.imports import accepting
from apps.intake.models import ApiToken, Delivery, Import, ImportState
from apps.intake.tasks import read_import, store_import
from apps.intake.tokens import make_token, revoke_token
from tests import factories
from tests.intake.imports.support import draft, sheet

pytestmark = pytest.mark.django_db
BASE = "/api/intake/v1/"


@pytest.fixture(autouse=True)
def one_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


class System:
    """A bureau's own system, with a token of a person."""

    def __init__(self, person, role=None):
        self.person = person
        self.token, self.key = make_token(person, "项目库", role or person.roles[0], 30)
        self.client = Client()

    def call(self, method, path="", key=None, **options):
        headers = {"Authorization": f"Bearer {key or self.key}", "Accept-Language": "en"}
        headers |= options.pop("headers", {})
        return getattr(self.client, method)(BASE + path, headers=headers, **options)

    def get(self, path="", **options):
        return self.call("get", path, **options)

    def post(self, path, data=None, **options):
        return self.call("post", path, data=data, content_type="application/json", **options)

    def hand_in(self, case, data=None, once="1", **fields):
        file = SimpleUploadedFile("名单.xlsx", data or sheet())
        return self.call(
            "post",
            "imports/",
            data={"file": file, "case": case, **fields},
            headers={"Idempotency-Key": once},
        )


@pytest.fixture
def system():
    return System(factories.staff(Role.CITY_EDITOR))


def read(answer):
    """Let the task queue read what was handed in; return the import."""
    read_import(import_id=answer.json()["import"])
    return Import.objects.get(pk=answer.json()["import"])


def refused(answer, status, code):
    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code)
    assert body["detail"].endswith(".")
    assert body["cure"].endswith(".")
    assert answer["Cache-Control"] == "no-store"


# The road


def test_a_file_goes_from_the_system_into_the_case_and_back(system):
    revision = draft()
    answer = system.hand_in(revision.case_id)
    assert answer.status_code == 202
    assert answer["Location"] == answer.json()["url"]
    assert answer.json()["state"] == "waiting"
    intake = read(answer)
    path = f"imports/{intake.pk}/"
    status = system.get(path).json()
    assert (status["state"], status["rows_read"], status["faults"]) == ("read", 3, [])
    assert [(t["kind"], t["rows"]) for t in status["tables"]] == [("awards", 3)]

    would = system.get(path + "comparison/").json()
    assert (would["new"], would["changed"], would["unchanged"], would["missing"]) == (3, 0, 0, 0)
    assert would["can_be_accepted"]
    done = system.post(path + "accept/", {"digest": would["digest"]})
    assert (done.status_code, done.json()["state"]) == (200, "accepted")
    assert done.json()["stored"]["new"] == 3
    assert {row.updated_by for row in Award.objects.all()} == {system.person}

    undone = system.post(path + "undo/")
    assert (undone.status_code, undone.json()) == (
        200,
        {"removed": 3, "as_before": 0, "left": []},
    )
    assert not Award.objects.exists()
    again = system.get(path + "comparison/").json()
    assert again["new"] == 3


def test_accepting_what_stands_there_already_says_that(system):
    revision = draft()
    for once in ("1", "2"):
        intake = read(system.hand_in(revision.case_id, once=once))
        digest = system.get(f"imports/{intake.pk}/comparison/").json()["digest"]
        answer = system.post(f"imports/{intake.pk}/accept/", {"digest": digest})

    refused(answer, 422, "refused")
    assert "Every row stands in the case already." in answer.json()["detail"]


def test_a_long_import_is_undone_by_the_task_queue_once(system, monkeypatch):
    monkeypatch.setattr(long_changes, "AT_ONCE", 2)
    intake = read(system.hand_in(draft().case_id))
    path = f"imports/{intake.pk}/"
    assert system.get(path + "undo/").status_code == 404
    digest = system.get(path + "comparison/").json()["digest"]
    system.post(path + "accept/", {"digest": digest})

    asked, again = system.post(path + "undo/"), system.post(path + "undo/")
    change = LongChange.objects.get()

    assert asked.status_code == again.status_code == 202
    assert asked["Location"].endswith(f"{BASE}{path}undo/")
    assert asked.json()["undoing"] == "waiting"
    assert asked.json()["rows_total"] == 3
    assert make_long_change(change_id=change.pk) == ChangeState.DONE
    done = system.get(path + "undo/").json()
    assert (done["undoing"], done["rows_done"], done["left_count"]) == ("done", 3, 0)
    assert system.get(path).json()["state"] == "undone"
    assert not Award.objects.exists()


def test_a_long_undoing_that_failed_says_why_and_may_be_asked_for_again(system, monkeypatch):
    monkeypatch.setattr(long_changes, "AT_ONCE", 2)
    intake = read(system.hand_in(draft().case_id))
    path = f"imports/{intake.pk}/"
    digest = system.get(path + "comparison/").json()["digest"]
    system.post(path + "accept/", {"digest": digest})
    system.post(path + "undo/")
    LongChange.objects.update(
        state=ChangeState.RUNNING, beat_at=timezone.now() - dt.timedelta(minutes=5)
    )

    again = system.post(path + "undo/")

    assert again.status_code == 202
    lost, waits = LongChange.objects.order_by("pk")
    assert (lost.state, waits.state) == (ChangeState.FAILED, ChangeState.WAITING)
    monkeypatch.setitem(long_changes.doers, waits.doer, _fails)
    make_long_change(change_id=waits.pk)
    failed = system.get(path + "undo/").json()
    assert (failed["undoing"], failed["detail"]) == ("failed", "Not now.")


def _fails(actor, change, tick):
    raise WrongState("Not now.")


def test_file_of_another_list_says_so_with_its_cure(system):
    data = "姓名,工作单位,提名单位\n甲某,宁波大学,宁波大学\n".encode()
    intake = read(system.hand_in(draft().case_id, data))

    status = system.get(f"imports/{intake.pk}/").json()
    digest = system.get(f"imports/{intake.pk}/comparison/").json()["digest"]
    nothing = system.post(f"imports/{intake.pk}/accept/", {"digest": digest})

    refused(nothing, 422, "refused")
    assert "No row was taken from this file." in nothing.json()["detail"]

    assert status["state"] == "read"
    assert [fault["code"] for fault in status["faults"]] == ["not-of-case"]
    assert "choose the case of that list" in status["faults"][0]["detail"]


def test_changes_and_faults_are_named(system):
    revision = draft()
    first = read(system.hand_in(revision.case_id))
    would = system.get(f"imports/{first.pk}/comparison/").json()
    system.post(f"imports/{first.pk}/accept/", {"digest": would["digest"]})
    from tests.intake.imports.support import ROWS

    rows = [(*ROWS[0][:3], "宁波大学", "张三"), ("9", "科学技术进步奖一等奖", "无人的项目", "", "")]
    second = read(system.hand_in(revision.case_id, sheet(rows), once="2"))
    would = system.get(f"imports/{second.pk}/comparison/").json()
    assert (would["changed"], would["missing"], would["faulty"]) == (1, 2, 1)
    assert would["changes"][0]["fields"]["organisations"]["after"] == "宁波大学"
    assert {fault["field"] for fault in would["faults"]} >= {"organisations"}
    assert not would["can_be_accepted"]
    refused(
        system.post(f"imports/{second.pk}/accept/", {"digest": would["digest"]}), 422, "refused"
    )
    assert Award.objects.count() == 3


def test_a_file_that_cannot_be_read_says_why_and_the_person_is_told(system):
    revision = draft()
    intake = read(system.hand_in(revision.case_id, b"%PDF-1.4 broken"))
    status = system.get(f"imports/{intake.pk}/").json()
    assert status["state"] == "failed"
    assert status["faults"][0]["detail"].endswith(".")
    assert Notification.objects.filter(recipient=system.person, url=intake_url(intake)).exists()
    refused(system.get(f"imports/{intake.pk}/comparison/"), 409, "wrong_state")


def intake_url(intake):
    return f"/desk/cases/{intake.revision.case_id}/intake/{intake.pk}/"


def test_a_long_list_is_stored_by_the_task_queue(system, monkeypatch):
    monkeypatch.setattr(accepting, "AT_ONCE", 2)
    intake = read(system.hand_in(draft().case_id))
    would = system.get(f"imports/{intake.pk}/comparison/").json()
    answer = system.post(f"imports/{intake.pk}/accept/", {"digest": would["digest"]})
    assert (answer.status_code, answer.json()["state"]) == (202, "accepting")
    store_import(import_id=intake.pk, user_id=system.person.pk, digest=would["digest"])
    assert system.get(f"imports/{intake.pk}/").json()["state"] == "accepted"


def test_an_import_is_given_up(system):
    answer = system.hand_in(draft().case_id)
    path = f"imports/{answer.json()['import']}/cancel/"
    assert system.post(path).json()["state"] == "cancelled"
    assert system.post(path).json()["state"] == "cancelled"
    intake = read(system.hand_in(draft().case_id, once="2"))
    would = system.get(f"imports/{intake.pk}/comparison/").json()
    system.post(f"imports/{intake.pk}/accept/", {"digest": would["digest"]})
    refused(system.post(f"imports/{intake.pk}/cancel/"), 409, "wrong_state")


# Once


def test_sent_again_it_is_the_same_import(system):
    revision = draft()
    first = system.hand_in(revision.case_id)
    second = system.hand_in(revision.case_id)
    assert (second.status_code, second.json()["import"]) == (200, first.json()["import"])
    assert (Import.objects.count(), Delivery.objects.count()) == (1, 1)
    refused(system.hand_in(revision.case_id, sheet(title="别的")), 422, "refused")
    # Another person's key is another key.
    other = System(factories.person(Role.CITY_EDITOR))
    assert other.hand_in(revision.case_id).status_code == 202


@pytest.mark.parametrize("once", ["", "x" * 101, "a\x07b"], ids=["none", "long", "odd"])
def test_a_key_of_the_senders_is_needed(system, once):
    refused(system.hand_in(draft().case_id, once=once), 400, "bad_request")


def test_what_is_no_file_or_no_case(system):
    case = draft().case_id
    head = {"Idempotency-Key": "1"}
    refused(
        system.call("post", "imports/", data={"case": case, "file": "x"}, headers=head),
        400,
        "bad_request",
    )
    refused(system.hand_in("x"), 400, "bad_request")
    refused(system.hand_in(99_999), 404, "not_found")
    refused(system.hand_in(case, kind="policies"), 422, "refused")
    refused(system.hand_in(case, b" ", once="3"), 422, "refused")
    refused(system.call("put", "imports/"), 405, "bad_request")
    refused(system.get("nothing/at/all/"), 404, "not_found")
    intake = read(system.hand_in(case, once="4"))
    refused(system.post(f"imports/{intake.pk}/accept/", {}), 400, "bad_request")
    refused(system.post(f"imports/{intake.pk}/accept/", [1]), 400, "bad_request")
    refused(system.post(f"imports/{intake.pk}/accept/", {"digest": "x"}), 409, "moved")
    refused(system.post(f"imports/{intake.pk}/undo/"), 409, "wrong_state")


def test_a_file_beyond_measure_is_refused(system, monkeypatch):
    monkeypatch.setattr("apps.intake.api.views.LARGEST_FILE", 10)
    refused(system.hand_in(draft().case_id), 413, "bad_request")


def test_too_many_files_or_requests_wait(system, settings):
    settings.INTAKE_FILES_PER_HOUR = 1
    case = draft().case_id
    assert system.hand_in(case).status_code == 202
    late = system.hand_in(case, once="2")
    refused(late, 429, "too_many")
    assert late["Retry-After"] == "60"
    assert Import.objects.count() == 1
    settings.INTAKE_CALLS_PER_MINUTE = 2
    ApiToken.objects.update(minute_at=None)
    answers = [system.get().status_code for _number in range(4)]
    assert 429 in answers
    # The minute after, it is answered again.
    ApiToken.objects.update(minute_at=timezone.now() - dt.timedelta(minutes=5))
    assert system.get().status_code == 200


# Scope, duties, state


def test_who_the_token_speaks_for_and_what_it_fills(system):
    revision = draft()
    factories.open_return()
    assert system.get().json()["role"] == "city_editor"
    cases = system.get("cases/").json()
    assert [(c["case"], c["rows"]) for c in cases] == [(revision.case_id, ["awards"])]
    factories.take("submit", factories.fresh(_with_row(revision)))
    assert system.get("cases/").json() == []


def _with_row(revision):
    from apps.cases.domain.records import save_record

    kind = revision.case.kind_spec.records[0]
    save_record(factories.filler_of(revision), revision.pk, kind, factories.award_values())
    return revision


def test_no_token_of_the_city_reaches_a_districts_figure(system):
    own = factories.open_return(factories.district("beilun"))
    intake = Import.objects.create(
        revision=own,
        source=read(system.hand_in(draft().case_id)).source,
        name="x",
        started_by=factories.filler_of(own),
        state=ImportState.READ,
    )
    refused(system.hand_in(own.case_id, once="2"), 404, "not_found")
    for path in ("", "comparison/"):
        refused(system.get(f"imports/{intake.pk}/{path}"), 404, "not_found")
    for path in ("accept/", "undo/", "cancel/"):
        refused(system.post(f"imports/{intake.pk}/{path}", {"digest": "x"}), 404, "not_found")
    foreign = System(factories.staff(Role.DISTRICT_FILLER, factories.district("cixi")))
    refused(foreign.hand_in(own.case_id), 404, "not_found")
    filler = System(factories.filler_of(own))
    assert filler.get(f"imports/{intake.pk}/").status_code == 200


def test_a_reported_case_takes_nothing_in(system):
    revision = draft(1)
    intake = read(system.hand_in(revision.case_id))
    would = system.get(f"imports/{intake.pk}/comparison/").json()
    factories.take("submit", revision)
    refused(system.hand_in(revision.case_id, once="2"), 409, "locked")
    refused(system.post(f"imports/{intake.pk}/accept/", {"digest": would["digest"]}), 409, "locked")
    assert Award.objects.count() == 1


# Tokens


@pytest.mark.parametrize(
    "change", ["revoked", "expired", "role", "left", "bureau", "factor", "password"]
)
def test_a_token_ends_with_what_it_was_made_upon(system, settings, change, monkeypatch):
    person, token = system.person, system.token
    assert system.get().status_code == 200
    if change == "revoked":
        revoke_token(person, token.pk)
        revoke_token(person, token.pk)
    elif change == "expired":
        ApiToken.objects.update(expires_at=timezone.now())
    elif change == "role":
        person.roles = [Role.CITY_REVIEWER]
        person.save()
    elif change == "left":
        person.is_active = False
        person.save()
    elif change == "bureau":
        ApiToken.objects.update(bureau=factories.district("cixi"))
    elif change == "factor":
        settings.REQUIRE_SECOND_FACTOR = True
    else:
        monkeypatch.setattr("apps.intake.tokens.must_change_password", lambda user: True)
    answer = system.get()
    refused(answer, 401, "no_token")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_token_acts_in_its_one_role():
    person = factories.person(Role.CITY_EDITOR)
    person.roles = [Role.CITY_EDITOR, Role.CITY_REVIEWER]
    person.save()
    system = System(person, Role.CITY_EDITOR)
    reported = factories.submitted_case("awards")
    own = [c["case"] for c in system.get("cases/").json()]
    assert reported.case_id not in own
    person.refresh_from_db()
    assert len(person.roles) == 2


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic abc", "Bearer ykt_x"])
def test_without_a_token_nothing_is_answered(header):
    headers = {"Accept-Language": "en"} | ({"Authorization": header} if header else {})
    answer = Client().get(BASE, headers=headers)
    refused(answer, 401, "no_token")


def test_the_key_is_kept_nowhere_and_noted_in_the_security_log(system):
    kept = ApiToken.objects.values_list().get(pk=system.token.pk)
    assert not any(system.key in str(value) for value in kept)
    revoke_token(system.person, system.token.pk)
    kinds = SecurityEvent.objects.filter(subject=system.person).values_list("kind", flat=True)
    assert {EventKind.TOKEN_MADE, EventKind.TOKEN_REVOKED} <= set(kinds)


def test_who_may_have_a_token_and_how_many():
    editor = factories.staff(Role.CITY_EDITOR)
    for role in (Role.CITY_REVIEWER, Role.DISTRICT_FILLER):
        with pytest.raises(NotAllowed):
            make_token(editor, "x", role, 30)
    for name, days in (("", 30), ("x", 0), ("x", 366)):
        with pytest.raises(Refused):
            make_token(editor, name, Role.CITY_EDITOR, days)
    for number in range(10):
        make_token(editor, f"x{number}", Role.CITY_EDITOR, 1)
    with pytest.raises(Refused):
        make_token(editor, "y", Role.CITY_EDITOR, 1)


def test_who_lacks_a_second_factor_gets_no_token(settings):
    settings.REQUIRE_SECOND_FACTOR = True
    with pytest.raises(NotAllowed):
        make_token(factories.staff(Role.CITY_EDITOR), "x", Role.CITY_EDITOR, 30)


# The page of tokens


def browser(user, confirmed=True):
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    if confirmed:
        session = client.session
        session["account_authentication_methods"] = [
            {"method": "password", "at": timezone.now().timestamp()}
        ]
        session.save()
    return client


def test_a_token_is_made_shown_once_and_revoked_on_its_page():
    editor = factories.staff(Role.CITY_EDITOR)
    client = browser(editor)
    form = {"name": "项目库", "role": "city_editor", "days": 30}
    made = client.post("/desk/tokens/", form)
    key = made.context["key"]
    assert key in made.content.decode()
    assert Client().get(BASE, headers={"Authorization": f"Bearer {key}"}).status_code == 200
    again = client.get("/desk/tokens/")
    assert key not in again.content.decode()
    assert key[:12] in again.content.decode()
    token = ApiToken.objects.get()
    others = browser(factories.staff(Role.DISTRICT_FILLER, factories.district()))
    assert others.post(f"/desk/tokens/{token.pk}/revoke/").status_code == 404
    assert (
        "revoked" in client.post(f"/desk/tokens/{token.pk}/revoke/", follow=True).content.decode()
    )
    assert Client().get(BASE, headers={"Authorization": f"Bearer {key}"}).status_code == 401
    wrong = client.post("/desk/tokens/", {**form, "days": 0})
    assert wrong.status_code == 422
    assert not wrong.context["key"]


def test_a_token_is_made_only_after_confirming_who_it_is():
    editor = factories.person(Role.CITY_EDITOR)
    editor.set_password("一个-Password-9")
    editor.save()
    client = browser(editor, confirmed=False)
    answer = client.post("/desk/tokens/", {"name": "x", "role": "city_editor", "days": 3})
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    assert not ApiToken.objects.exists()


def test_a_refusal_of_the_domain_is_shown_on_the_page():
    editor = factories.staff(Role.CITY_EDITOR)
    for number in range(10):
        make_token(editor, f"x{number}", Role.CITY_EDITOR, 1)
    answer = browser(editor).post("/desk/tokens/", {"name": "x", "role": "city_editor", "days": 3})
    assert answer.status_code == 422
    assert "Revoke one" in answer.content.decode()


# The description


def test_the_description_names_every_address_and_no_other():
    text = Client().get(BASE + "schema/").content.decode()
    for path in (
        "/cases/",
        "/imports/",
        "/imports/{import_id}/accept/",
        "/imports/{import_id}/undo/",
    ):
        assert f"{BASE[:-1]}{path}:" in text
    assert "/api/v1/" not in text
    assert "bearer" in text
    assert "/api/intake/" not in Client().get("/api/v1/schema/").content.decode()


def test_the_description_of_words_fits_the_answers(system):
    """Every field of an answer stands in the description, and the other way round."""
    from apps.intake.api import serializers

    revision = draft()
    intake = read(system.hand_in(revision.case_id))
    status = system.get(f"imports/{intake.pk}/").json()
    assert set(status) | {"stored"} == set(serializers.Import().fields)
    assert set(status["tables"][0]) == set(serializers.Table().fields)
    would = system.get(f"imports/{intake.pk}/comparison/").json()
    assert set(would) == set(serializers.Comparison().fields)
    assert set(system.get().json()) == set(serializers.Holder().fields)
    assert set(system.get("cases/").json()[0]) == set(serializers.Case().fields)
