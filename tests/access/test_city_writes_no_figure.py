"""The city has no way to a district's figure: not by page, API or administration site."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Role
from apps.cases.kinds import record_kinds
from apps.cases.models import Finding, FindingStatus, Severity
from tests import factories
from tests.access.routes import ADMIN, OWN, PUBLIC_OF_CASE, routes
from tests.access.test_matrix import _case, _urls
from tests.cases.support import DISTRICT_KIND

pytestmark = pytest.mark.django_db

# The administrator is no city role, but his site is a door all the same.
CITY_PEOPLE = (
    Role.CITY_EDITOR,
    Role.CITY_REVIEWER,
    Role.CITY_PUBLISHER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)


def rows() -> list[Any]:
    """Return every row of every district's case, word for word, and every state it ever had."""
    found: list[Any] = []
    with connection.cursor() as cursor:
        for kind in record_kinds.values():
            for table in (kind.model, kind.model.pgh_event_model):  # type: ignore[attr-defined]
                cursor.execute(f"SELECT t::text FROM {table._meta.db_table} t ORDER BY 1")
                found += cursor.fetchall()
    return found


def city_client(role: Role) -> Client:
    client = Client()
    client.force_login(factories.staff(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("state", ["draft", "returned", "reviewing"])
def test_no_post_of_the_city_changes_a_row_of_a_district(state: str, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    revision = _case(OWN, state)
    row = factories.records_of(revision)[0]
    finding = Finding.objects.create(
        revision=revision,
        severity=Severity.HINT,
        message="请核对。",
        status=FindingStatus.OPEN,
        raised_by=factories.staff(Role.CITY_REVIEWER),
    )
    assert revision.case.kind == DISTRICT_KIND
    data = {
        # As the form of the row, of the return's section and of the workbook send it.
        "indicator": row.indicator_id,
        "unit": row.unit,
        "reporting_unit": row.reporting_unit_id,
        "period": row.period,
        "value": "999.99",
        "status": row.status,
        "version": row.version,
        f"{row.indicator.code}-value": "999.99",
        f"{row.indicator.code}-version": row.version,
        "choice-value": "yours",
        "text": "应改。",
        "message": "应改。",
        "reason": "应改。",
        "decision": "explain",
        "agree": "on",
    }
    before = rows()
    assert before

    for role in CITY_PEOPLE:
        client = city_client(role)
        for (name, step), url in _urls(revision, row, finding).items():
            if step in {"return", "accept", "approve"}:
                # The review's own steps; what they write is no row (tests/cases/test_steps.py).
                continue
            for method in (client.post, client.put, client.patch, client.delete):
                status = method(url, data if method == client.post else b"").status_code
                assert status < 500, (role, name, step)
        for name in PUBLIC_OF_CASE:
            if name == "api:indicator-values-row":
                url = reverse(name, args=[row.uid])
                answers = {
                    send(url, b'{"value": "1"}', content_type="application/json").status_code
                    for send in (client.post, client.put, client.patch, client.delete)
                }
                assert answers <= {403, 404, 405}

    assert rows() == before


def test_administration_site_holds_no_row_and_takes_no_post_from_the_city(settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    revision = _case(OWN, "returned")
    before = rows()
    tables = {
        name.removeprefix("admin:").rsplit("_", 1)[0]
        for name, _path in routes()
        if name.startswith("admin:") and name.endswith("_changelist")
    }
    held = {
        model._meta.label_lower.replace(".", "_")
        for kind in record_kinds.values()
        for model in (kind.model, kind.model.pgh_event_model)  # type: ignore[attr-defined]
    }

    assert not tables & (held | {"cases_case", "cases_revision", "cases_finding", "cases_event"})
    for role in (Role.CITY_EDITOR, Role.CITY_REVIEWER, Role.CITY_PUBLISHER):
        client = city_client(role)
        for name in sorted(ADMIN):
            if name.endswith(("_add", "_changelist")):
                assert client.post(reverse(name), {}).status_code in {302, 403}
    assert rows() == before
    assert factories.fresh(revision).state == "returned"
