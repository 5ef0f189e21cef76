"""What a district says of the lists: whose rows they are, what stands, what lapses, what is refused."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Role
from apps.audit.models import Entry
from apps.cases.canonical import (
    canonical_bytes,
    canonical_json,
    record_content,
    revision_hash,
    sha256,
)
from apps.cases.domain.records import restore_record
from apps.cases.errors import Locked, NotAllowed, Refused, StaleRecord
from apps.cases.models import Evidence, Revision
from apps.districts.kind import LIST_STATEMENT
from apps.districts.lists import domain
from apps.districts.lists.domain import Read
from apps.districts.lists.models import ListStatement, Says
from apps.districts.lists.standing import read_lists
from apps.publications.content import content_json
from apps.registry.models import District, Organisation
from tests import factories
from tests.districts.lists import support
from tests.districts.lists.support import add, confirm_all, dispute, draft, roster, standings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def titles(revision: Revision) -> list[str]:
    lists = support.lists_of(revision)
    lists.read_rows(lists.lines)
    return [str(line.row) for line in lists.lines]


# Whose rows


def test_own_rows_of_every_kind_are_listed_and_no_others():
    roster(2)
    factories.published_case(
        "awards",
        [
            factories.award_values(1, organisations=["甲公司", "乙公司"]),
            factories.award_values(2, organisations=["乙公司", "甲公司"]),
        ],
    )
    factories.published_case("laureates", [factories.laureate_values(1, employer="甲公司")])
    factories.published_case(
        "certifications",
        [
            factories.certification_values(1, hosts=["甲公司"]),
            factories.certification_values(
                2, hosts=["甲公司"], district=factories.district("cixi").district
            ),
        ],
    )
    roster(1, year=2024)
    factories.open_list(
        "roster-entries", [factories.roster_entry_values(9, district=factories.district().district)]
    )
    Organisation.objects.filter(name="甲公司").update(district=factories.district().district)

    assert sorted(titles(draft())) == sorted(
        [
            "宁波精密1有限公司",
            "宁波精密2有限公司",
            "高端装备关键技术及应用1",
            "王1",
            "海洋装备重点实验室1",
        ]
    )


def test_row_of_a_zone_is_the_zones_where_it_reports_for_itself():
    zone = factories.zone()
    factories.published_case(
        "roster-entries", [factories.roster_entry_values(1, district=zone.district)]
    )
    yinzhou = factories.open_return(bureau=factories.district("yinzhou"))
    own = factories.open_return(bureau=zone)

    assert (titles(yinzhou), titles(own)) == ([], ["宁波精密1有限公司"])

    District.objects.filter(pk=zone.district.pk).update(bureau=None)

    assert titles(yinzhou) == ["宁波精密1有限公司"]


def test_lists_are_read_in_as_many_queries_for_many_rows():
    roster(3)
    revision = draft()
    confirm_all(revision)
    first, again = factories.fresh(revision), factories.fresh(revision)
    with CaptureQueriesContext(connection) as few:
        read_lists(first)
    roster(40, subject="另一名单")
    confirm_all(revision)
    with CaptureQueriesContext(connection) as many:
        assert len(read_lists(again).lines) == 43

    assert len(few) == len(many) <= 3


# Confirming


def test_confirmation_leads_back_to_the_row_as_it_was_read():
    listed = roster(1)
    revision = draft()

    [said] = confirm_all(revision)

    [row] = [row for row in factories.records_of(listed) if row.uid == said.row_uid]
    assert (said.says, said.title, said.list_revision, said.row_kind) == (
        Says.CONFIRMED,
        "宁波精密1有限公司",
        listed,
        "roster-entries",
    )
    assert said.seen == support.fingerprint_of(listed, row.uid)
    assert standings(revision) == ["confirmed"]


def test_confirmed_twice_is_confirmed_once():
    roster(2)
    revision = draft()

    first, again = confirm_all(revision), confirm_all(revision)

    assert [s.uid for s in first] == [s.uid for s in again]
    assert [s.version for s in again] == [1, 1]


def test_many_rows_are_confirmed_in_as_many_queries_as_few():
    counts = []
    revision = draft()
    for rows in (3, 30):
        roster(rows, subject=f"名单{rows}")
        wanted = support.reads(revision)[-rows:]
        with CaptureQueriesContext(connection) as captured:
            domain.confirm(factories.filler_of(revision), revision.pk, wanted)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_confirmations_are_taken_back_together():
    roster(3)
    revision = draft()
    said = confirm_all(revision)

    count = domain.take_back(factories.filler_of(revision), revision.pk, [s.uid for s in said[:2]])

    assert count == 2
    assert standings(revision) == ["open", "open", "confirmed"]
    assert domain.take_back(factories.filler_of(revision), revision.pk, [said[0].uid]) == 0


def test_row_of_another_district_is_not_confirmed():
    listed = roster(1, 1)
    foreign = factories.records_of(listed)[1]
    revision = draft()

    with pytest.raises(Refused, match="not a row of yours"):
        domain.confirm(factories.filler_of(revision), revision.pk, [Read(foreign.uid, listed.pk)])


def test_row_that_was_published_anew_is_looked_at_before_it_is_confirmed():
    listed = roster(1)
    revision = draft()
    wanted = support.reads(revision)
    support.restated(listed, 0, rank=7)

    with pytest.raises(Refused, match="published the list anew"):
        domain.confirm(factories.filler_of(revision), revision.pk, wanted)

    assert not ListStatement.objects.exists()


@pytest.mark.parametrize("role", [Role.DISTRICT_SIGNATORY, Role.CITY_REVIEWER, Role.CITY_EDITOR])
def test_nobody_but_the_filler_says_anything(role):
    roster(1)
    revision = factories.case_in("reviewing", "district-returns")
    person = factories.staff(role)

    with pytest.raises((NotAllowed, Revision.DoesNotExist)):
        domain.confirm(person, revision.pk, support.reads(revision))


def test_statement_is_frozen_with_the_return():
    roster(1)
    revision = draft()
    confirm_all(revision)
    reported = factories.advance(revision, "submitted")

    with pytest.raises(Locked):
        domain.take_back(
            factories.filler_of(reported),
            reported.pk,
            ListStatement.objects.values_list("uid", flat=True),
        )
    with pytest.raises(IntegrityError, match="cannot be written"), transaction.atomic():
        ListStatement.objects.update(position=99)


# Lapsing


@pytest.mark.parametrize(
    ("number", "values", "expected"),
    [
        (0, {"rank": 7}, ["lapsed", "confirmed"]),
        (2, {"rank": 7}, ["confirmed", "confirmed"]),
        (None, {}, ["confirmed", "gone"]),
    ],
    ids=["changed", "another-changed", "removed"],
)
def test_confirmation_lapses_only_where_its_own_row_no_longer_fits(number, values, expected):
    listed = roster(2)
    revision = draft()
    confirm_all(revision)

    support.restated(listed, number, **values)

    assert standings(revision) == expected


def test_lapsed_row_is_confirmed_anew_and_counts_again():
    listed = roster(1)
    revision = draft()
    [said] = confirm_all(revision)
    newer = support.restated(listed, 0, rank=7)

    [again] = confirm_all(revision)

    assert (again.uid, again.list_revision, standings(revision)) == (
        said.uid,
        newer,
        ["confirmed"],
    )


def test_row_that_moves_to_another_district_is_no_longer_ones_own():
    listed = roster(1)
    revision = draft()
    confirm_all(revision)

    support.restated(listed, 0, district=factories.district("cixi").district)

    assert standings(revision) == ["gone"]


# Disputing


def test_dispute_keeps_what_it_should_say_why_and_the_file():
    roster(1)
    revision = draft()

    said = dispute(revision, {"organisation": "宁波精密一号有限公司"})

    assert (said.says, said.reason) == (Says.DISPUTED, "认定文件写明的是另一名称。")
    assert said.get_claim_display() == "Organisation：宁波精密一号有限公司"
    [file] = Evidence.objects.filter(record_kind="list-statements", record_uid=said.uid)
    assert (file.name, file.revision) == ("认定文件.pdf", revision)
    assert standings(revision) == ["disputed"]


@pytest.mark.parametrize(
    ("claim", "number", "values", "expected"),
    [
        ({"rank": 9}, 0, {"rank": 9}, "met"),
        ({"rank": 9}, 0, {"rank": 8}, "lapsed"),
        ({"rank": 9}, 2, {"rank": 8}, "disputed"),
        ({"rank": 9}, None, {}, "gone"),
        ({}, None, {}, "met"),
        ({}, 0, {"rank": 8}, "lapsed"),
        ({"district": "cixi"}, 0, {"district": "cixi"}, "met"),
        ({"rank": 9}, 0, {"district": "cixi"}, "gone"),
    ],
    ids=[
        "as-claimed",
        "otherwise",
        "another-row",
        "removed",
        "foreign-removed",
        "foreign-changed",
        "moved-as-claimed",
        "moved",
    ],
)
def test_dispute_is_met_by_a_list_that_says_so(claim, number, values, expected):
    listed = roster(2)
    revision = draft()
    dispute(revision, claim)
    values = {
        name: factories.district(value).district if name == "district" else value
        for name, value in values.items()
    }

    support.restated(listed, number, **values)

    found = {str(line.standing) for line in support.lists_of(revision).lines if line.statement}
    assert found == {expected}


def test_dispute_without_a_file_is_refused_and_leaves_nothing():
    roster(1)
    revision = draft()

    with pytest.raises(Refused, match="Attach the document"):
        dispute(revision, {"rank": 9}, upload=None)

    assert not ListStatement.objects.exists()


def test_dispute_with_a_file_that_is_not_taken_leaves_nothing():
    roster(1)
    revision = draft()
    file = support.proof("认定文件.exe")

    with pytest.raises(Refused):
        dispute(revision, {"rank": 9}, upload=file)

    assert not ListStatement.objects.exists()


def test_dispute_is_worded_anew_with_the_file_that_is_there():
    roster(1)
    revision = draft()
    first = dispute(revision, {"rank": 9})

    again = dispute(revision, {"rank": 8}, upload=None, version=first.version)

    assert (again.uid, again.claim, again.version) == (first.uid, {"rank": 8}, 2)


@pytest.mark.parametrize("version", [None, 1])
def test_colleagues_word_is_not_overwritten_unseen(version):
    roster(1)
    revision = draft()
    first = dispute(revision, {"rank": 9})
    dispute(revision, {"rank": 8}, upload=None, version=first.version)
    colleague = factories.person(Role.DISTRICT_FILLER)

    with pytest.raises(StaleRecord):
        domain.dispute(
            colleague,
            revision.pk,
            support.reads(revision)[0],
            {"rank": 7},
            "另有依据。",
            None,
            version=version,
        )


def test_dispute_gives_way_to_a_confirmation():
    roster(1)
    revision = draft()
    dispute(revision, {"rank": 9})

    [said] = confirm_all(revision)

    assert (said.says, said.claim, said.reason) == (Says.CONFIRMED, {}, "")


def test_dispute_needs_a_reason():
    with pytest.raises(ValidationError, match="Say why"):
        ListStatement(says=Says.DISPUTED, reason=" ").clean()


# Adding


def test_added_row_stands_until_the_list_has_it():
    listed = roster(1)
    revision = draft()
    confirm_all(revision)

    said = add(revision, listed)

    assert (said.title, said.row_uid, said.seen) == ("宁波新材料科技有限公司", None, "")
    assert "District：Beilun District" in said.get_claim_display()
    assert standings(revision) == ["confirmed", "added"]

    support.restated(
        listed,
        1,
        organisation="宁波新材料科技有限公司",
        district=factories.district().district,
        roster=support.NAME,
    )

    assert standings(revision) == ["confirmed", "open", "met"]


def test_row_that_is_on_the_list_is_not_added():
    listed = roster(1)
    revision = draft()

    with pytest.raises(Refused, match="on the list already: “宁波精密1有限公司”"):
        add(revision, listed, organisation="宁波精密1有限公司")
    add(revision, listed)
    with pytest.raises(Refused, match="added this row already"):
        add(revision, listed)


def test_row_is_not_added_to_a_list_that_is_not_published_for_the_year():
    listed = roster(1, year=2024)

    with pytest.raises(Refused, match="no such list"):
        add(draft(), listed)


# What binds it


def test_statements_are_part_of_the_hash_and_their_files_too():
    roster(1)
    revision = draft()
    before = revision_hash(revision)
    dispute(revision, {"rank": 9})
    with_file = revision_hash(revision)
    Evidence.objects.create(
        revision=revision,
        record_kind="list-statements",
        record_uid=ListStatement.objects.get().uid,
        file=Evidence.objects.get().file.__class__.objects.create(
            sha256="a" * 64, size=3, content_type="text/plain"
        ),
        name="另一.txt",
        added_by=factories.filler_of(revision),
    )

    assert len({before[0], with_file[0], revision_hash(revision)[0]}) == 3
    assert (before[1], with_file[1]) == (2, 3)


def test_public_bytes_give_the_hash_and_say_nothing_of_what_is_disputed():
    roster(1)
    revision = draft()
    said = dispute(revision, {"organisation": "绝密名称有限公司"}, reason="绝密理由。")
    published = factories.advance(revision, "published")
    said = ListStatement.objects.get(pk=said.pk)
    file = Evidence.objects.get(record_kind="list-statements")

    text = b"".join(canonical_bytes(published)).decode()
    as_json = json.loads(b"".join(content_json(published)))

    seal = {
        **record_content(said),
        "evidence": [{"sha256": file.file_id, "size": file.file.size}],
    }
    line = {"sha256": sha256(canonical_json(seal))}
    assert f"\nlist-statements\t{canonical_json(line)}" in text
    assert as_json["records"]["list-statements"] == [line]
    assert as_json["sha256"] == sha256(text)
    for secret in ("绝密", str(said.uid), str(said.row_uid), file.file_id, "disputed"):
        assert secret not in text
        assert secret not in json.dumps(as_json, ensure_ascii=False)


def test_statements_go_along_into_a_correction_of_the_return():
    roster(2)
    revision = draft()
    confirm_all(revision)
    published = factories.advance(revision, "published")

    correction = factories.successor_of(published)

    assert standings(correction) == ["confirmed", "confirmed"]
    assert set(
        ListStatement.objects.filter(revision=correction).values_list("uid", flat=True)
    ) == set(ListStatement.objects.filter(revision=published).values_list("uid", flat=True))


def test_each_statement_is_audited_and_has_its_history(transactional_db):
    roster(1)
    revision = draft()
    [said] = confirm_all(revision)
    domain.take_back(factories.filler_of(revision), revision.pk, [said.uid])
    restore_record(factories.filler_of(revision), revision.pk, LIST_STATEMENT, said.uid)

    entries = Entry.objects.filter(table_name="districts_liststatement").order_by("id")
    assert [entry.operation for entry in entries] == ["I", "D", "I"]
    assert {entry.case_id for entry in entries} == {revision.case_id}
