"""``manage.py verify`` names what was altered behind the application's back."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.audit.models import Act
from apps.cases.models import Revision, State
from tests import factories

pytestmark = pytest.mark.django_db


def alter(sql: str, *values: object) -> None:
    """Run SQL as the owner of the database, with every trigger switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def faults() -> list[str]:
    """Return the lines that ``verify`` prints of faults."""
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("verify", stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def published() -> Revision:
    """Return a published list, beside cases in every other bound state."""
    for state in (State.DRAFT, State.SUBMITTED, State.REVIEWING, State.APPROVED):
        factories.case_in(state)
    factories.case_in(State.SUPERSEDED)
    factories.case_in(State.WITHDRAWN)
    return factories.published_case(rows=3)


def test_verify_finds_nothing_where_nothing_was_altered(published: Revision) -> None:
    out = StringIO()

    call_command("verify", stdout=out)

    acts = Act.objects.count()
    assert out.getvalue() == f"8 revisions and 4 releases verified, {acts} acts.\n"


ALTERATIONS: dict[str, Callable[[Revision], None]] = {
    "a value": lambda r: alter(
        "UPDATE awards_award SET title = title || '!' WHERE revision_id = %s AND position = 20",
        r.pk,
    ),
    "a removed row": lambda r: alter(
        "DELETE FROM awards_award WHERE revision_id = %s AND position = 20", r.pk
    ),
    "the order": lambda r: alter(
        "UPDATE awards_award SET position = 40 - position WHERE revision_id = %s", r.pk
    ),
    "the approved hash": lambda r: alter(
        "UPDATE cases_revision SET approved_hash = repeat('0', 64) WHERE id = %s", r.pk
    ),
    "a removed event": lambda r: alter(
        "DELETE FROM cases_notification n USING cases_event e"
        " WHERE e.id = n.event_id AND e.revision_id = %s;"
        " DELETE FROM cases_event WHERE revision_id = %s AND transition = 'approve'",
        r.pk,
        r.pk,
    ),
    "the last event": lambda r: alter(
        "DELETE FROM cases_notification n USING cases_event e"
        " WHERE e.id = n.event_id AND e.revision_id = %s;"
        " DELETE FROM cases_event WHERE revision_id = %s AND transition = 'publish'",
        r.pk,
        r.pk,
    ),
    "the state": lambda r: alter(
        "UPDATE cases_revision SET state = 'approved' WHERE id = %s", r.pk
    ),
    "a manifest": lambda r: alter(
        "UPDATE cases_release SET manifest = replace(manifest, '\"rows\":3', '\"rows\":4')"
        " WHERE id = %s",
        factories.release_of(r).pk,
    ),
    "a released hash": lambda r: alter(
        "UPDATE cases_releaseitem SET content_hash = repeat('0', 64) WHERE revision_id = %s", r.pk
    ),
    "a removed release": lambda r: alter(
        "DELETE FROM cases_releaseitem WHERE release_id = (SELECT min(id) FROM cases_release);"
        " DELETE FROM cases_release WHERE id = (SELECT min(id) FROM cases_release)"
    ),
}


@pytest.mark.parametrize("name", ALTERATIONS)
def test_verify_names_what_was_altered(published: Revision, name: str) -> None:
    ALTERATIONS[name](published)

    assert len(faults()) >= 1
