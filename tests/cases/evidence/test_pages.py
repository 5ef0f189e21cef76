"""The pages of evidence: list, attach, hand out, remove; on rows, findings, cases and in public."""

import uuid
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Role, User
from apps.cases.domain.evidence import Place, attach, remove_evidence
from apps.cases.evidence import store
from apps.cases.models import Evidence, Revision, State
from tests import factories
from tests.cases.evidence import documents as made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english", "evidence_disk")]


def client_of(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def row_place(revision: Revision) -> Place:
    row = factories.records_of(revision)[0]
    return Place(row.record_kind.code, row.uid)


def add(revision: Revision, place: Place | None = None, name: str = "认定.txt") -> Evidence:
    file = SimpleUploadedFile(name, f"文件{name}".encode())
    place = row_place(revision) if place is None else place
    return attach(factories.filler_of(revision), revision.pk, file, place, caption="见第3页")


def list_of(revision: Revision, place: Place) -> str:
    url = reverse("desk:evidence", args=[revision.case_id])
    return f"{url}?kind={place.record_kind}&row={place.record_uid}" if place.record_uid else url


@pytest.fixture
def draft() -> Revision:
    return factories.open_return()


def test_clerk_attaches_a_file_without_script(draft: Revision) -> None:
    client = client_of(factories.filler_of(draft))
    url = list_of(draft, row_place(draft))

    empty = client.get(url).content.decode()
    answer = client.post(
        url,
        {"file": SimpleUploadedFile("认定.pdf", made.pdf()), "caption": "见第3页"},
        follow=True,
    )

    page = answer.content.decode()
    assert "No file is attached here yet." in empty
    assert answer.redirect_chain == [(url, 302)]
    assert "Attached: 认定.pdf" in page
    assert "见第3页" in page
    assert Evidence.objects.get().file_id[:12] in page


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({}, "Choose a file to attach."),
        ({"file": SimpleUploadedFile("a.pdf", b"")}, "The file is empty."),
        (
            {"file": SimpleUploadedFile("a.pdf", b"MZ\x90\0" + b"\0" * 99)},
            "not taken in|This is EXE",
        ),
        ({"file": SimpleUploadedFile(f"{made.MOBILE}.pdf", made.pdf())}, "Rename the file"),
    ],
    ids=["none", "empty", "program", "name"],
)
def test_refused_file_is_said_on_the_page(
    draft: Revision, files: dict[str, SimpleUploadedFile], sentence: str
) -> None:
    for file in files.values():
        file.seek(0)
    client = client_of(factories.filler_of(draft))

    answer = client.post(list_of(draft, Place()), {**files, "caption": "留下的说明"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert any(part in page for part in sentence.split("|"))
    assert "留下的说明" in page
    assert not Evidence.objects.exists()


def test_file_goes_out_as_an_attachment_that_runs_nothing(draft: Revision) -> None:
    evidence = add(draft)
    client = client_of(factories.filler_of(draft))

    answer = client.get(reverse("desk:evidence_file", args=[draft.case_id, evidence.uid]))

    assert answer.content.decode() == "文件认定.txt"
    assert answer["Content-Type"] == "text/plain"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E8%AE%A4")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


def test_altered_file_is_not_handed_out(draft: Revision, evidence_disk: Path) -> None:
    evidence = add(draft)
    (evidence_disk / store.key_of(evidence.file_id)).write_text("X")
    client = client_of(factories.filler_of(draft))

    answer = client.get(reverse("desk:evidence_file", args=[draft.case_id, evidence.uid]))

    assert answer.status_code == 409
    assert f"its hash is {evidence.file_id}" in answer.content.decode()


def test_file_is_there_for_those_in_scope_alone(draft: Revision) -> None:
    evidence = add(draft)
    urls = [
        reverse("desk:evidence_file", args=[draft.case_id, evidence.uid]),
        reverse("desk:evidence_remove", args=[draft.case_id, evidence.uid]),
        reverse("desk:evidence", args=[draft.case_id]),
    ]
    foreign = factories.person(Role.DISTRICT_FILLER, factories.district("cixi"))
    people = {
        factories.staff(Role.DISTRICT_SIGNATORY): 200,
        factories.staff(Role.AUDITOR): 200,
        foreign: 404,
        factories.staff(Role.CITY_REVIEWER): 404,
        factories.staff(Role.ADMINISTRATOR): 404,
    }

    answers = {
        person: {client_of(person).get(url).status_code for url in urls} for person in people
    }

    assert answers == {person: {status} for person, status in people.items()}
    assert {Client().get(url).status_code for url in urls} == {302}
    # Once reported, the city looks at it.
    factories.advance(draft, State.SUBMITTED)
    assert client_of(factories.staff(Role.CITY_REVIEWER)).get(urls[0]).status_code == 200


def test_removed_file_is_there_for_nobody(draft: Revision) -> None:
    evidence = add(draft)
    remove_evidence(factories.filler_of(draft), draft.pk, evidence.uid)

    client = client_of(factories.staff(Role.AUDITOR))

    for name in ("desk:evidence_file", "desk:evidence_remove"):
        assert client.get(reverse(name, args=[draft.case_id, evidence.uid])).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "kind=awards&row=" + str(uuid.uuid4()),
        "kind=indicator-values&row=" + str(uuid.uuid4()),
        "kind=indicator-values&row=x",
        "kind=indicator-values",
        "finding=1",
        "finding=x",
        "finding=" + "9" * 30,
    ],
    ids=["other kind", "no row", "no id", "kind alone", "finding", "no number", "too long"],
)
def test_place_that_is_not_there_is_not_found(draft: Revision, query: str) -> None:
    client = client_of(factories.filler_of(draft))

    assert client.get(f"{list_of(draft, Place())}?{query}").status_code == 404


def test_file_is_removed_after_a_question(draft: Revision) -> None:
    evidence = add(draft)
    client = client_of(factories.filler_of(draft))
    url = reverse("desk:evidence_remove", args=[draft.case_id, evidence.uid])

    question = client.get(url).content.decode()
    answer = client.post(url, follow=True)

    assert "Remove this file?" in question
    assert answer.redirect_chain == [(list_of(draft, row_place(draft)), 302)]
    assert "Removed: 认定.txt" in answer.content.decode()


def test_signatory_sees_and_removes_nothing(draft: Revision) -> None:
    evidence = add(draft)
    client = client_of(factories.staff(Role.DISTRICT_SIGNATORY))
    url = reverse("desk:evidence_remove", args=[draft.case_id, evidence.uid])

    page = client.get(url).content.decode()
    refused = client.post(url)

    assert "Remove this file?" not in page
    assert refused.status_code == 403
    assert Evidence.objects.standing().count() == 1


def test_case_lists_the_files_of_every_place(draft: Revision) -> None:
    revision = factories.returned(factories.advance(draft, State.REVIEWING))
    finding = revision.findings.get(raised_by__isnull=False)
    for place, name in [
        (Place(), "全案.txt"),
        (row_place(revision), "单行.txt"),
        (Place(finding_id=finding.pk), "答复.txt"),
    ]:
        add(revision, place, name)
    client = client_of(factories.filler_of(revision))

    case = client.get(reverse("desk:case", args=[revision.case_id])).content.decode()
    page = client.get(list_of(revision, Place())).content.decode()
    thread = client.get(reverse("desk:finding", args=[revision.case_id, finding.pk]))

    assert 'Evidence <span class="count">3</span>' in case
    assert all(
        name in page for name in ("全案.txt", "单行.txt", "答复.txt", "Indicator indicator-1")
    )
    assert "答复.txt" in thread.content.decode()
    back = reverse(
        "desk:evidence_remove", args=[revision.case_id, Evidence.objects.get(finding=finding).uid]
    )
    assert f"?finding={finding.pk}" in client.get(back).content.decode()


def test_page_of_a_row_shows_its_files(draft: Revision) -> None:
    place = row_place(draft)
    add(draft, place)
    url = reverse("desk:row", args=[draft.case_id, place.record_kind, place.record_uid])

    filler = client_of(factories.filler_of(draft)).get(url).content.decode()
    reader = client_of(factories.staff(Role.AUDITOR)).get(url).content.decode()

    assert "认定.txt" in filler
    assert "Attach a file" in filler
    assert "认定.txt" in reader
    assert "Attach a file" not in reader


def test_list_costs_the_same_however_many_files(
    draft: Revision, django_assert_max_num_queries
) -> None:
    for number in range(6):
        add(draft, Place(), f"{number}.txt")
    client = client_of(factories.filler_of(draft))

    with django_assert_max_num_queries(12):
        client.get(list_of(draft, Place()))


def test_public_is_told_the_number_of_files_and_nothing_more() -> None:
    revision = factories.open_award_list()
    add(revision, name="甲.txt")
    add(revision, name="乙.txt")
    place = row_place(revision)
    factories.advance(revision, State.PUBLISHED)

    page = Client(headers={"accept-language": "en"}).get(
        reverse("publications:record", args=[place.record_kind, place.record_uid])
    )

    text = page.content.decode()
    assert "Evidence: 2 files on record" in text
    assert "甲.txt" not in text
