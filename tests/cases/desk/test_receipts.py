"""The receipt of a report: what it says, to whom, and that it is always the same."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pdfplumber
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext, override, pgettext

from apps.accounts.models import Role
from apps.cases import receipts
from apps.cases.domain.evidence import Place, attach, remove_evidence
from apps.cases.domain.findings import explain
from apps.cases.domain.records import remove_record
from apps.cases.kinds import record_kinds
from apps.cases.models import Event, Finding, State
from apps.registry.models import TruthStatement
from tests import factories as f
from tests.cases.desk.pages import post_step, said, signed_in, step_url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_disk")]

RETURN = "district-returns"


def _report(rows=3, **person):
    signatory = f.person(Role.DISTRICT_SIGNATORY, full_name="陈签发", title="副局长", **person)
    revision = f.case_in(State.CHECKING, RETURN, rows=rows)
    f.take("submit", revision, signatory)
    return Event.objects.get(revision=revision, transition="submit")


def _url(event, tail=""):
    return f"/desk/cases/{event.revision.case_id}/receipts/{event.pk}/{tail}"


def _attached(revision, row):
    file = SimpleUploadedFile("台账.txt", str(row.uid).encode())
    place = Place(row.record_kind.code, row.uid)
    return attach(f.filler_of(revision), revision.pk, file, place)


def _words(content):
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        return "\n".join(page.extract_text() for page in pdf.pages), pdf.metadata


def test_pdf_holds_all_that_was_signed():
    statement = TruthStatement.objects.create(from_year=2023, text="本人确认所报数据真实准确。")
    event = _report()

    answer = signed_in(f.staff(Role.CITY_REVIEWER)).get(_url(event, "file/"))

    words, metadata = _words(answer.content)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="receipt-beilun-2023-1-2.pdf"'
    for said_there in (
        "北仑区科学技术局",
        "2023",
        "3",
        "陈签发",
        "副局长",
        "本人确认所报数据真实准确。",
        str(statement.pk),
        f"{event.at.astimezone():%Y-%m-%d}",
    ):
        assert said_there in words
    assert event.content_hash in words.replace("\n", "")
    assert f"/verify/?hash={event.content_hash}" in words.replace("\n", "")
    assert metadata["Author"] == "北仑区科学技术局"
    # The line before the address is set as words, not pulled apart to fill the line.
    with pdfplumber.open(io.BytesIO(answer.content)) as pdf:
        set_words = [word["text"] for word in pdf.pages[0].extract_words()]
    beginning = receipts.receipt_of(event).how[:6]
    assert any(word.startswith(beginning) for word in set_words)


def test_same_report_gives_the_same_bytes_whatever_became_of_the_case():
    event = _report()
    first = receipts.receipt_pdf(event)
    revision = f.take("recall", event.revision)
    f.change_first_row(revision)
    receipts._compiled.cache_clear()

    again = signed_in(f.filler_of(revision)).get(_url(event, "file/"))

    assert again.content == first


LEFT, CODES, RIGHT, INSET = 25 * 72 / 25.4, 59 * 72 / 25.4, 185 * 72 / 25.4, 1.6 * 72 / 25.4


def _figures(content):
    """Return the rows of the figures in a receipt, each with its page; a heading has one cell."""
    rows = []
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        for number, page in enumerate(pdf.pages[1:], start=2):
            words = page.extract_words()
            at_the_right = [w["x0"] for w in words if abs(w["x1"] - (RIGHT - INSET)) < 1]
            tables = page.extract_tables(
                {
                    "vertical_strategy": "explicit",
                    "explicit_vertical_lines": [LEFT, CODES, min(at_the_right) - 2, RIGHT],
                }
            )
            for row in (row for table in tables for row in table):
                cells = ["".join((cell or "").split()) for cell in row]
                rows.append((number, cells))
        return rows, len(pdf.pages)


def _mixed_figures(count):
    """Return figures of every sort: with a qualifier, each blank, nought, many digits."""
    kinds = (
        {"value": None, "blank": "missing"},
        {"value": "1000.00", "qualifier": "超"},
        {"value": "500", "qualifier": "余", "unit": "家"},
        {"value": "1900", "qualifier": "以上", "unit": "家"},
        {"value": "13.50"},
        {"value": None, "blank": "not_applicable"},
        {"value": None, "blank": "withheld"},
        {"value": "0"},
        {"value": "123456789012.123456", "unit": "万元"},
        {"value": "3.20", "unit": "%"},
    )
    return [
        f.figure_values(
            n + 1,
            indicator=f.indicator(
                f"indicator-{n + 1}", units=[kinds[n % len(kinds)].get("unit", "亿元")], precision=6
            ),
            **kinds[n % len(kinds)],
        )
        for n in range(count)
    ]


def _reported(figures):
    f.published_case(RETURN, [f.figure_values(period="2022")], year=2022)
    revision = f.open_return(rows=figures)
    for finding in f.run_rules(revision):
        if finding.severity == "explain":
            explain(f.filler_of(revision), finding.pk, "已与统计部门逐项核对，情况属实。", "as_is")
    revision = f.take("hand_over", revision)
    f.take("submit", revision, f.person(Role.DISTRICT_SIGNATORY, full_name="陈签发"))
    return Event.objects.get(revision=revision, transition="submit")


def test_pdf_holds_every_figure_as_it_was_reported_under_a_head_on_each_page():
    event = _reported(_mixed_figures(200))

    content = receipts.receipt_pdf(event)

    rows, pages = _figures(content)
    with override(settings.LANGUAGE_CODE):
        head = [pgettext("of an indicator", "Code"), gettext("Indicator"), gettext("Value")]
        stored = [(row.indicator.code, row.printed) for row in f.records_of(event.revision)]
    told = [(cells[0], cells[2]) for _page, cells in rows if cells[0].startswith("indicator-")]
    heads = [page for page, cells in rows if cells == ["".join(word.split()) for word in head]]
    with_figures = sorted({page for page, cells in rows if cells[0].startswith("indicator-")})
    assert heads == with_figures
    assert len(heads) >= 5
    assert pages >= with_figures[-1]
    assert sorted(told) == sorted(stored)
    assert len(told) == 200
    # Small enough to be mailed.
    assert len(content) < 300_000


def _memory():
    """Return the memory of this process in MB."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) // 1024


def test_receipts_leave_no_memory_behind():
    event = _report()
    made = receipts.receipt_of(event)
    part = replace(made.parts[0], rows=made.parts[0].rows * 70)
    receipts.receipt_pdf(event, made)
    before = _memory()

    for number in range(3):
        receipts.receipt_pdf(event, replace(made, parts=(part,), title=f"回执{number}"))

    assert _memory() - before < 20


def test_pdf_names_what_was_explained_and_by_whom():
    event = _reported([f.figure_values(1, value=None, blank="missing"), f.figure_values(2)])
    assert event.explained
    f.take("recall", event.revision)
    # The rules see it anew: what the receipt says stays.
    Finding.objects.filter(revision=event.revision).update(message="另一句话", status="closed")

    words = "".join(_words(receipts.receipt_pdf(event))[0].split())

    assert "已与统计部门逐项核对，情况属实。" in words
    assert str(f.filler_of(event.revision)) in words
    assert "另一句话" not in words


def test_rows_that_do_not_give_the_hash_are_not_printed():
    event = _report()
    with override(settings.LANGUAGE_CODE):
        assert receipts.receipt_of(event).row_count == 3
    event.content_hash = "0" * 64

    made = receipts.receipt_of(event)

    assert made.parts == ()
    assert made.warning
    assert "".join(made.warning.split()) in "".join(_words(receipts.receipt_pdf(event))[0].split())


# A removed row is known by the start of its transaction, so each step needs one of its own.
@pytest.mark.django_db(transaction=True)
def test_receipt_prints_what_was_reported_and_not_what_came_before_or_after():
    revision = f.open_return(rows=3)
    first, second, third = f.records_of(revision)
    remove_record(f.filler_of(revision), revision.pk, record_kinds["indicator-values"], third.uid)
    _attached(revision, second)
    gone = _attached(revision, first)
    revision = f.take("hand_over", f.change_first_row(f.fresh(revision), value="14.75"))
    f.take("submit", revision)
    event = Event.objects.get(revision=revision, transition="submit")
    revision = f.take("recall", f.fresh(revision))
    f.change_first_row(revision, value="99.00")
    remove_record(f.filler_of(revision), revision.pk, record_kinds["indicator-values"], second.uid)
    remove_evidence(f.filler_of(revision), revision.pk, gone.uid)

    made = receipts.receipt_of(event)

    assert made.warning == ""
    values = [row.value for part in made.parts for row in part.rows]
    assert values == ["14.75亿元", second.printed]


def test_page_of_the_receipt_shows_the_figures_too(django_assert_max_num_queries):
    event = _reported(_mixed_figures(30))
    client = signed_in(f.filler_of(event.revision))
    client.get(_url(event))

    with django_assert_max_num_queries(10):
        page = client.get(_url(event))

    assert "123456789012.123456万元" in said(page)
    assert "已与统计部门逐项核对，情况属实。" in said(page)


def test_each_report_of_a_case_has_a_receipt_of_its_own():
    event = _report()
    revision = f.take("hand_over", f.change_first_row(f.take("recall", event.revision)))
    f.take("submit", revision)
    second = Event.objects.filter(revision=revision, transition="submit").latest("from_version")

    one, other = receipts.receipt_of(event), receipts.receipt_of(second)

    assert one.hash != other.hash
    assert one.file_name != other.file_name


def test_receipt_comes_back_after_signing_and_stands_on_the_case_and_in_the_message():
    revision = f.case_in(State.CHECKING, RETURN)
    client = signed_in(f.staff(Role.DISTRICT_SIGNATORY))
    shown = client.get(step_url(revision, "submit")).context["form"].initial

    answer = post_step(client, revision, "submit", **shown)

    event = Event.objects.get(revision=revision, transition="submit")
    assert answer["Location"] == _url(event)
    page = client.get(answer["Location"])
    assert event.content_hash in said(page)
    assert f'href="{_url(event, "file/")}"' in page.content.decode()
    filler = signed_in(f.filler_of(revision))
    for address in (f"/desk/cases/{revision.case_id}/", "/desk/notifications/"):
        assert f'href="{_url(event)}"' in filler.get(address).content.decode()


def test_list_of_the_city_has_a_receipt_too():
    revision = f.submitted_case()
    event = Event.objects.get(revision=revision, transition="submit")

    assert "职务 —" in said(signed_in(f.filler_of(revision)).get(_url(event)))


def test_without_a_chinese_font_the_page_says_so_and_is_the_receipt(settings):
    event = _report()
    settings.PDF_FONTS = ["No Such Font"]
    client = signed_in(f.filler_of(event.revision))

    for address, status in ((_url(event), 200), (_url(event, "file/"), 503)):
        page = client.get(address)
        assert page.status_code == status
        assert "No Chinese font is installed" in said(page)
        assert event.content_hash in said(page)
        assert "Download as PDF" not in said(page)


def test_other_steps_and_other_cases_have_no_receipt():
    event = _report()
    opened = Event.objects.get(revision=event.revision, transition="open")
    other = f.open_return(f.district("cixi"))

    client = signed_in(f.filler_of(event.revision))
    assert client.get(_url(opened)).status_code == 404
    assert client.get(f"/desk/cases/{other.case_id}/receipts/{event.pk}/").status_code == 404
    assert signed_in(f.filler_of(other)).get(_url(event)).status_code == 404
    assert client.post(_url(event)).status_code == 405
