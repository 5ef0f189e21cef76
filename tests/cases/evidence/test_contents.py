"""What a file is by its content, what is refused and why, and where personal numbers stand."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from apps.cases.errors import Refused
from apps.cases.evidence import checking, containers, worker
from apps.cases.evidence.checking import check_file, clean_name
from apps.cases.evidence.worker import judge
from tests.cases.evidence import documents as made

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.mark.parametrize("name", made.EVERY_KIND)
def test_usual_file_is_taken_in_by_its_content(name: str) -> None:
    answer = judge(made.EVERY_KIND[name]())

    assert answer["hits"] == []
    assert name.endswith(checking.KINDS[answer["type"]])


HIT = {"id": made.ID_NUMBER, "mobile": made.MOBILE, "card": made.CARD}
WITH_HITS: dict[str, tuple[Callable[[str], bytes], str, str]] = {
    "pdf": (lambda text: made.pdf("nothing", text), "page", "2"),
    "docx": (lambda text: made.docx("无", f"电话：{text}。"), "paragraph", "2 (word/document.xml)"),
    "xlsx": (lambda text: made.xlsx({"C7": text}), "cell", "Sheet!C7"),
    "xlsx hidden": (lambda text: made.xlsx(hidden={"B2": text}), "cell", "底稿!B2"),
    "pptx": (lambda text: made.pptx(text), "paragraph", "1 (ppt/slides/slide1.xml)"),
    "ofd": (lambda text: made.ofd(text), "page", "1"),
    "csv": (lambda text: f"名称,号码\n甲,{text}\n".encode(), "line", "2"),
    "txt": (lambda text: f"一\n二\n{text}".encode("gb18030"), "line", "3"),
}


@pytest.mark.parametrize("kind", HIT)
@pytest.mark.parametrize("form", WITH_HITS)
def test_personal_number_is_found_with_its_place(form: str, kind: str) -> None:
    make, place, at = WITH_HITS[form]

    [hit] = judge(make(HIT[kind]))["hits"]

    assert (hit["kind"], hit["place"], hit["at"]) == (kind, place, at)
    assert HIT[kind] not in hit["shown"]


def test_mobile_number_that_a_spreadsheet_took_for_a_number_is_found() -> None:
    [hit] = judge(made.xlsx({"A1": int(made.MOBILE)}))["hits"]

    assert hit["at"] == "Sheet!A1"


def _rels(kind: str) -> str:
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="http://x/{kind}" Target="http://x/" TargetMode="External"/>'
        "</Relationships>"
    )


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty"),
    "pdf cut off": (lambda: made.pdf()[:300], "damaged"),
    "pdf with a password": (lambda: made.pdf(password="geheim-2024"), "encrypted"),
    "pdf with a script": (
        lambda: made.pdf_with("/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"),
        "script",
    ),
    "pdf that starts a program": (
        lambda: made.pdf_with("/OpenAction << /S /Launch /F (cmd.exe) >>"),
        "script",
    ),
    "pdf with named scripts": (
        lambda: made.pdf_with("/Names << /JavaScript << /Names [] >> >>"),
        "script",
    ),
    "pdf with a file inside": (
        lambda: made.pdf_with("/Names << /EmbeddedFiles << /Names [] >> >>"),
        "embedded",
    ),
    "pdf nested beyond reason": (
        lambda: made.pdf_with("/A " + "[" * 5000 + "]" * 5000),
        "too-much",
    ),
    "encrypted docx": (lambda: made.encrypted(made.docx()), "encrypted"),
    "encrypted xlsx": (lambda: made.encrypted(made.xlsx()), "encrypted"),
    "docm": (
        lambda: made.with_parts(made.docx(), {"word/vbaProject.bin": b"\0" * 50}),
        "macros",
    ),
    "macro type": (
        lambda: made.with_parts(
            made.docx(), {"[Content_Types].xml": "<T>application/vnd.ms-word.macroEnabled</T>"}
        ),
        "macros",
    ),
    "object inside": (
        lambda: made.with_parts(made.docx(), {"word/embeddings/oleObject1.bin": b"\0"}),
        "embedded",
    ),
    "workbook that reads another": (
        lambda: made.with_parts(made.xlsx(), {"xl/externalLinks/externalLink1.xml": "<x/>"}),
        "embedded",
    ),
    "template from elsewhere": (
        lambda: made.with_parts(
            made.docx(), {"word/_rels/settings.xml.rels": _rels("attachedTemplate")}
        ),
        "external",
    ),
    "zip bomb": (made.bomb, "bomb"),
    "many parts": (
        lambda: made.with_parts(made.docx(), {f"x/{n}": b"" for n in range(containers.MOST_PARTS)}),
        "bomb",
    ),
    "other archive": (lambda: made.archive({"a.exe": b"MZ"}), "not-allowed"),
    "zip cut off": (lambda: made.docx()[:800], "damaged"),
    "broken part": (lambda: made.with_parts(made.docx(), {"word/document.xml": "<w"}), "damaged"),
    "broken workbook": (
        lambda: made.with_parts(made.xlsx(), {"xl/workbook.xml": "<workbook"}),
        "damaged",
    ),
    "broken links": (lambda: made.with_parts(made.docx(), {"x/_rels/a.rels": "<"}), "damaged"),
    "old workbook": (made.xls, "old-office"),
    "old workbook with macros": (lambda: made.xls("VBA"), "macros"),
    "old container cut off": (lambda: made.xls()[:600], "old-office"),
    "picture cut off": (lambda: made.picture()[:50], "damaged"),
    "picture too large": (lambda: made.bitmap_of((9000, 9000)), "too-many-pixels"),
    "picture bomb": (lambda: made.bitmap_of((30000, 4000)), "too-many-pixels"),
    "program": (lambda: b"MZ\x90\0" + b"\0" * 200, "not-allowed"),
    "nothing known": (lambda: b"\x00\x01\x02zzzz", "not-allowed"),
    "web page": (lambda: b"<!DOCTYPE html><script>1</script>", "not-allowed"),
    "picture that is a page": (lambda: b"<svg onload='x'/>", "not-allowed"),
    "csv with a formula": (lambda: b"a,b\n1,=cmd|' /C calc'!A0\n", "formula"),
    "csv with a sign": (lambda: b"a,b\n1,-2+3+cmd\n2,+cmd\n", "formula"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_file_is_refused_with_a_sentence(case: str) -> None:
    make, code = REFUSED[case]

    answer = judge(make())

    assert answer.get("refusal") == code, answer
    sentence = checking.refusal_sentence(code, answer["params"])
    assert sentence.endswith(".")
    assert "%" not in sentence


def test_pdf_that_may_only_not_be_printed_is_read() -> None:
    [hit] = judge(made.pdf(made.MOBILE, password="geheim-2024", owner_only=True))["hits"]

    assert hit["kind"] == "mobile"


def test_hyperlink_in_a_document_may_stand() -> None:
    data = made.with_parts(made.docx(), {"word/_rels/x.xml.rels": _rels("hyperlink")})

    assert judge(data)["hits"] == []


def test_negative_numbers_in_csv_are_no_formulas() -> None:
    assert judge("名称,增减\n甲,-3.5\n乙,+2\n丙,-\n".encode())["type"] == "text/csv"


def test_empty_sheet_is_read() -> None:
    assert judge(made.xlsx({}))["hits"] == []


def test_entities_of_a_part_are_not_expanded() -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x><p><t>&b;</t></p></x>'

    assert judge(made.with_parts(made.docx(), {"word/x.xml": laughs})).get("hits") == []


def test_column_letters_go_on_after_z() -> None:
    [hit] = judge(made.xlsx({"AB3": made.MOBILE}))["hits"]

    assert hit["at"] == "Sheet!AB3"


# The worker as a process


def test_checked_file_has_its_type() -> None:
    assert check_file("认定文件.pdf", made.pdf()) == "application/pdf"


def test_worker_has_limits_of_its_own() -> None:
    """It holds itself: a gigabyte is not to be had, and no file can be written."""
    code = (
        "from apps.cases.evidence import worker\n"
        "worker.limit()\n"
        "try:\n    bytearray(2**30)\nexcept MemoryError:\n    print('memory')\n"
        "try:\n    open('/dev/shm/x', 'wb').write(b'1'*99)\nexcept OSError:\n    print('file')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stdout.startswith("memory")
    assert done.returncode in {0, -25}


def test_renamed_file_is_refused() -> None:
    with pytest.raises(Refused, match=r"By its content the file is CSV"):
        check_file("扫描件.pdf", b"a,b\n1,2\n")


def test_personal_number_is_refused_with_every_place() -> None:
    with pytest.raises(Refused) as refusal:
        check_file("a.xlsx", made.xlsx({"A1": made.MOBILE, "B9": made.ID_NUMBER}))

    assert str(refusal.value) == (
        "The file holds personal data, which must not be handed in: cell Sheet!A1: a mobile number "
        "(138…00)；cell Sheet!B9: an ID number (330…16). Black it out or delete it, then attach "
        "the file again."
    )


def test_personal_number_in_the_name_is_refused() -> None:
    with pytest.raises(Refused, match=r"name of the file holds .* a mobile number \(138…00\)"):
        check_file(f"证明{made.MOBILE}.pdf", made.pdf())


def test_worker_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "PATIENCE", 0.01)

    with pytest.raises(Refused, match="takes longer than"):
        check_file("a.pdf", made.pdf())


def test_worker_that_dies_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_arguments: Any, **_options: Any) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess([], -9, b"", b"")

    monkeypatch.setattr(subprocess, "run", dies)

    with pytest.raises(Refused, match="more than can be looked through"):
        check_file("a.pdf", made.pdf())


def test_worker_says_what_was_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    def hungry(_data: bytes) -> None:
        raise MemoryError

    monkeypatch.setattr(worker, "read", hungry)

    assert judge(b"x") == {"refusal": "too-much", "params": {}}


def test_time_over_is_said() -> None:
    with pytest.raises(worker.Refusal) as refusal:
        worker._out_of_time(0, None)

    assert "20 seconds" in checking.refusal_sentence(refusal.value.code, refusal.value.params)


def test_worker_answers_in_one_line_of_json() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "apps.cases.evidence.worker"],
        input=made.docx(),
        capture_output=True,
        check=True,
    )

    assert json.loads(done.stdout)["hits"] == []


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("C:\\Users\\x\\认定 文件.pdf", "认定 文件.pdf"),
        ("../../etc/passwd", "passwd"),
        ('a"b\u202efdp.exe\n.pdf', "a bfdp.exe.pdf"),
        ("长" * 200 + ".pdf", "长" * 116 + ".pdf"),
        ("长" * 200, "长" * 120),
    ],
    ids=["path", "parents", "signs", "long", "long without ending"],
)
def test_name_is_cleaned(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned
