"""Many rows at once: set, cleared, removed, pasted; with preview, history and the way back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Role
from apps.cases.desk.lists.filters import page_of
from apps.cases.domain import many
from apps.cases.domain.bulk import Change
from apps.cases.domain.records import remove_record, save_record
from apps.cases.domain.taking_back import undoing_of
from apps.cases.errors import Invalid, Locked, NotAllowed, Refused, StaleRecord, WrongState
from apps.cases.kinds import record_kinds
from apps.cases.models import Mention, Operation, OperationKind, Revision
from apps.registry.sounds import sounds_of
from tests import factories

pytestmark = pytest.mark.django_db

ROSTER = record_kinds["roster-entries"]
AWARDS = record_kinds["awards"]
EVENTS = record_kinds["events"]


def roster(rows=5):
    revision = factories.open_list("roster-entries", rows)
    return factories.filler_of(revision), revision


def rows_of(revision, kind=ROSTER):
    return kind.model.objects.filter(revision=revision).order_by("position")


def set_all(actor, revision, name, value, kind=ROSTER, rows=None):
    rows = rows_of(revision, kind) if rows is None else rows
    found = many.look(rows, name, value)
    return many.set_field(actor, revision.pk, kind, rows, name, value, found.digest)


def values(revision, kind=ROSTER):
    return list(rows_of(revision, kind).values_list("uid", "position", *kind.fields))


def mentions(revision):
    return sorted(
        Mention.objects.filter(revision=revision).values_list(
            "record_uid", "field", "position", "name__name"
        )
    )


def test_a_field_is_set_in_every_chosen_row_with_its_history():
    actor, revision = roster()
    beilun = factories.district("beilun").district
    chosen = rows_of(revision).filter(rank__lte=3)

    done = set_all(actor, revision, "district", beilun, rows=chosen)

    assert (done.what, done.changed, done.field) == (OperationKind.SET, 3, "district")
    assert [row.district for row in rows_of(revision)] == [beilun] * 3 + [None] * 2
    assert [row.version for row in rows_of(revision)] == [2, 2, 2, 1, 1]
    history = ROSTER.model.pgh_event_model.objects.filter(pgh_context_id=done.context)
    assert {(e.pgh_label, e.district_id, e.updated_by_id) for e in history} == {
        ("update", beilun.pk, actor.pk)
    }
    assert history.count() == 3
    context = history.first().pgh_context
    assert context.metadata["operation"] == "set"


def test_a_row_that_holds_the_value_already_stays_as_it_is():
    actor, revision = roster(3)
    first = rows_of(revision).first()
    save_record(actor, revision.pk, ROSTER, {"title": "甲"}, uid=first.uid, version=1)

    done = set_all(actor, revision, "title", "甲")

    assert done.changed == 2
    assert [row.version for row in rows_of(revision)] == [2, 2, 2]
    with pytest.raises(Refused, match=r"No row|没有"):
        set_all(actor, revision, "title", "甲")


def test_names_are_mentioned_and_spelled_anew():
    actor, revision = roster(3)

    set_all(actor, revision, "organisation", "宁波大学", rows=rows_of(revision).filter(rank__lt=3))

    assert [m[3] for m in mentions(revision)].count("宁波大学") == 2
    assert len(mentions(revision)) == 3
    for row in rows_of(revision):
        assert row.sounds == sounds_of([row.organisation, row.title])


def test_a_single_save_and_a_bulk_change_spell_the_row_anew():
    actor, revision = roster(2)
    one, other = rows_of(revision)
    save_record(actor, revision.pk, ROSTER, {"title": "海洋"}, uid=one.uid, version=1)
    many.bulk.change_rows(
        actor, revision.pk, ROSTER, [Change(other.uid, other.version, {"title": "石化"})]
    )
    many.bulk.add_rows(actor, revision.pk, ROSTER, [factories.roster_entry_values(9)])

    for row in rows_of(revision):
        assert row.sounds == sounds_of([row.organisation, row.title]) != ""


def test_a_list_of_names_is_set_and_cleared():
    revision = factories.open_award_list(3)
    actor = factories.filler_of(revision)
    before, named = values(revision, AWARDS), mentions(revision)

    first = set_all(actor, revision, "organisations", ["甲所", "乙所"], AWARDS)
    assert {tuple(row.organisations) for row in rows_of(revision, AWARDS)} == {("甲所", "乙所")}
    assert [m[2:] for m in mentions(revision)] == [(0, "甲所"), (1, "乙所")] * 3
    second = set_all(actor, revision, "people", ["王一"], AWARDS)
    many.undo(actor, second.pk)
    many.undo(actor, first.pk)

    assert values(revision, AWARDS) == before
    assert mentions(revision) == named


def test_a_field_that_every_row_needs_cannot_be_cleared():
    assert many.empty_value(ROSTER, "title") == ""
    assert many.empty_value(ROSTER, "rank") is None
    with pytest.raises(Refused):
        many.empty_value(ROSTER, "organisation")


@pytest.mark.parametrize(
    ("name", "value"), [("year", "no year"), ("credit_code", "X" * 40), ("uid", "x")]
)
def test_a_value_that_does_not_fit_changes_nothing(name, value):
    actor, revision = roster(2)
    before = values(revision)
    with pytest.raises((Invalid, Refused)):
        many.set_field(actor, revision.pk, ROSTER, rows_of(revision), name, value, "")
    assert values(revision) == before


def test_a_rule_of_the_whole_row_is_asked_of_each():
    revision = factories.open_list("events", 3)
    actor = factories.filler_of(revision)
    last = rows_of(revision, EVENTS).last().date_from
    with pytest.raises(Invalid, match="科技大会1"):
        set_all(actor, revision, "date_from", last.replace(year=2030), EVENTS)
    assert not Operation.objects.exists()


def test_rows_are_removed_and_come_back_with_their_ids_and_places():
    actor, revision = roster()
    before, named = values(revision), mentions(revision)
    rows = rows_of(revision).filter(rank__in=[2, 4])

    done = many.remove(actor, revision.pk, ROSTER, rows, many.look(rows).digest)

    assert (done.what, done.changed) == (OperationKind.REMOVE, 2)
    assert [row.rank for row in rows_of(revision)] == [1, 3, 5]
    undone = many.undo(actor, done.pk)
    assert (len(undone.removed), undone.left) == (2, [])
    assert values(revision) == before
    assert mentions(revision) == named
    with pytest.raises(WrongState):
        many.undo(actor, done.pk)


def test_undoing_leaves_what_somebody_saved_since():
    actor, revision = roster(3)
    done = set_all(actor, revision, "title", "甲")
    row = rows_of(revision).first()
    save_record(actor, revision.pk, ROSTER, {"title": "乙"}, uid=row.uid, version=2)
    gone = rows_of(revision).last()
    remove_record(actor, revision.pk, ROSTER, gone.uid)

    undone = many.undo(actor, done.pk)

    assert sorted(undone.left) == sorted([row.organisation, gone.organisation])
    assert [row.title for row in rows_of(revision)] == ["乙", ""]


def test_a_row_changed_since_the_preview_stops_all():
    actor, revision = roster(3)
    found = many.look(rows_of(revision), "title", "甲")
    row = rows_of(revision).last()
    save_record(actor, revision.pk, ROSTER, {"title": "乙"}, uid=row.uid, version=1)

    with pytest.raises(many.Moved):
        many.set_field(actor, revision.pk, ROSTER, rows_of(revision), "title", "甲", found.digest)
    with pytest.raises(many.Moved):
        many.remove(
            actor, revision.pk, ROSTER, rows_of(revision), many.look(rows_of(revision)).digest[1:]
        )
    assert [row.title for row in rows_of(revision)] == ["", "", "乙"]


def test_scope_and_state_are_asked_again():
    actor, revision = roster(2)
    digest = many.look(rows_of(revision), "title", "甲").digest
    arguments = (revision.pk, ROSTER, rows_of(revision), "title", "甲", digest)
    with pytest.raises(NotAllowed):
        many.set_field(factories.staff(Role.CITY_REVIEWER), *arguments)
    with pytest.raises(Revision.DoesNotExist):
        many.set_field(factories.staff(Role.DISTRICT_FILLER, factories.district()), *arguments)
    done = set_all(actor, revision, "title", "甲")
    factories.take("submit", revision)
    with pytest.raises(Locked):
        many.set_field(actor, *arguments)
    with pytest.raises(Locked):
        many.undo(actor, done.pk)


def test_rows_of_another_case_are_never_touched():
    actor, revision = roster(2)
    other = factories.open_list("roster-entries", 2)
    every = ROSTER.model.objects.all()
    found = many.look(every.filter(revision=revision), "title", "甲")

    done = many.set_field(actor, revision.pk, ROSTER, every, "title", "甲", found.digest)

    assert done.changed == 2
    assert {row.title for row in rows_of(other)} == {""}


def test_a_returned_case_opens_the_named_rows_alone():
    revision = factories.reviewing_case("roster-entries", 3)
    row = rows_of(revision).first()
    revision = factories.returned(revision, record_kind="roster-entries", record_uid=row.uid)
    actor = factories.filler_of(revision)

    with pytest.raises(Locked):
        set_all(actor, revision, "title", "甲")
    done = set_all(actor, revision, "title", "甲", rows=rows_of(revision).filter(uid=row.uid))

    assert done.changed == 1
    # What was done since the return can be taken back.
    assert len(many.undo(actor, done.pk).changed) == 1


def test_a_block_changes_and_adds_in_one_operation():
    actor, revision = roster(2)
    before = values(revision)
    row = rows_of(revision).first()
    block = many.Block(
        [Change(row.uid, row.version, {"title": "甲"})], [factories.roster_entry_values(7)]
    )

    done = many.paste(actor, revision.pk, ROSTER, block)

    assert (done.changed, done.added) == (1, 1)
    assert "1" in str(done)
    assert [row.rank for row in rows_of(revision)] == [1, 2, 7]
    with pytest.raises(StaleRecord):
        many.paste(actor, revision.pk, ROSTER, block)
    with pytest.raises(Refused):
        many.paste(actor, revision.pk, ROSTER, many.Block())
    assert rows_of(revision).count() == 3
    many.undo(actor, done.pk)
    assert values(revision) == before


def test_queries_do_not_grow_with_the_rows():
    counts = []
    for size in (5, 60):
        actor, revision = roster(size)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            set_all(actor, revision, "title", "甲")
        with CaptureQueriesContext(connection) as undone:
            many.undo(actor, Operation.objects.first().pk)
        counts.append((len(captured), len(undone)))
    assert counts[0] == counts[1]


def test_what_was_done_is_said_in_words_and_kept():
    actor, revision = roster(2)
    done = set_all(actor, revision, "title", "甲")
    cleared = set_all(actor, revision, "title", "")
    assert "甲" in str(done)
    assert cleared.what == OperationKind.CLEAR
    assert "2" in str(cleared)
    with pytest.raises(Exception, match="operation"), many.transaction.atomic():
        Operation.objects.filter(pk=done.pk).update(changed=9)
    with pytest.raises(Exception, match="operation"), many.transaction.atomic():
        done.delete()


def test_a_change_of_a_row_that_was_put_back_is_taken_back_to_what_it_came_back_as():
    actor, revision = roster(3)
    set_all(actor, revision, "title", "甲")
    gone = many.remove(
        actor, revision.pk, ROSTER, rows_of(revision), many.look(rows_of(revision)).digest
    )
    many.undo(actor, gone.pk)
    before = values(revision)
    done = set_all(actor, revision, "title", "乙")

    undone = many.undo(actor, done.pk)

    assert (len(undone.changed), undone.left) == (3, [])
    assert values(revision) == before


@pytest.mark.parametrize("count", [7, 8])
def test_every_page_shows_its_own_rows_in_printed_order(count):
    _actor, revision = roster(count)
    uids = list(rows_of(revision).values_list("uid", flat=True))
    shown = []
    for first in range(0, count, 2):
        rows = ROSTER.model.objects.filter(revision=revision)
        page = page_of(revision, ROSTER, rows, slice(first, first + 2), count)
        shown += [row.uid for row in page]

    assert shown == uids


@pytest.mark.parametrize(
    "code", ["awards", "laureates", "certifications", "roster-entries", "policies", "events"]
)
def test_a_preview_and_what_is_done_say_the_same_of_every_kind(code):
    revision = factories.open_list(code, 6)
    actor = factories.filler_of(revision)
    kind = revision.case.kind_spec.records[0]
    rows = rows_of(revision, kind)
    title = kind.title_field
    first = set_all(actor, revision, title, "甲", kind)
    second = set_all(actor, revision, title, "乙", kind, rows.filter(position__lt=45))
    row, other = rows[4], rows[5]
    save_record(actor, revision.pk, kind, {title: "丙"}, uid=row.uid, version=row.version)
    remove_record(actor, revision.pk, kind, other.uid)
    found = many.look(rows)
    gone = many.remove(
        actor,
        revision.pk,
        kind,
        rows.filter(position__lt=25),
        many.look(rows.filter(position__lt=25)).digest,
    )

    for done, counts in ((first, (0, 0, 0)), (second, (0, 2, 0)), (gone, (0, 0, 2))):
        would = many.preview_undoing(done)
        undoing = undoing_of(kind, revision, done.context)
        assert (would.added, would.changed, would.removed) == counts
        assert would.total == undoing.total
        assert (would.left, would.left_count) == (undoing.left, len(undoing.left))
        assert would.digest == undoing.digest
    many.undo(actor, gone.pk, many.preview_undoing(gone).digest)
    many.undo(actor, second.pk, many.preview_undoing(second).digest)
    assert many.preview_undoing(first).changed == 4
    assert found.total == 5


def test_a_preview_of_a_pasted_block_counts_new_rows_and_those_that_moved():
    actor, revision = roster(2)
    one, other = rows_of(revision)
    block = many.Block(
        changes=[Change(one.uid, 1, {"title": "甲"}), Change(other.uid, 1, {"title": "甲"})],
        new=[factories.roster_entry_values(n) for n in (7, 8)],
    )
    done = many.paste(actor, revision.pk, ROSTER, block)
    new = rows_of(revision).last()
    save_record(actor, revision.pk, ROSTER, {"title": "乙"}, uid=new.uid, version=1)
    would = many.preview_undoing(done)
    undoing = undoing_of(ROSTER, revision, done.context)
    assert (would.added, would.changed, would.left_count) == (1, 2, 1)
    assert would.digest == undoing.digest
    with pytest.raises(many.Moved):
        many.undo(actor, done.pk, "another")
    assert len(many.undo(actor, done.pk, would.digest).left) == 1
