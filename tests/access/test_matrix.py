"""Every route × role × own, foreign or the city's case × state: the answer. GET writes nothing."""

import uuid

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import Role
from apps.cases.models import CorrectionRequest, Finding, FindingStatus, Revision, Severity, State
from apps.cases.workflow import TRANSITIONS
from apps.districts.models import NarrativeSection
from apps.registry.models import Organisation
from tests import factories
from tests.access import routes
from tests.access.routes import (
    ADMIN,
    ANONYMOUS,
    BY_TOKEN,
    CITY,
    DESK,
    DESK_OF_CASE,
    DESK_PAGES,
    FOREIGN,
    NEVER_REPORTED,
    OPEN_ACCOUNTS,
    OWN,
    OWN_ACCOUNT,
    PUBLIC,
    PUBLIC_OF_CASE,
    RAISES,
    ROLES,
    sees,
)
from tests.cases.support import CITY_KIND, DISTRICT_KIND, ROAD, database_digest

pytestmark = pytest.mark.django_db

WRITES = ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "MERGE")
# What a signed-in person's presence writes, and the refusal of the administration site.
ALLOWED_TABLES = ("django_session", "accounts_securityevent")
STEPS = tuple(dict.fromkeys(step.name for step in TRANSITIONS))
LOGIN = 302
# Answered in JSON, by POST alone.
FOR_SCRIPTS = {
    "desk:list_cell",
    "districts:save_field",
    "districts:hear",
    "districts:preview_paste",
}


@pytest.fixture(autouse=True)
def one_factor(settings):
    """Let everyone in with his password: second factors have tests of their own."""
    settings.REQUIRE_SECOND_FACTOR = False


def _clients():
    """Return one signed-in client per role, and one of nobody."""
    clients = {ANONYMOUS: Client()}
    for role, person in factories.people_of_every_role().items():
        clients[str(role)] = Client()
        clients[str(role)].force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return clients


def _get(client, url):
    """Return the status of a GET, and prove that it wrote nothing."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
        if response.streaming:
            b"".join(response.streaming_content)
    written = [
        query["sql"]
        for query in captured
        if query["sql"].lstrip().upper().startswith(WRITES)
        and not any(table in query["sql"] for table in ALLOWED_TABLES)
    ]
    assert written == [], f"GET {url} wrote"
    assert response.status_code < 500, url
    return response.status_code


def test_every_route_has_an_entry():
    found = {
        name
        for name, _path in routes.routes()
        # The admin answers an address without its last word by leading to it.
        if not name.endswith("/<path:object_id>/")
    }

    assert found == routes.NAMED


# Pages that no case decides about


def _expected(entry, role):
    if isinstance(entry, dict):
        return entry.get(role, entry["others"])
    return entry


def test_public_pages_answer_everyone_alike():
    factories.published_case("city-figures")
    arguments = {
        "publications:listing": {"kind": "awards"},
        "publications:feed_of_kind": {"kind": "awards"},
        "publications:indicator": {"code": "indicator-1"},
        "publications:sitemap_part": {"section": "pages"},
    }
    clients = _clients()

    answers = {}
    for name in PUBLIC:
        url = "/api/v1/nothing/" if "rest" in name else reverse(name, kwargs=arguments.get(name))
        for role, client in clients.items():
            answers[name, role] = _get(client, url)

    assert answers == {(name, role): PUBLIC[name] for name in PUBLIC for role in ROLES}


# Of one thing, which nobody has in this test.
OF_ONE = {
    "desk:notification": 1,
    "desk:view": 1,
    "desk:request": 1,
    "desk:extension": 1,
    "desk:organisation": 1,
    "desk:organisation_join": 2,
    "desk:organisation_split": 1,
    "desk:organisation_undo": 1,
    "desk:double": 1,
    "desk:twin": 1,
    "tokens:revoke": 1,
}


def test_desk_pages_answer_those_who_are_signed_in():
    factories.reporting_year()
    clients = _clients()

    answers = {
        (name, role): _get(client, reverse(name, args=[1] * OF_ONE.get(name, 0)))
        for name in DESK_PAGES
        for role, client in clients.items()
    }

    assert answers == {
        (name, role): LOGIN if role == ANONYMOUS else _expected(entry, role)
        for name, entry in DESK_PAGES.items()
        for role in ROLES
    }


def test_the_intakes_interface_knows_no_session():
    urls = [reverse(name, args=args) for name, args in BY_TOKEN.items()]
    urls.append("/api/intake/v1/nothing/")
    answers = {
        (method, url, role): getattr(client, method)(url).status_code
        for url in urls
        for role, client in _clients().items()
        for method in ("get", "post")
    }

    assert set(answers.values()) == {401}


def test_account_pages_answer_those_who_are_signed_in():
    clients = _clients()

    def url(name):
        return reverse(
            name,
            args=[1]
            if name.endswith(("e_webauthn", "t_webauthn"))
            and "reauth" not in name
            and "list" not in name
            else [],
        )

    answers = {
        (name, role): _get(client, url(name))
        for name in OPEN_ACCOUNTS
        for role, client in clients.items()
    }

    assert answers == {
        (name, role): _expected(entry, role)
        for name, entry in OPEN_ACCOUNTS.items()
        for role in ROLES
    }
    # What a signed-in person finds there depends on his own factors, never on another's.
    assert {name: _get(clients[ANONYMOUS], url(name)) for name in OWN_ACCOUNT} == dict.fromkeys(
        OWN_ACCOUNT, LOGIN
    )
    for name in OWN_ACCOUNT:
        for role in ROLES[1:]:
            assert _get(clients[role], url(name)) in {200, 302, 403, 404}, (name, role)


def test_administration_site_is_the_administrators_alone():
    factories.reporting_year()
    person = factories.staff(Role.AUDITOR)
    clients = _clients()
    arguments = {
        "admin:view_on_site": ["1", "1"],
        "admin:auth_user_password_change": [person.pk],
        "admin:app_list": ["accounts"],
        "admin:password_change": [],
    }
    # Signing in and out, and texts for scripts, are no secrets.
    elsewhere = {"admin:login", "admin:logout", "admin:password_change", "admin:jsi18n"}

    answers = {}
    for name in ADMIN:
        if "(?P<url>" in name:
            url = "/admin/nothing/here/"
        elif name.endswith(("_history", "_delete", "_change")) and name not in arguments:
            url = reverse(name, args=[person.pk])
        else:
            url = reverse(name, args=arguments.get(name, []))
        for role, client in clients.items():
            if name in elsewhere and role != ANONYMOUS:
                continue
            answers[name, role] = _get(client, url)

    others = [role for role in ROLES if role not in {ANONYMOUS, Role.ADMINISTRATOR}]
    assert {answers[name, ANONYMOUS] for name in ADMIN - elsewhere} == {LOGIN}
    assert {
        (name, role): answers[name, role]
        for name in ADMIN - elsewhere
        for role in others
        if answers[name, role] not in {302, 403}
    } == {}
    for role in others:
        # A person of another role is refused at the door, not led round in circles.
        assert clients[role].get("/admin/", follow=True).status_code == 403
    administrator = clients[str(Role.ADMINISTRATOR)]
    assert {
        name: _get(administrator, reverse(name))
        for name in ADMIN
        if name.endswith(("_changelist", "_add")) or name == "admin:index"
    } == {
        name: 200
        for name in ADMIN
        if name.endswith(("_changelist", "_add")) or name == "admin:index"
    }
    # Nothing that published rows point at is deleted by hand.
    assert {
        _get(administrator, reverse(f"admin:{model}_delete", args=[pk]))
        for model, pk in [
            ("accounts_user", person.pk),
            ("accounts_bureau", person.bureau_id),
            ("registry_reportingyear", 2023),
        ]
    } == {403}


# Pages of a case


def _case(whose, state):
    """Return a case in a state: 北仑's return, 慈溪's, or a list of the city."""
    if whose == CITY:
        return factories.case_in(state, CITY_KIND)
    bureau = factories.district("beilun" if whose == OWN else "cixi")
    figures = [factories.figure_values(bureau=bureau)]
    return factories.case_in(state, DISTRICT_KIND, figures, bureau=bureau)


def _may_write(role, whose, state):
    """Return the refusal of a write, as a status; None where the person may write."""
    filler = {OWN: Role.DISTRICT_FILLER, CITY: Role.CITY_EDITOR}.get(whose)
    if role != filler:
        return 403
    return None if state in {"draft", "returned"} else 409


def _step_status(name, kind_code, role, whose, state):
    """Return what the page of a step answers: 403 another's step, 409 not from this state."""
    if kind_code not in ROAD[name]:
        return 403
    sources, _target, allowed = ROAD[name][kind_code]
    if role not in allowed or (role in routes.DISTRICT and whose != OWN):
        return 403
    return 200 if state in sources else 409


def _desk_answer(name, revision, whose, role, state, step=""):
    """Return the status that a route of a case has to give."""
    kind_code = CITY_KIND if whose == CITY else DISTRICT_KIND
    if role == ANONYMOUS:
        return LOGIN
    if name in {
        "desk:check",
        "desk:seen",
        "desk:row_restore",
        "desk:list_view_new",
        "districts:workbook_accept",
        "districts:workbook_discard",
        "intake:cancel",
        "intake:table",
        "intake:organisation",
        "intake:unedit",
        "intake:accept",
        *FOR_SCRIPTS,
    }:
        return 405
    if name == "intake:start":
        # Who fills the case, in whatever state it is; no other person.
        is_filler = role == (Role.CITY_EDITOR if whose == CITY else Role.DISTRICT_FILLER)
        return 200 if is_filler and sees(role, whose, state) else 404
    if name.startswith("desk:list") or name == "intake:list_file":
        # A list is its filler's; a return has its own form. Nothing was chosen or done yet.
        is_there = name not in {"desk:list_many", "desk:list_undo"}
        return 200 if is_there and whose == CITY and role == Role.CITY_EDITOR else 404
    if name == "desk:long_change":
        # No change of many rows was asked for.
        return 404
    if name.startswith("intake:"):
        # Nothing was taken in.
        return 404
    if name == "districts:workbook_marked":
        # Nobody has uploaded a workbook.
        return 404
    if name in {
        "desk:evidence_file",
        "desk:evidence_remove",
        "districts:derived",
        "districts:entry",
        "districts:list_row_new",
        "districts:list_row_added",
        "districts:list_dispute",
        "districts:claim",
        "districts:claim_file",
    }:
        # Nothing is attached, counted, listed or claimed; tests/cases/evidence, test_derived.py and
        # tests/districts/lists do.
        return 404
    if not sees(role, whose, state):
        return 404
    if name.startswith("districts:"):
        return 404 if whose == CITY else 200
    if name == "desk:review":
        # What others report is shown beside: no page for who fills in, or edits a list.
        return 200 if role in RAISES or role == Role.AUDITOR else 403
    if name == "desk:finding_new":
        signs = role == Role.DISTRICT_SIGNATORY and whose == OWN
        return 200 if role in RAISES or signs else 403
    if name in {"desk:receipt", "desk:receipt_file"}:
        return 404 if state in NEVER_REPORTED else 200
    if name in {"desk:row_new", "desk:row_remove"}:
        return _may_write(role, whose, state) or 200
    if name == "desk:step":
        return _step_status(step, kind_code, role, whose, state)
    return 200


def _urls(revision, row, finding):
    """Return the addresses of every desk route of a case: (name, step) -> address."""
    case, code, number = revision.case_id, row.record_kind.code, revision.number
    # These returns hold no narrative where ``_case`` gives them figures alone.
    section = NarrativeSection.objects.filter(revision__case=case).values_list("uid", flat=True)
    section = section.first() or uuid.uuid4()
    arguments = {
        "desk:case": [case],
        "desk:check": [case],
        "desk:evidence": [case],
        "desk:evidence_file": [case, uuid.UUID(int=1)],
        "desk:evidence_remove": [case, uuid.UUID(int=1)],
        "desk:finding_new": [case],
        "desk:finding": [case, finding.pk],
        "desk:row_new": [case, code],
        "desk:row": [case, code, row.uid],
        "desk:row_remove": [case, code, row.uid],
        "desk:row_restore": [case, code, row.uid],
        "desk:row_history": [case, code, row.uid],
        "desk:list": [case, code],
        "desk:list_cell": [case, code],
        "desk:list_view_new": [case, code],
        "desk:list_duplicates": [case, code],
        "desk:list_many": [case, code],
        "desk:list_paste": [case, code],
        "desk:list_operations": [case, code],
        "desk:list_undo": [case, code, 1],
        "desk:long_change": [case, 1],
        "desk:revision": [case, number],
        "desk:changes": [case, number],
        "desk:review": [case],
        "desk:seen": [case],
        "districts:return": [case],
        "districts:section": [case, 1],
        "districts:derived": [case, "nothing"],
        "districts:entry": [case, "nothing"],
        "districts:save_field": [case, "indicator-1"],
        "districts:hear": [case],
        "districts:preview_paste": [case],
        "districts:lists": [case],
        "districts:list_add": [case],
        "districts:list_row_new": [case, 1],
        "districts:list_row_added": [case, uuid.UUID(int=1)],
        "districts:list_dispute": [case, "awards", uuid.UUID(int=1)],
        "districts:claim": [case, uuid.UUID(int=1)],
        "districts:claim_file": [case, uuid.UUID(int=1), uuid.UUID(int=2)],
        "districts:narrative_new": [case],
        "districts:narrative": [case, section],
        "districts:narrative_versions": [case, section],
        "districts:workbook": [case],
        "districts:workbook_file": [case],
        "districts:workbook_marked": [case],
        "districts:workbook_accept": [case],
        "districts:workbook_discard": [case],
        "intake:list_file": [case, code, "csv"],
        "intake:start": [case],
        "intake:import": [case, 1],
        "intake:cancel": [case, 1],
        "intake:table": [case, 1, 1],
        "intake:row": [case, 1, 1],
        "intake:organisations": [case, 1],
        "intake:organisation": [case, 1, 1],
        "intake:unedit": [case, 1],
        "intake:compare": [case, 1],
        "intake:accept": [case, 1],
        "intake:undo": [case, 1],
    }
    report = revision.events.filter(transition="submit").first()
    for name in ("desk:receipt", "desk:receipt_file"):
        arguments[name] = [case, report.pk if report else 0]
    assert set(arguments) | {"desk:step"} == DESK_OF_CASE
    return {
        **{(name, ""): reverse(name, args=args) for name, args in arguments.items()},
        **{("desk:step", step): reverse("desk:step", args=[case, number, step]) for step in STEPS},
    }


EVERY_CASE = [
    (whose, state)
    for whose in (OWN, FOREIGN, CITY)
    for state in State.values
    if (whose, state) != (CITY, "checking")
]


@pytest.mark.parametrize(("whose", "state"), EVERY_CASE)
def test_routes_of_a_case(whose, state):
    kind_code = CITY_KIND if whose == CITY else DISTRICT_KIND
    with factories.kind_with_notice(kind_code, 5 if state == "on_notice" else None):
        revision = _case(whose, state)
        row = factories.records_of(revision)[0]
        finding = Finding.objects.create(
            revision=revision,
            severity=Severity.HINT,
            message="请核对。",
            status=FindingStatus.CLOSED,
            raised_by=factories.staff(Role.CITY_REVIEWER),
        )
        clients = _clients()
        # The desk's pages without a number show the newest revision in scope.
        newest = revision.case.revisions.order_by("-number").first().state

        answers, wanted = {}, {}
        for (name, step), url in _urls(revision, row, finding).items():
            by_number = name in {
                "desk:revision",
                "desk:changes",
                "desk:step",
                "desk:receipt",
                "desk:receipt_file",
            }
            shown = state if by_number or name == "desk:finding" else newest
            for role, client in clients.items():
                place = (name, step, role)
                answers[place] = _get(client, url)
                wanted[place] = _desk_answer(name, revision, whose, role, shown, step)
        for name, url in _public_urls(revision, row, whose).items():
            for role, client in clients.items():
                answers[name, "", role] = _get(client, url)
                wanted[name, "", role] = PUBLIC_OF_CASE[name].get(state, 404)

    assert {p: (answers[p], wanted[p]) for p in wanted if answers[p] != wanted[p]} == {}


def _receipt(revision, row):
    """Return the receipt number of a request about a row that was public, else one that is none."""
    if revision.state not in {"published", "superseded", "withdrawn"}:
        return "AAAA-AAAA-AAAA"
    number = f"TEST-{revision.pk}"
    CorrectionRequest.objects.get_or_create(
        number=number,
        defaults={
            "revision": revision,
            "record_kind": row.record_kind.code,
            "record_uid": row.uid,
            "reason": "数值有误。",
        },
    )
    return number


def _public_urls(revision, row, whose):
    """Return the public addresses of a case; a case that is in no release has none of these."""
    code = row.record_kind.code
    urls = {
        "publications:revision": [revision.case_id, revision.number],
        "publications:record": [code, row.uid],
        "publications:changes": [revision.case_id, revision.number],
        "publications:correction_new": [code, row.uid],
        "publications:correction": [_receipt(revision, row)],
        "publications:notice": [revision.case_id],
    }
    release = getattr(revision, "release_item", None)
    number = release.release.number if release else f"{2099}-001"
    urls["publications:release"] = urls["publications:manifest"] = [number]
    urls["publications:release_package"] = [number]
    urls["publications:release_file"] = [number, revision.case_id, code, "csv"]
    urls["publications:content_json"] = urls["publications:content_canonical"] = [
        number,
        revision.case_id,
    ]
    if whose == CITY:
        name = Organisation.objects.get(name="宁波材料所")
        urls["publications:organisation"] = [name.pk]
        urls["publications:programme"] = [factories.award_values()["programme"]]
        urls["api:awards-row"] = [row.uid]
    else:
        urls["publications:district"] = [revision.case.bureau.slug, revision.case.year]
        urls["api:indicator-values-row"] = [row.uid]
    return {name: reverse(name, args=args) for name, args in urls.items()}


@pytest.mark.parametrize(("whose", "state"), EVERY_CASE)
def test_posts_to_a_case_by_those_who_may_not_change_nothing(whose, state):
    kind_code = CITY_KIND if whose == CITY else DISTRICT_KIND
    with factories.kind_with_notice(kind_code, 5 if state == "on_notice" else None):
        revision = _case(whose, state)
        row = factories.records_of(revision)[0]
        finding = Finding.objects.create(
            revision=revision,
            severity=Severity.HINT,
            message="请核对。",
            status=FindingStatus.CLOSED,
            raised_by=factories.staff(Role.CITY_REVIEWER),
        )
        clients = _clients()
        data = {
            "reason": "试一试。",
            "version": factories.fresh(revision).version,
            "decision": "closed",
            "text": "试一试就好。",
            "message": "试一试。",
            "reason_code": "correction",
            "confirm": "on",
        }
        before = _content()
        strangers = [
            role
            for role in ROLES
            if role == ANONYMOUS
            or role == Role.AUDITOR
            or role not in DESK
            or not sees(role, whose, state)
        ]

        answers = {}
        for (name, step), url in _urls(revision, row, finding).items():
            for role in strangers:
                response = clients[role].post(url, data)
                answers[name, step, role] = response.status_code

        after = _content()

    assert {place: status for place, status in answers.items() if status >= 500} == {}
    # What was typed is kept on a page that leads to the sign-in; a script keeps it itself.
    assert {
        (name in FOR_SCRIPTS, status)
        for (name, _step, role), status in answers.items()
        if role == ANONYMOUS
    } == {(False, 403), (True, 401)}
    unseen = {
        place: status
        for place, status in answers.items()
        if place[2] not in {ANONYMOUS, Role.AUDITOR}
    }
    # A superseded revision's case may be seen by its newer revision.
    if state not in {"superseded"}:
        # 405: the page takes no POST from anyone.
        assert set(unseen.values()) <= {404, 405}
    assert after == before


def _content():
    """Return everything but what a visit leaves behind."""
    return database_digest(
        leave_out=("django_session", "accounts_securityevent", "audit_act", "audit_entry")
    )


def test_notice_is_gone_once_it_is_over():
    with factories.kind_with_notice(CITY_KIND):
        revision = factories.case_in(State.PUBLISHED)
    url = reverse("publications:notice", args=[revision.case_id])

    assert _get(Client(), url) == 410


def test_case_that_does_not_exist_is_404_everywhere():
    revision = factories.open_return()
    row = factories.records_of(revision)[0]
    finding = Finding(pk=0)
    row.uid = uuid.uuid4()
    missing = Revision(pk=0, case_id=0, number=1)
    client = _clients()[str(Role.AUDITOR)]

    answers = {
        name: _get(client, url) for (name, _step), url in _urls(missing, row, finding).items()
    }

    assert {name: status for name, status in answers.items() if status not in {404, 405}} == {}


def test_row_and_finding_of_another_case_are_404():
    """An address that joins one case with another's row, finding or revision is no way round."""
    own, foreign = _case(OWN, "reviewing"), _case(FOREIGN, "reviewing")
    row = factories.records_of(foreign)[0]
    finding = factories.raise_item(foreign)
    clients = _clients()
    addresses = [
        reverse("desk:row", args=[own.case_id, row.record_kind.code, row.uid]),
        reverse("desk:row_history", args=[own.case_id, row.record_kind.code, row.uid]),
        reverse("desk:row_remove", args=[own.case_id, row.record_kind.code, row.uid]),
        reverse("desk:finding", args=[own.case_id, finding.pk]),
        reverse("desk:revision", args=[own.case_id, 2]),
        reverse("desk:row_new", args=[own.case_id, "awards"]),
    ]

    for role in sorted(DESK - {Role.CITY_EDITOR}):
        assert {url: _get(clients[str(role)], url) for url in addresses} == dict.fromkeys(
            addresses, 404
        )


def test_message_of_another_person_is_404():
    factories.staff(Role.CITY_REVIEWER)
    event = factories.submitted_case().events.get(transition="submit")
    notification = event.notifications.get()
    clients = _clients()
    url = reverse("desk:notification", args=[notification.pk])

    with transaction.atomic():
        answers = {
            role: clients[role].post(url).status_code
            for role in ROLES
            if role != Role.CITY_REVIEWER
        }

    assert answers == {role: LOGIN if role == ANONYMOUS else 404 for role in answers}
    notification.refresh_from_db()
    assert notification.read_at is None
