"""``manage.py intake FILE --case … --user …``: the same road, from a shell."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from apps.accounts.models import Role
from apps.awards.models import Award
from apps.intake.models import Import
from tests import factories
from tests.intake.imports.support import ROWS, draft, sheet

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def run(capsys, path: Path, revision, actor=None, *more: str) -> dict:
    """Run the command and return what it prints as JSON."""
    person = actor or factories.filler_of(revision)
    place = ["--case", str(revision.case_id), "--user", person.username]
    call_command("intake", str(path), "--kind", "awards", "--json", *place, *more)
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def file(tmp_path):
    """Return a file of three awards."""
    path = tmp_path / "名单.xlsx"
    path.write_bytes(sheet())
    return path


def test_file_is_stored_and_stored_again_changes_nothing(capsys, file):
    revision = draft()

    first = run(capsys, file, revision)
    second = run(capsys, file, revision)

    assert (first["stored"], first["rows"]["new"], first["errors"]) == (True, 3, [])
    assert (second["stored"], second["rows"]["unchanged"]) == (False, 3)
    assert Award.objects.count() == 3
    assert Import.objects.count() == 2


def test_rows_that_cannot_be_stored_are_all_named_and_nothing_is_stored(capsys, tmp_path):
    path = tmp_path / "bad.xlsx"
    path.write_bytes(
        sheet([*ROWS, ("4", "一等奖", "", "甲大学", ""), ("5", "", "乙题", "乙大学", "")])
    )

    with pytest.raises(SystemExit) as ended:
        run(capsys, path, draft())

    said = json.loads(capsys.readouterr().out)
    assert ended.value.code == 1
    assert {error["where"].split(",")[0] for error in said["errors"]} >= {"line 6"}
    assert not Award.objects.exists()


def test_unreadable_file_is_refused_in_a_sentence(capsys, tmp_path):
    path = tmp_path / "bad.pdf"
    path.write_bytes(b"PK\x03\x04 cut")

    with pytest.raises(SystemExit):
        run(capsys, path, draft())

    assert len(json.loads(capsys.readouterr().out)["errors"]) == 1


def test_file_of_another_list_is_refused_with_its_cure(capsys, tmp_path):
    path = tmp_path / "人员.csv"
    path.write_text("姓名,工作单位,提名单位\n甲某,宁波大学,宁波大学\n", encoding="utf-8")
    revision = draft()
    person = factories.filler_of(revision)

    with pytest.raises(SystemExit) as ended:
        call_command(
            "intake", str(path), "--case", str(revision.case_id), "--user", person.username
        )

    assert ended.value.code == 1
    assert "choose the case of that list" in capsys.readouterr().err
    assert not Award.objects.exists()


def test_place_and_field_of_a_fault_are_said_in_the_readers_language(capsys, tmp_path):
    path = tmp_path / "bad.xlsx"
    path.write_bytes(sheet([("1", "一等奖", "", "甲大学", "张三"), *ROWS]))

    with translation.override("zh-hans"), pytest.raises(SystemExit):
        run(capsys, path, draft())

    assert [error["where"] for error in json.loads(capsys.readouterr().out)["errors"]] == [
        "第3行、奖种",
        "第3行、项目名称",
    ]


def test_in_words_for_a_person(capsys, file):
    revision = draft()
    person = factories.filler_of(revision)

    call_command("intake", str(file), "--case", str(revision.case_id), "--user", person.username)

    assert "New: 3" in capsys.readouterr().out


def test_only_the_filler_of_the_case_may(capsys, file, tmp_path):
    revision = draft()
    with pytest.raises(CommandError):
        run(capsys, file, revision, factories.person(Role.CITY_REVIEWER))
    with pytest.raises(CommandError):
        run(capsys, file, revision, factories.person(Role.DISTRICT_FILLER))
    with pytest.raises(CommandError):
        run(capsys, tmp_path / "none.xlsx", revision)
    with pytest.raises(CommandError):
        call_command("intake", str(file), "--case", "1", "--user", "nobody")
    with pytest.raises(CommandError):
        call_command("intake", str(file))
