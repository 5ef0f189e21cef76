"""From a file to rows of a case: read, compared, stored in one transaction, undone."""

import uuid

import pytest

from apps.accounts.models import Role
from apps.awards.kind import AWARD
from apps.awards.models import Award
from apps.cases.domain.records import save_record
from apps.cases.errors import Locked, NotAllowed, Refused, WrongState
from apps.cases.models import Finding, Mention
from apps.intake.imports import review
from apps.intake.imports.accepting import Moved, accept
from apps.intake.imports.comparing import compare
from apps.intake.imports.scope import imports_for
from apps.intake.imports.starting import cancel, take_in
from apps.intake.imports.undoing import preview, undo
from apps.intake.models import Import, ImportState, SourceFile
from tests import factories
from tests.cases.support import database_digest
from tests.intake.imports.support import (
    HEADER,
    ROWS,
    accepted,
    draft,
    lines,
    sheet,
    taken,
)

pytestmark = pytest.mark.django_db
STAGING = (
    "intake_import",
    "intake_importrow",
    "intake_importtable",
    "intake_importedit",
    "intake_acceptance",
    "intake_sourcefile",
    "intake_layout",
    "procrastinate_jobs",
    "procrastinate_events",
    "cases_notification",
    # That a file was taken in is in the audit.
    "audit_entry",
)


def titles(revision):
    """Return the titles of a case's awards in printed order."""
    return list(
        Award.objects.filter(revision=revision).order_by("position").values_list("title", flat=True)
    )


def test_file_is_read_into_tables_and_lines_and_nothing_of_the_case_changes():
    revision = draft()
    before = database_digest(leave_out=STAGING)

    intake = taken(revision)

    assert intake.state == ImportState.READ
    assert (intake.rows_read, intake.rows_total) == (3, 3)
    table = intake.tables.get()
    assert (table.kind, table.is_taken) == ("awards", True)
    first, second, _third = lines(intake)
    assert first.result["title"] == "海洋装备精密铸造关键技术"
    assert first.result["organisations"] == ["宁波大学", "宁波材料所"]
    assert (first.line, first.cells[2]) == (3, "海洋装备精密铸造关键技术")
    assert second.doubts == [["people", "blank-removed"]]
    assert [line.is_doubtful for line in lines(intake)] == [False, True, False]
    assert database_digest(leave_out=STAGING) == before


def test_same_bytes_are_kept_once():
    revision, data = draft(), sheet()
    taken(revision, data)
    taken(revision, data)

    assert SourceFile.objects.count() == 1
    assert Import.objects.count() == 2


def test_accept_stores_rows_with_history_mentions_flags_and_findings():
    revision = draft()
    intake = taken(revision, sheet([*ROWS, ("4", "科学技术进步奖一等奖", *ROWS[0][2:])]))

    acceptance = accepted(intake)

    assert acceptance.counts == {
        "new": 4,
        "changed": 0,
        "unchanged": 0,
        "missing": 0,
        "findings": Finding.objects.filter(revision=revision).count(),
    }
    assert acceptance.counts["findings"] > 0
    assert titles(revision) == [*(row[2] for row in ROWS), ROWS[0][2]]
    award = Award.objects.get(revision=revision, title=ROWS[1][2])
    assert award.flags == ["people:blank-removed"]
    assert award.people == ["王五", "赵六"]
    assert Mention.objects.filter(revision=revision, record_uid=award.uid).count() == 1
    events = Award.pgh_event_model.objects.filter(uid=award.uid)
    assert [event.pgh_context_id for event in events] == [acceptance.context]
    intake.refresh_from_db()
    assert intake.state == ImportState.ACCEPTED


def test_settled_doubt_leaves_no_mark():
    revision = draft()
    intake = taken(revision)
    person = factories.filler_of(revision)

    review.settle(person, intake.pk, lines(intake)[1].pk, "people")
    accepted(intake)

    assert Award.objects.get(title=ROWS[1][2]).flags == []


def test_edit_is_stored_and_undone_one_by_one():
    intake = taken(draft())
    person = factories.filler_of(intake.revision)
    line = lines(intake)[0]

    review.edit(person, intake.pk, line.pk, {"title": "甲项目", "people": "张三\n孙八"})
    review.set_aside(person, intake.pk, line.pk)

    changed = lines(intake)[0]
    assert (changed.result["title"], changed.aside) == ("甲项目", "by-hand")
    assert changed.result["people"] == ["张三", "孙八"]
    assert review.undo(person, intake.pk).aside == ""
    assert review.undo(person, intake.pk).result["title"] == ROWS[0][2]
    assert review.undo(person, intake.pk) is None


def test_total_is_set_aside_and_can_be_put_back():
    intake = taken(draft(), sheet([*ROWS, ("合计", "", "三个项目", "", "")]))
    person = factories.filler_of(intake.revision)
    total = lines(intake)[-1]
    assert (total.aside, total.line) == ("total", 6)

    back = review.put_back(person, intake.pk, total.pk)

    assert (back.aside, back.result["title"], back.is_faulty) == ("", "三个项目", True)
    with pytest.raises(Refused, match="1"):
        accepted(intake)


def test_faults_are_counted_and_said_all_at_once():
    intake = taken(draft(), sheet([("1", "一等奖", "", "宁波大学", "张三"), *ROWS]))

    result = compare(intake)

    assert (result.faulty, result.new) == (1, 3)
    assert {fault.name for fault in result.faults} >= {"title", "award_class"}


def test_field_that_no_row_has_is_said_once_with_the_number_of_rows():
    rows = [(row[0], "", *row[2:]) for row in ROWS]
    intake = taken(draft(), sheet([*rows, ("4", "", "", "宁波大学", "周九")], title="名单"))
    person = factories.filler_of(intake.revision)
    review.edit(person, intake.pk, lines(intake)[1].pk, {"grade": "一等奖"})

    result = compare(intake)

    assert {(each.name, each.rows) for each in result.lacking} == {
        ("programme", 4),
        ("award_class", 4),
        ("award_year", 4),
    }
    # What only some rows lack is said of each of them.
    said = sorted((fault.line.line, fault.name) for fault in result.faults)
    assert said == [(3, "grade"), (5, "grade"), (6, "grade"), (6, "title")]


def test_dry_run_tells_new_changed_unchanged_and_missing():
    revision = draft()
    accepted(taken(revision))
    person = factories.filler_of(revision)
    save_record(person, revision.pk, AWARD, factories.award_values(9))
    changed = (*ROWS[2][:4], "钱七、孙八")
    new = ("4", "科学技术进步奖一等奖", "新项目技术研究", "宁波大学", "周九")

    result = compare(taken(revision, sheet([ROWS[0], ROWS[1], changed, new])))

    assert result.counts == {"new": 1, "changed": 1, "unchanged": 2, "missing": 1}
    assert [dict(item.changes) for item in result.changes] == [
        {"people": (["钱七"], ["钱七", "孙八"])}
    ]
    assert result.missing_rows == [factories.award_values(9)["title"]]


def test_column_of_ids_means_update():
    revision = draft(1)
    (row,) = factories.records_of(revision)
    header = ("id", *HEADER)
    intake = taken(revision, sheet([(str(row.uid), *ROWS[0])], header))

    accepted(intake)

    (now,) = factories.records_of(revision)
    assert (now.uid, now.title, now.version) == (row.uid, ROWS[0][2], row.version + 1)


def test_unknown_id_is_a_fault():
    unknown = str(uuid.uuid4())
    intake = taken(draft(), sheet([(unknown, *ROWS[0])], ("id", *HEADER)))

    result = compare(intake)

    assert result.faulty == 1
    assert unknown in result.faults[0].text
    with pytest.raises(Refused):
        accept(factories.filler_of(intake.revision), intake.pk, result.digest)


def test_accept_is_refused_when_the_case_changed_since_the_look():
    revision = draft()
    accepted(taken(revision))
    intake = taken(revision, sheet([(*ROWS[0][:4], "别人"), *ROWS[1:]]))
    seen = compare(intake).digest
    person = factories.filler_of(revision)
    row = Award.objects.get(title=ROWS[0][2])
    save_record(person, revision.pk, AWARD, {"grade": "二等奖"}, uid=row.uid, version=row.version)

    with pytest.raises(Moved):
        accept(person, intake.pk, seen)

    assert Award.objects.get(pk=row.pk).people == ["张三", "李四"]


def test_accept_is_refused_when_the_import_changed_since_the_look():
    intake = taken(draft())
    person = factories.filler_of(intake.revision)
    seen = compare(intake).digest
    review.set_aside(person, intake.pk, lines(intake)[0].pk)

    with pytest.raises(Moved):
        accept(person, intake.pk, seen)

    assert titles(intake.revision) == []


def test_nothing_new_is_refused_in_words():
    revision = draft()
    accepted(taken(revision))

    with pytest.raises(Refused, match=r"nothing to store|无"):
        accepted(taken(revision))


def test_undo_removes_what_was_added_and_restores_what_was_changed():
    revision = draft()
    accepted(taken(revision, sheet(ROWS[:1])))
    before = {row.uid: row.people for row in factories.records_of(revision)}
    intake = taken(revision, sheet([(*ROWS[0][:4], "别人"), *ROWS[1:]]))
    accepted(intake)
    intake.refresh_from_db()

    done = undo(factories.filler_of(revision), intake.pk)

    assert (done.added, done.changed, done.left) == (2, 1, [])
    assert {row.uid: row.people for row in factories.records_of(revision)} == before
    intake.refresh_from_db()
    assert intake.state == ImportState.UNDONE
    assert intake.acceptances.get().undone_by == factories.filler_of(revision)


def test_undone_import_can_be_accepted_again():
    revision = draft()
    intake = taken(revision)
    accepted(intake)
    undo(factories.filler_of(revision), intake.pk)

    accepted(intake)

    assert titles(revision) == [row[2] for row in ROWS]
    assert intake.acceptances.count() == 2


def test_undo_leaves_rows_saved_since_and_names_them():
    revision = draft()
    intake = taken(revision)
    accepted(intake)
    intake.refresh_from_db()
    person = factories.filler_of(revision)
    row = Award.objects.get(title=ROWS[0][2])
    save_record(person, revision.pk, AWARD, {"grade": "特等奖"}, uid=row.uid, version=row.version)

    assert preview(intake).left == [ROWS[0][2]]
    undo(person, intake.pk)

    assert titles(revision) == [ROWS[0][2]]


def test_undo_is_refused_once_the_case_is_reported():
    revision = draft()
    intake = taken(revision)
    accepted(intake)
    factories.take("submit", revision)
    intake.refresh_from_db()

    with pytest.raises(Locked):
        undo(factories.filler_of(revision), intake.pk)


def test_import_not_stored_cannot_be_undone_nor_a_stored_one_cancelled():
    revision = draft()
    intake = taken(revision)
    person = factories.filler_of(revision)
    with pytest.raises(WrongState):
        undo(person, intake.pk)
    accepted(intake)

    with pytest.raises(WrongState):
        cancel(person, intake)
    with pytest.raises(WrongState):
        review.settle(person, intake.pk, lines(intake)[0].pk)


def test_cancelled_import_keeps_no_lines():
    intake = taken(draft())

    assert cancel(factories.filler_of(intake.revision), intake).state == ImportState.CANCELLED
    assert lines(intake) == []


def test_only_those_who_fill_the_case_take_in_and_see():
    revision = draft()
    intake = taken(revision)
    for role in (Role.CITY_REVIEWER, Role.CITY_PUBLISHER, Role.DISTRICT_FILLER, Role.AUDITOR):
        other = factories.person(role)
        assert not imports_for(other).exists()
        with pytest.raises(NotAllowed):
            take_in(other, revision, "x.csv", b"1,2")
    assert imports_for(factories.filler_of(revision)).get() == intake


def test_empty_file_and_foreign_kind_are_refused():
    revision = draft()
    person = factories.filler_of(revision)

    with pytest.raises(Refused):
        take_in(person, revision, "x.csv", b"  \n")
    with pytest.raises(Refused):
        take_in(person, revision, "x.csv", b"1,2", "policies")
