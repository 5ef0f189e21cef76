"""The anchors: one line a day outside the database, and what they prove."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.audit import anchors
from apps.audit.coverage import COMPUTED
from apps.audit.models import Act
from apps.audit.tasks import anchor_audit
from apps.audit.verification import verify
from tests import factories
from tests.audit.test_chain import as_owner, sql

pytestmark = pytest.mark.django_db


def written() -> list[dict]:
    """Return the lines of the file."""
    return [json.loads(line) for line in anchors.path().read_text().splitlines()]


def test_anchor_says_where_the_chain_stands() -> None:
    factories.published_case()
    connection.check_constraints()
    out = StringIO()

    call_command("anchor", stdout=out)

    last = Act.objects.latest("sequence")
    (line,) = written()
    assert json.loads(out.getvalue()) == line
    assert (line["sequence"], line["hash"], line["releases"]) == (last.sequence, last.hash, 1)
    assert line["entries"] == sum(Act.objects.values_list("entries", flat=True))
    assert list(verify()) == []


def test_anchor_of_an_empty_database_stands() -> None:
    line = anchors.write()

    assert line is not None
    assert (line["sequence"], line["hash"], line["entries"]) == (0, "", 0)
    assert list(verify()) == []


def test_one_anchor_a_day_is_written_by_the_clock() -> None:
    assert anchor_audit(0) is True
    assert anchor_audit(0) is False
    call_command("anchor", stdout=StringIO())

    assert len(written()) == 2
    assert list(verify()) == []


def test_line_after_a_torn_one_stands_by_itself() -> None:
    anchors.write()
    with anchors.path().open("a") as file:
        file.write('{"at":"20')

    anchors.write()

    assert [(fault.table, fault.row) for fault in verify()] == [("anchors", "2")]
    assert len(anchors.read()) == 3


def rewrite_everything() -> None:
    """Alter a row and make every hash of the chain anew, as the owner of the database can."""
    as_owner("UPDATE registry_district SET name = name || '!' WHERE slug = 'beilun'")
    as_owner(
        "UPDATE audit_entry e SET digest = audit_digest(to_jsonb(d) - %s::text[])"
        " FROM registry_district d"
        " WHERE e.table_name = 'registry_district' AND e.row_id = d.id::text",
        sorted(COMPUTED),
    )
    as_owner("UPDATE audit_entry e SET hash = audit_entry_hash(e)")
    as_owner(
        "UPDATE audit_act a SET digest = encode((SELECT sha256(string_agg(hash, ''::bytea"
        " ORDER BY id)) FROM audit_entry WHERE act_id = a.id), 'hex')"
    )
    for pk in Act.objects.order_by("sequence").values_list("pk", flat=True):
        as_owner(
            "UPDATE audit_act a SET previous = (SELECT hash FROM audit_act b"
            " WHERE b.sequence = a.sequence - 1) WHERE id = %s",
            pk,
        )
        as_owner("UPDATE audit_act a SET hash = audit_act_hash(a) WHERE id = %s", pk)


def test_chain_that_was_rewritten_as_a_whole_is_not_the_one_that_was_anchored() -> None:
    factories.district()
    connection.check_constraints()
    anchors.write()
    sql("SET LOCAL timezone = 'UTC'")

    rewrite_everything()

    assert [fault.table for fault in verify()] == ["anchors"]
    anchors.path().unlink()
    assert list(verify()) == []


def test_end_of_the_chain_that_was_cut_off_is_missed() -> None:
    factories.district()
    connection.check_constraints()
    factories.district("cixi")
    connection.check_constraints()
    anchors.write()

    last = Act.objects.latest("sequence")
    for table, row in last.entry_set.values_list("table_name", "row_id"):
        as_owner(f'DELETE FROM "{table}" WHERE id = %s', int(row))
    as_owner("DELETE FROM audit_entry WHERE act_id = %s", last.pk)
    as_owner("DELETE FROM audit_act WHERE id = %s", last.pk)

    assert [fault.table for fault in verify()] == ["anchors"]


@pytest.mark.parametrize("altered", ["first line", "count"])
def test_altered_line_is_found(altered: str) -> None:
    factories.district()
    connection.check_constraints()
    anchors.write()
    anchors.write()
    lines = anchors.path().read_text().splitlines()
    if altered == "first line":
        lines[0] = lines[0].replace('"releases":0', '"releases":1')
    else:
        lines[1] = lines[1].replace('"entries":', '"entries":9')
    anchors.path().write_text("\n".join(lines) + "\n")

    assert [(fault.table, fault.row) for fault in verify()] == [("anchors", "2")]


def test_faults_are_printed_as_json() -> None:
    factories.district()
    connection.check_constraints()
    as_owner("UPDATE registry_district SET name = '慈北' WHERE slug = 'beilun'")
    out = StringIO()

    with pytest.raises(CommandError, match="1 faults found"):
        call_command("verify", "--json", stdout=out)

    (line,) = out.getvalue().splitlines()
    assert json.loads(line)["table"] == "registry_district"
