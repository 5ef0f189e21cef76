"""Each bad file through the command and through the page: one sentence, nothing stored, in bounds."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import translation
from msoffcrypto import OfficeFile

from apps.cases.models import Revision
from apps.enterprises.models import RosterEntry
from apps.intake.imports.comparing import compare
from apps.intake.models import Import, ImportRow, ImportState
from apps.intake.tasks import read_import
from tests import factories
from tests.intake.bad import files
from tests.intake.imports.support import accepted, draft, lines, taken

MEGABYTES, SECONDS = 300, 20


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.REQUIRE_SECOND_FACTOR = False
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


def filler(revision: Revision) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(
        factories.filler_of(revision), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


LAUNCHER = """
import resource, subprocess, sys
with open(sys.argv[1], "rb") as file:
    subprocess.run([sys.executable, "-m", "apps.intake.worker"], stdin=file, stdout=subprocess.DEVNULL)
spent = resource.getrusage(resource.RUSAGE_CHILDREN)
print(spent.ru_utime + spent.ru_stime, spent.ru_maxrss / 1024)
"""


def used(path: Path) -> tuple[float, float]:
    """Return what the reader of a file takes: processor seconds, and its peak in MB.

    It is begun by a process of its own: a child is charged with the peak of its parent.
    """
    said = subprocess.run(
        [sys.executable, "-c", LAUNCHER, str(path)], capture_output=True, text=True, check=True
    )
    seconds, peak = map(float, said.stdout.split())
    return seconds, peak


def test_locked_files_are_really_locked():
    for make in (files.locked_old_workbook, lambda: files.locked(files.workbook())):
        book = OfficeFile(io.BytesIO(make()))

        assert book.is_encrypted()
        book.load_key(password=files.PASSWORD)


@pytest.mark.parametrize("name", files.BAD)
@pytest.mark.django_db
def test_command_and_page_say_one_sentence_and_store_nothing(name, tmp_path, capsys):
    called, make, sentences = files.BAD[name]
    data = make()
    path = tmp_path / called
    path.write_bytes(data)

    with pytest.raises(SystemExit) as end:
        call_command("intake", str(path), "--dry-run", "--json")

    answer = json.loads(capsys.readouterr().out)
    (said,) = [error["message"] for error in answer["errors"]]
    assert (end.value.code, answer["tables"]) == (1, [])
    assert said in sentences
    revision = draft()
    client = filler(revision)
    client.post(
        f"/desk/cases/{revision.case_id}/intake/", {"file": SimpleUploadedFile(called, data)}
    )
    intake = Import.objects.get()
    assert read_import(import_id=intake.pk) == ImportState.FAILED
    page = client.get(f"/desk/cases/{revision.case_id}/intake/{intake.pk}/").content.decode()
    assert page.count(said) == 1
    assert not ImportRow.objects.exists()
    seconds, peak = used(path)
    assert seconds < SECONDS
    assert peak < MEGABYTES


@pytest.mark.django_db
def test_list_of_another_kind_is_refused_by_the_command_and_not_taken_by_the_page(tmp_path, capsys):
    path = tmp_path / "名单.xlsx"
    path.write_bytes(files.workbook())

    with pytest.raises(SystemExit) as end:
        call_command("intake", str(path), "--dry-run", "--json", "--kind", "policies")

    assert end.value.code == 1
    assert "The table is no list of this kind" in capsys.readouterr().out
    intake = taken(draft(), files.workbook())
    text = filler(intake.revision).get(f"/desk/cases/{intake.revision.case_id}/intake/{intake.pk}/")
    assert "does not look like a list of this case" in text.content.decode()
    assert compare(intake).total == 0


@pytest.mark.django_db
def test_rounded_code_is_named_with_its_cell_and_marked_in_the_review(tmp_path, capsys):
    path = tmp_path / "名单.xlsx"
    path.write_bytes(files.rounded())

    with pytest.raises(SystemExit) as end:
        call_command("intake", str(path), "--dry-run")

    assert end.value.code == 1
    assert "rounded number (9.13E+17); enter it again as text." in capsys.readouterr().err
    intake = taken(factories.open_list("roster-entries", 0), files.rounded())
    (line,) = lines(intake)
    assert ["credit_code", "digits-lost"] in line.open_doubts
    page = filler(intake.revision).get(f"/desk/cases/{intake.revision.case_id}/intake/{intake.pk}/")
    assert "its last digits are lost" in page.content.decode()


@pytest.mark.django_db
def test_formula_and_control_characters_are_stored_as_text_with_a_mark():
    formula = '=HYPERLINK("http://x.example","宁波甲科技有限公司")'
    rows = [["序号", "年度", "企业名称", "所属区"], [1, "2023", formula, "鄞州区"]]
    factories.district("yinzhou")
    data = files.workbook([["2023年宁波市领军企业名单"], *rows])
    intake = taken(factories.open_list("roster-entries", 0), data)
    accepted(intake)

    entry = RosterEntry.objects.get()

    assert entry.organisation == formula
    assert "organisation:formula" in entry.flags
    bell = taken(
        factories.open_list("roster-entries", 0),
        "2023年宁波市领军企业名单\n序号\t企业名称\n1\t甲\x07公司\n".encode(),
        "名单.txt",
    )
    (line,) = lines(bell)
    assert line.result["organisation"] == "甲公司"
    assert ["organisation", "control-characters"] in line.open_doubts
