"""The receipt of a report: what it says, to whom, and that it is always the same."""

import io

import pdfplumber
import pytest

from apps.accounts.models import Role
from apps.cases import receipts
from apps.cases.models import Event, State
from apps.registry.models import TruthStatement
from tests import factories as f
from tests.cases.desk.pages import post_step, said, signed_in, step_url

pytestmark = pytest.mark.django_db

RETURN = "district-returns"


def _report(rows=3, **person):
    signatory = f.person(Role.DISTRICT_SIGNATORY, full_name="陈签发", title="副局长", **person)
    revision = f.case_in(State.CHECKING, RETURN, rows=rows)
    f.take("submit", revision, signatory)
    return Event.objects.get(revision=revision, transition="submit")


def _url(event, tail=""):
    return f"/desk/cases/{event.revision.case_id}/receipts/{event.pk}/{tail}"


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


def test_same_report_gives_the_same_bytes_whatever_became_of_the_case():
    event = _report()
    first = receipts.receipt_pdf(event)
    revision = f.take("recall", event.revision)
    f.change_first_row(revision)
    receipts._compiled.cache_clear()

    again = signed_in(f.filler_of(revision)).get(_url(event, "file/"))

    assert again.content == first


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
