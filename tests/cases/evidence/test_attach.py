"""Attaching, removing, carrying on and hashing files; who may, when, and what the database keeps."""

import datetime as dt
import threading
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from storages.backends.s3 import S3Storage

from apps.accounts.models import Role, User
from apps.audit.verification import verify
from apps.cases.canonical import canonical_bytes, revision_hash
from apps.cases.domain.evidence import MOST_AT_A_PLACE, Place, attach, remove_evidence
from apps.cases.domain.records import remove_record, restore_record
from apps.cases.errors import Locked, NotAllowed, Refused, WrongState
from apps.cases.evidence import store
from apps.cases.kinds import record_kinds
from apps.cases.models import Evidence, Revision, Severity, State, StoredFile
from config.evidence import evidence_storage
from tests import factories
from tests.cases.evidence import documents as made
from tests.cases.support import at_once, names_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english", "evidence_disk")]


def upload(name: str = "认定文件.pdf", data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, made.pdf() if data is None else data)


def first_row(revision: Revision) -> Place:
    row = factories.records_of(revision)[0]
    return Place(row.record_kind.code, row.uid)


def attached(
    revision: Revision, place: Place | None = None, actor: User | None = None, text: str = "1"
) -> Evidence:
    place = first_row(revision) if place is None else place
    actor = actor or factories.filler_of(revision)
    return attach(actor, revision.pk, upload(data=text.encode(), name="a.txt"), place)


@pytest.fixture
def draft() -> Revision:
    return factories.open_return()


def test_file_is_stored_once_under_its_hash(draft: Revision, evidence_disk: Path) -> None:
    data = made.pdf()
    filler = factories.filler_of(draft)

    first = attach(filler, draft.pk, upload(), first_row(draft), caption=" 文件第3页 ")
    second = attach(filler, draft.pk, upload("另名.pdf", data), Place())

    assert (first.name, first.caption, first.added_by) == ("认定文件.pdf", "文件第3页", filler)
    assert first.file_id == second.file_id == store.digest_of(data)
    assert StoredFile.objects.get().size == len(data)
    assert StoredFile.objects.get().content_type == "application/pdf"
    [kept] = [path for path in evidence_disk.rglob("*") if path.is_file()]
    assert kept.read_bytes() == data
    assert kept.stat().st_mode & 0o777 == 0o600


def test_same_file_at_the_same_place_is_one_attachment(draft: Revision) -> None:
    assert attached(draft) == attached(draft)
    assert Evidence.objects.count() == 1


def test_refused_file_leaves_nothing(draft: Revision, evidence_disk: Path) -> None:
    with pytest.raises(Refused, match="macros"):
        attach(
            factories.filler_of(draft),
            draft.pk,
            upload("a.docx", made.with_parts(made.docx(), {"word/vbaProject.bin": b"0"})),
            first_row(draft),
        )

    assert not Evidence.objects.exists()
    assert not list(evidence_disk.rglob("*"))


def test_file_over_the_limit_is_refused_unread(draft: Revision, settings: Settings) -> None:
    settings.EVIDENCE_MEGABYTES = 0

    with pytest.raises(Refused, match="larger than 0 MB"):
        attached(draft)


def test_caption_with_a_personal_number_is_refused(draft: Revision) -> None:
    with pytest.raises(Refused, match="caption"):
        attach(
            factories.filler_of(draft), draft.pk, upload(), Place(), caption=f"电话{made.MOBILE}"
        )


def test_place_takes_so_many_files(draft: Revision) -> None:
    file = StoredFile.objects.create(sha256="0" * 64, size=1, content_type="text/plain")
    filler = factories.filler_of(draft)
    for number in range(MOST_AT_A_PLACE):
        other = StoredFile.objects.create(sha256=f"{number:064}x"[1:], size=1, content_type="x")
        Evidence.objects.create(revision=draft, file=other, name="a", added_by=filler)
    assert file.pk

    with pytest.raises(Refused, match="30 files"):
        attached(draft, Place())


# Who, and when


def test_only_who_fills_attaches_to_rows(draft: Revision) -> None:
    with pytest.raises(NotAllowed):
        attached(draft, actor=factories.staff(Role.DISTRICT_SIGNATORY))
    with pytest.raises(Revision.DoesNotExist):
        attached(draft, actor=factories.staff(Role.CITY_REVIEWER))


def test_row_of_another_case_is_refused(draft: Revision) -> None:
    for place in (Place("indicator-values", uuid.uuid4()), Place("awards", uuid.uuid4())):
        with pytest.raises(Refused, match="not in this case"):
            attached(draft, place)


def test_reported_case_takes_no_files() -> None:
    revision = factories.submitted_case("district-returns")

    with pytest.raises(Locked):
        attached(revision)


def test_returned_case_takes_files_at_named_rows_only() -> None:
    revision = factories.reviewing_case("district-returns", 2)
    named, other = factories.records_of(revision)
    revision = factories.returned(
        revision, record_kind="indicator-values", record_uid=named.uid, field="value"
    )

    with pytest.raises(Locked):
        attached(revision, Place("indicator-values", other.uid))
    with pytest.raises(Locked):
        attached(revision, Place())
    attached(revision, Place("indicator-values", named.uid))

    # The file is the answer: the case may be handed over again.
    assert factories.take("hand_over", revision).state == State.CHECKING


def test_item_about_one_row_is_not_answered_by_a_file_of_another() -> None:
    revision = factories.reviewing_case("district-returns", 2)
    named, other = factories.records_of(revision)
    factories.raise_item(revision, record_kind="indicator-values", record_uid=named.uid)
    factories.raise_item(revision, record_kind="indicator-values", record_uid=other.uid)
    revision = factories.take("return", revision)
    attached(revision, Place("indicator-values", named.uid))

    with pytest.raises(Refused, match="neither changed nor answered"):
        factories.take("hand_over", revision)


def test_who_attached_a_file_has_worked_on_the_content(draft: Revision) -> None:
    both = factories.person(
        Role.DISTRICT_FILLER,
        draft.case.bureau,
        roles=[Role.DISTRICT_FILLER, Role.DISTRICT_SIGNATORY],
    )
    attached(draft, actor=both)
    revision = factories.take("hand_over", draft)

    with pytest.raises(NotAllowed, match="another person has to sign"):
        factories.take("submit", revision, both)


# The thread of a finding


def test_thread_takes_files_of_whose_turn_it_is() -> None:
    revision = factories.reviewing_case("district-returns")
    finding = factories.raise_item(revision)
    place = Place(finding_id=finding.pk)
    reviewer = factories.staff(Role.CITY_REVIEWER)
    filler = factories.filler_of(revision)

    attached(revision, place, reviewer, "审核依据")
    with pytest.raises(NotAllowed):
        attached(revision, place, filler)
    before = revision_hash(revision)
    revision = factories.take("return", revision)
    attached(revision, place, filler, "说明")
    with pytest.raises(NotAllowed):
        attached(revision, place, factories.staff(Role.CITY_REVIEWER), "2")

    # What is said about the content is no content.
    assert revision_hash(revision) == before


def test_objection_to_a_notice_takes_files() -> None:
    with factories.kind_with_notice("awards", 5):
        revision = factories.case_in("on_notice")
        publisher = factories.staff(Role.CITY_PUBLISHER)
        finding = factories.raise_finding(
            publisher, revision.pk, "完成单位有异议。", is_objection=True
        )

        evidence = attached(revision, Place(finding_id=finding.pk), publisher)

        assert evidence.finding == finding
        with pytest.raises(Locked):
            attached(revision, actor=factories.filler_of(revision))


def test_thread_is_closed_while_the_case_is_on_its_way() -> None:
    revision = factories.reviewing_case("district-returns")
    finding = factories.raise_item(revision, severity=Severity.HINT, deadline=None)
    revision = factories.take("approve", revision)

    with pytest.raises(WrongState):
        attached(revision, Place(finding_id=finding.pk), factories.staff(Role.CITY_REVIEWER))


def test_finding_of_another_case_is_refused(draft: Revision) -> None:
    finding = factories.raise_item(factories.reviewing_case("awards"))

    with pytest.raises(Refused, match="not of this case"):
        attached(draft, Place(finding_id=finding.pk))


# Removing


def test_removed_file_counts_no_more_and_stays_on_record(draft: Revision) -> None:
    before = revision_hash(draft)
    evidence = attached(draft)
    filler = factories.filler_of(draft)
    assert revision_hash(draft)[0] != before[0]

    for _again in range(2):
        remove_evidence(filler, draft.pk, evidence.uid)

    evidence.refresh_from_db()
    assert evidence.removed_by == filler
    assert revision_hash(draft) == before
    assert not Evidence.objects.standing().exists()
    # It may be attached again.
    assert attached(draft).pk != evidence.pk


def test_reported_file_stays() -> None:
    revision = factories.open_return()
    evidence = attached(revision)
    revision = factories.take("hand_over", revision)

    with pytest.raises(Locked):
        remove_evidence(factories.filler_of(revision), revision.pk, evidence.uid)


def test_file_of_a_thread_is_removed_by_its_own_person(draft: Revision) -> None:
    revision = factories.returned(factories.reviewing_case("district-returns", year=2024))
    finding = revision.findings.filter(raised_by__isnull=False).get()
    evidence = attached(revision, Place(finding_id=finding.pk))
    other = factories.person(Role.DISTRICT_FILLER, revision.case.bureau)

    with pytest.raises(NotAllowed, match="attached it"):
        remove_evidence(other, revision.pk, evidence.uid)
    assert remove_evidence(evidence.added_by, revision.pk, evidence.uid).removed_at


# The hash


def test_hash_without_files_is_what_it_always_was(draft: Revision) -> None:
    assert b"evidence" not in b"".join(canonical_bytes(draft))


def test_line_of_a_file_is_as_documented(draft: Revision) -> None:
    attached(draft, Place(), text="甲")
    row = attached(draft, text="乙")

    lines = [piece.decode() for piece in canonical_bytes(draft)][-2:]

    assert lines[1] == (
        f'\nevidence\t{{"record_kind":"indicator-values","record_uid":"{row.record_uid}",'
        f'"sha256":"{row.file_id}","size":3}}'
    )
    assert '"record_kind":"","record_uid":null' in lines[0]


def test_rows_are_counted_without_files(draft: Revision) -> None:
    rows = revision_hash(draft)[1]
    attached(draft)

    assert revision_hash(draft)[1] == rows


def test_files_of_a_removed_row_count_no_more_than_the_row(draft: Revision) -> None:
    attached(draft)
    with_file = revision_hash(draft)[0]
    row = factories.records_of(draft)[0]
    kind = record_kinds["indicator-values"]
    filler = factories.filler_of(draft)

    remove_record(filler, draft.pk, kind, row.uid)
    without = b"".join(canonical_bytes(draft))
    restore_record(filler, draft.pk, kind, row.uid)

    assert b"evidence" not in without
    assert revision_hash(draft)[0] == with_file


def test_correction_carries_the_files_on() -> None:
    revision = factories.open_return()
    kept = attached(revision)
    gone = attached(revision, Place())
    remove_evidence(factories.filler_of(revision), revision.pk, gone.uid)
    published = factories.advance(revision, State.PUBLISHED)

    correction = factories.successor_of(published)

    [carried] = Evidence.objects.filter(revision=correction)
    assert (carried.uid, carried.file_id, carried.added_by, carried.added_at) == (
        kept.uid,
        kept.file_id,
        kept.added_by,
        kept.added_at,
    )
    assert revision_hash(correction) == revision_hash(published)
    # A file alone is a correction too.
    attached(correction, text="补充材料")
    assert factories.advance(correction, State.PUBLISHED).state == State.PUBLISHED


# What the database refuses


def _insert(revision: Revision, **fields: object) -> Evidence:
    file, _made = StoredFile.objects.get_or_create(
        sha256="0" * 64, defaults={"size": 1, "content_type": "text/plain"}
    )
    return Evidence.objects.create(
        revision=revision, file=file, name="a", added_by=factories.filler_of(revision), **fields
    )


RAW: dict[str, Callable[[Evidence], object]] = {
    "delete": lambda e: Evidence.objects.filter(pk=e.pk).delete(),
    "rename": lambda e: Evidence.objects.filter(pk=e.pk).update(name="b"),
    "move": lambda e: Evidence.objects.filter(pk=e.pk).update(record_kind=""),
    "removed by nobody": lambda e: Evidence.objects.filter(pk=e.pk).update(
        removed_at=timezone.now()
    ),
    "removed before": lambda e: Evidence.objects.filter(pk=e.pk).update(
        removed_at=e.added_at - dt.timedelta(days=1), removed_by=e.added_by
    ),
    "other bytes": lambda e: StoredFile.objects.filter(pk=e.file_id).update(size=7),
    "delete bytes": lambda e: StoredFile.objects.filter(pk=e.file_id).delete(),
    "twice at one place": lambda e: _insert(
        e.revision, record_kind=e.record_kind, record_uid=e.record_uid
    ),
    "row without a kind": lambda e: _insert(e.revision, record_uid=uuid.uuid4()),
    "kind without a row": lambda e: _insert(e.revision, record_kind="awards"),
}


@pytest.mark.parametrize("change", RAW)
def test_database_keeps_files_as_they_are(draft: Revision, change: str) -> None:
    evidence = _insert(draft, record_kind="indicator-values", record_uid=uuid.uuid4())

    with pytest.raises((IntegrityError, Exception)) as refusal, transaction.atomic():
        RAW[change](evidence)

    assert isinstance(refusal.value, IntegrityError) or "append_only" in str(refusal.value)


def test_database_lets_no_removed_file_come_back(draft: Revision) -> None:
    evidence = attached(draft)
    remove_evidence(factories.filler_of(draft), draft.pk, evidence.uid)

    with pytest.raises(IntegrityError, match="cannot change"), transaction.atomic():
        Evidence.objects.filter(pk=evidence.pk).update(removed_at=None, removed_by=None)


def test_database_takes_no_file_into_a_closed_case() -> None:
    revision = factories.submitted_case("district-returns")

    with pytest.raises(IntegrityError, match="cannot be written"), transaction.atomic():
        _insert(revision)


def test_database_takes_no_finding_of_another_case(draft: Revision) -> None:
    finding = factories.raise_item(factories.reviewing_case("awards"))

    with pytest.raises(IntegrityError, match="another revision"), transaction.atomic():
        _insert(draft, finding=finding)


# The store


def _path(evidence_disk: Path, evidence: Evidence) -> Path:
    return evidence_disk / store.key_of(evidence.file_id)


def test_altered_and_missing_files_are_named(draft: Revision, evidence_disk: Path) -> None:
    altered, missing, whole = (attached(draft, text=text) for text in ("甲", "乙", "丙"))
    _path(evidence_disk, altered).write_text("X")
    _path(evidence_disk, missing).unlink()

    said = [str(fault) for fault in verify()]

    assert len(said) == 2
    assert all("a.txt” (" in sentence and "missing or was altered" in sentence for sentence in said)
    assert {
        h for h in (altered.file_id, missing.file_id, whole.file_id) if h in " ".join(said)
    } == {
        altered.file_id,
        missing.file_id,
    }
    for broken in (altered, missing):
        with pytest.raises(store.NotIntact, match=broken.file_id):
            store.fetch(broken.file_id)
    assert store.fetch(whole.file_id).decode() == "丙"


def test_bytes_that_are_gone_are_stored_again(draft: Revision, evidence_disk: Path) -> None:
    evidence = attached(draft, text="甲")
    _path(evidence_disk, evidence).write_text("X")

    attached(draft, Place(), text="甲")

    assert store.fetch(evidence.file_id).decode() == "甲"


@pytest.mark.django_db(transaction=True)
def test_same_file_from_two_at_once_is_one_attachment() -> None:
    revision = factories.open_return()
    filler = factories.filler_of(revision)
    place = first_row(revision)
    ready = threading.Barrier(2)

    def job() -> Evidence:
        ready.wait(30)
        return attach(filler, revision.pk, upload(), place)

    outcomes = at_once([job, job])

    assert names_of(outcomes) == {"": 2}
    assert Evidence.objects.count() == 1


def test_settings_choose_the_store(tmp_path: Path) -> None:
    empty = {"endpoint": "", "region": "", "access_key": "", "secret_key": ""}
    disk = evidence_storage(tmp_path, bucket="", **empty)
    bucket = evidence_storage(
        tmp_path,
        bucket="yongke",
        endpoint="https://s3.example.gov.cn",
        region="cn-east",
        access_key="key",
        secret_key="secret",
    )

    on_disk = storages.create_storage(disk)
    in_bucket = storages.create_storage(bucket)

    assert isinstance(on_disk, FileSystemStorage)
    assert Path(on_disk.location) == tmp_path / "evidence"
    assert isinstance(in_bucket, S3Storage)
    assert (in_bucket.bucket_name, in_bucket.endpoint_url, in_bucket.default_acl) == (
        "yongke",
        "https://s3.example.gov.cn",
        "private",
    )
    assert in_bucket.file_overwrite


def test_bare_bucket_takes_the_rest_from_the_machine(tmp_path: Path) -> None:
    options = evidence_storage(
        tmp_path, bucket="b", endpoint="", region="", access_key="", secret_key=""
    )["OPTIONS"]

    assert options["endpoint_url"] is options["access_key"] is None


def test_file_goes_by_its_name_and_its_bytes_by_their_hash(draft: Revision) -> None:
    assert str(attached(draft)) == "a.txt"
    assert str(StoredFile.objects.get()) == store.digest_of(b"1")


def test_reviewer_sees_the_files_beside_the_row_they_prove(draft: Revision) -> None:
    file = attached(draft)
    attached(draft, Place(), text="2")
    reviewing = factories.advance(draft, State.REVIEWING)
    client = Client()
    client.force_login(factories.staff(Role.CITY_REVIEWER))

    page = client.get(f"/desk/cases/{reviewing.case_id}/review/", {"show": "all"})

    (item,) = [item for item in page.context["items"] if item.files]
    assert item.uid == file.record_uid
    assert [found["name"] for found in item.files] == ["a.txt"]
    assert client.get(item.files[0]["url"]).status_code == 200
