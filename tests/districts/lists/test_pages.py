"""The pages of the lists: progress, confirming all at once with undo, disputing, adding."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import Role
from apps.cases.models import Evidence, Revision
from apps.districts.lists.models import ListStatement, Says
from tests import factories
from tests.cases.evidence.test_pages import client_of
from tests.districts.lists import support
from tests.districts.lists.support import add, confirm_all, dispute, draft, proof, roster, standings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def filler(revision: Revision) -> Client:
    return client_of(factories.filler_of(revision))


def url(revision: Revision, name: str = "lists", *more: Any) -> str:
    return reverse(f"districts:{name}", args=[revision.case_id, *more])


def page(revision: Revision, query: str = "") -> str:
    return filler(revision).get(url(revision) + query).content.decode()


def read_names(revision: Revision) -> list[str]:
    return [f"{read.uid}.{read.revision_id}" for read in support.reads(revision)]


def row_values(**values: Any) -> dict[str, Any]:
    """Return what a browser sends for a roster entry's form."""
    return {
        "row-roster": support.NAME,
        "row-year": "2023",
        "row-rank": "1",
        "row-title": "",
        "row-organisation": "宁波精密1有限公司",
        "row-district": str(factories.district().district.pk),
        "row-certificate_number": "",
        "row-credit_code": "",
        **{f"row-{name}": value for name, value in values.items()},
    }


def test_return_says_how_many_rows_are_open():
    roster(3)
    revision = draft()
    filler(revision).post(url(revision), {"one": read_names(revision)[0]})

    html = filler(revision).get(url(revision, "return")).content.decode()

    assert "2 of 3 rows open" in html
    assert "confirmed 1" in html


def test_pages_take_few_queries_whatever_the_number_of_rows():
    roster(3)
    revision = draft()
    client = filler(revision)
    client.get(url(revision))
    counts = []
    for query in ("?show=all", "?show=all"):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url(revision) + query).status_code == 200
        counts.append(len(captured))
        if len(counts) < 2:
            roster(40, subject="另一名单")
            confirm_all(revision)

    # With statements: their files are counted.
    assert counts[0] <= 8
    assert counts[1] <= 9


def test_all_rows_shown_are_confirmed_at_once_and_that_is_undone():
    roster(55)
    revision = draft()
    client = filler(revision)
    html = client.get(url(revision)).content.decode()
    assert "Confirm all 50 open rows shown" in html

    answer = client.post(
        url(revision), {"all": "1", "shown": read_names(revision)[:50]}, follow=True
    )

    html = answer.content.decode()
    assert "You have just confirmed 50 rows." in html
    assert standings(revision).count("confirmed") == 50
    assert "Confirm all 5 open rows shown" in html

    html = client.post(url(revision), {"undo": "1"}, follow=True).content.decode()

    assert "50 rows are open again." in html
    assert standings(revision) == ["open"] * 55
    assert "You have just confirmed" not in html


def test_confirming_all_leaves_what_is_disputed():
    roster(2)
    revision = draft()
    dispute(revision, {"rank": 9})

    filler(revision).post(url(revision), {"all": "1", "shown": read_names(revision)})

    assert standings(revision) == ["disputed", "confirmed"]


def test_undo_of_another_return_undoes_nothing_here():
    roster(1)
    revision = draft()
    client = filler(revision)

    html = client.post(url(revision), {"undo": "1"}, follow=True).content.decode()

    assert "0 rows are open again." in html


def test_list_published_anew_while_it_is_looked_at_is_said():
    listed = roster(1)
    revision = draft()
    names = read_names(revision)
    support.restated(listed, 0, rank=9)

    answer = filler(revision).post(url(revision), {"one": names[0]})

    assert answer.status_code == 422
    assert "published the list anew" in answer.content.decode()


def test_statement_is_taken_back():
    roster(1)
    revision = draft()
    [said] = confirm_all(revision)

    filler(revision).post(url(revision), {"back": str(said.uid)})
    filler(revision).post(url(revision), {"back": "nothing"})

    assert standings(revision) == ["open"]


def test_names_that_are_none_confirm_nothing():
    roster(1)
    revision = draft()

    filler(revision).post(url(revision), {"one": ["x", "x.1", f"{read_names(revision)[0]}x"]})

    assert standings(revision) == ["open"]


# Disputing


def dispute_url(revision: Revision) -> str:
    key = support.lists_of(revision).lines[0].key
    return url(revision, "list_dispute", key.kind, key.uid)


def sent(revision: Revision, **values: Any) -> dict[str, Any]:
    return {
        **row_values(),
        "revision": str(support.reads(revision)[0].revision_id),
        "reason": "认定文件写明的是另一名称。",
        "file": proof(),
        **values,
    }


def test_form_holds_what_the_list_says_and_the_correction_is_the_claim():
    roster(1)
    revision = draft()
    client = filler(revision)
    assert 'value="宁波精密1有限公司"' in client.get(dispute_url(revision)).content.decode()

    answer = client.post(
        dispute_url(revision), sent(revision, **row_values(organisation="宁波精密壹有限公司"))
    )

    assert answer.status_code == 302
    said = ListStatement.objects.get()
    assert (said.says, said.claim) == (Says.DISPUTED, {"organisation": "宁波精密壹有限公司"})
    html = page(revision, "?show=all")
    assert "Organisation：宁波精密壹有限公司" in html
    assert "1 file" in html
    # The form opens with what was claimed.
    again = client.get(dispute_url(revision)).content.decode()
    assert 'value="宁波精密壹有限公司"' in again
    assert "1 file is attached already." in again


def test_row_that_should_not_stand_there_claims_no_field():
    roster(1)
    revision = draft()

    filler(revision).post(dispute_url(revision), sent(revision, is_foreign="on"))

    assert ListStatement.objects.get().claim == {}
    assert "It should not stand here." in page(revision, "?show=all")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "Correct at least one field"),
        ({"reason": "", "row-rank": "9"}, "Say why, so that the city can check it."),
        ({"file": "", "row-rank": "9"}, "Choose a file to attach."),
        ({"row-year": "二"}, "Enter a whole number."),
        ({"row-rank": "9", "file": SimpleUploadedFile("a.pdf", b"MZ\x90\0" * 20)}, "EXE"),
    ],
    ids=["nothing", "no-reason", "no-file", "no-number", "no-document"],
)
def test_fault_is_said_and_what_was_typed_stays(values, said):
    roster(1)
    revision = draft()

    answer = filler(revision).post(
        dispute_url(revision), {**sent(revision), "row-organisation": "宁波精密1有限公司", **values}
    )

    assert answer.status_code == 422
    html = answer.content.decode()
    assert said in html
    assert not ListStatement.objects.exists()
    if values.get("row-rank"):
        assert 'name="row-rank" value="9"' in html


def test_colleagues_word_is_shown_before_it_is_overwritten():
    roster(1)
    revision = draft()
    client = filler(revision)
    dispute(revision, {"rank": 9})
    data = sent(revision, **row_values(rank="8"))

    answer = client.post(dispute_url(revision), data)

    assert answer.status_code == 409
    html = answer.content.decode()
    assert "saved this row while you were working on it" in html
    assert 'name="version" value="1"' in html
    client.post(dispute_url(revision), {**data, "file": proof(), "version": "1"})
    assert ListStatement.objects.get().claim == {"rank": 8}


@pytest.mark.parametrize("code", ["awards", "roster-entries"])
def test_row_of_another_district_or_kind_has_no_form(code):
    listed = roster(1, 1)
    row = factories.records_of(listed)[1 if code == "roster-entries" else 0]
    revision = draft()

    assert filler(revision).get(url(revision, "list_dispute", code, row.uid)).status_code == 404


# Adding


def test_missing_row_is_added_with_the_lists_own_form():
    listed = roster(2)
    revision = draft()
    client = filler(revision)
    assert str(listed.case) in client.get(url(revision, "list_add")).content.decode()
    form = client.get(url(revision, "list_row_new", listed.case_id)).content.decode()
    # What all rows of the list say is there already, and whose row it is.
    assert f'value="{support.NAME}"' in form
    assert f'value="{factories.district().district.pk}" selected' in form

    data = {
        **row_values(organisation="宁波新材料科技有限公司", rank=""),
        "reason": "市经信局文件附件第3页。",
        "file": proof(),
    }
    answer = client.post(url(revision, "list_row_new", listed.case_id), data)

    assert answer.status_code == 302
    said = ListStatement.objects.get()
    assert (said.says, said.title) == (Says.ADDED, "宁波新材料科技有限公司")
    assert said.claim["district"] == "beilun"
    assert Evidence.objects.get().record_uid == said.uid

    edit = url(revision, "list_row_added", said.uid)
    assert 'value="宁波新材料科技有限公司"' in client.get(edit).content.decode()
    data = {**data, "row-rank": "12", "file": "", "version": "1"}
    assert client.post(edit, data).status_code == 302
    assert ListStatement.objects.get().claim["rank"] == 12


def test_row_that_is_on_the_list_is_refused_with_all_that_was_typed():
    listed = roster(1)
    revision = draft()

    answer = filler(revision).post(
        url(revision, "list_row_new", listed.case_id),
        {**row_values(), "reason": "应在名单中。", "file": proof()},
    )

    assert answer.status_code == 422
    assert "on the list already" in answer.content.decode()
    assert "应在名单中。" in answer.content.decode()


def test_year_without_a_list_offers_none_to_add_to():
    revision = draft()

    assert "published no list for this year" in (
        filler(revision).get(url(revision, "list_add")).content.decode()
    )
    assert "No row of yours is on a published list" in page(revision)
    assert filler(revision).get(url(revision, "list_row_new", 1)).status_code == 404


# Who sees and writes


def test_signatory_reads_and_cannot_write():
    roster(1)
    revision = draft()
    client = client_of(factories.staff(Role.DISTRICT_SIGNATORY))

    html = client.get(url(revision) + "?show=all").content.decode()

    assert "宁波精密1有限公司" in html
    assert 'name="one"' not in html
    answer = client.post(url(revision), {"one": read_names(revision)[0]})
    assert answer.status_code == 403
    assert "not open for writing by you" in client.get(dispute_url(revision)).content.decode()


def test_returned_case_opens_only_what_was_named():
    roster(1)
    revision = factories.advance(draft(), "reviewing")
    named = factories.returned(revision, record_kind="indicator-values")

    assert 'name="back"' not in page(named, "?show=all")
    answer = filler(named).post(url(named), {"one": read_names(named)[0]})
    assert answer.status_code == 302 or "named items only" in answer.content.decode()


def test_generic_pages_lead_to_the_lists():
    roster(1)
    revision = draft()
    [said] = confirm_all(revision)
    client = filler(revision)
    row = reverse("desk:row", args=[revision.case_id, "list-statements", said.uid])

    assert client.get(reverse("desk:row_new", args=[revision.case_id, "list-statements"])).headers[
        "Location"
    ] == url(revision)
    assert client.post(row, {"reason": "x"}).headers["Location"] == url(revision)
    html = client.get(row).content.decode()
    assert url(revision) in html
    assert "confirmed" in html


def test_signatory_reads_what_is_said_before_signing():
    listed = roster(2)
    revision = draft()
    confirm_all(revision)
    dispute(revision, {"rank": 9}, version=1)
    add(revision, listed)
    revision = factories.take("hand_over", revision)

    html = (
        client_of(factories.doer("submit", revision))
        .get(reverse("desk:step", args=[revision.case_id, revision.number, "submit"]))
        .content.decode()
    )

    assert "confirmed 1、disputed 1、missing from the list 1" in html
    assert "Number：9" in html
    assert "认定文件写明的是另一名称。" in html


def test_public_pages_say_nothing_of_it():
    roster(2)
    revision = draft()
    confirm_all(revision)
    dispute(revision, {"organisation": "绝密名称有限公司"}, reason="绝密理由。", version=1)
    published = factories.advance(revision, "published")
    release = factories.release_of(published)
    client = Client(headers={"accept-language": "en"})

    for address in [
        f"/districts/beilun/{published.case.year}/",
        reverse("publications:revision", args=[published.case_id, 1]),
        reverse("publications:release", args=[release.number]),
    ]:
        answer = client.get(address)
        assert answer.status_code == 200
        assert "绝密" not in answer.content.decode()
        assert "list-statements" not in answer.content.decode()
    said = client.get(f"/districts/beilun/{published.case.year}/").content.decode()
    assert "In its return the district confirmed 1 row of the city's lists." in said
    file = reverse(
        "publications:release_file",
        args=[release.number, published.case_id, "list-statements", "csv"],
    )
    assert client.get(file).status_code == 404
    archive = b"".join(
        client.get(reverse("publications:release_package", args=[release.number])).streaming_content
    )
    assert b"list-statements" not in archive
