"""Evidence in a bucket: the real client against a real S3 server on this machine."""

import socket
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from django.test import Client
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from apps.audit.verification import verify
from apps.cases.domain.evidence import Place, attach
from apps.cases.evidence import store
from apps.cases.models import Evidence, Revision
from config.evidence import evidence_storage
from tests import factories
from tests.cases.evidence.test_attach import upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
KEYS = {"access_key": "key", "secret_key": "secret"}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Start an S3 server; return its address."""
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def bucket(server: str, settings: Settings, tmp_path: Any) -> Iterator[Any]:
    """Let evidence lie in an empty bucket, and return the bucket."""
    s3 = boto3.resource(
        "s3",
        endpoint_url=server,
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    made = s3.create_bucket(Bucket="evidence")
    entry = evidence_storage(
        tmp_path, bucket="evidence", endpoint=server, region="us-east-1", **KEYS
    )
    settings.STORAGES = {**settings.STORAGES, "evidence": entry}
    yield made
    made.objects.delete()
    made.delete()


@pytest.fixture
def draft() -> Revision:
    return factories.open_return()


def attached(draft: Revision, text: str) -> Evidence:
    file = upload(data=text.encode(), name="a.txt")
    return attach(factories.filler_of(draft), draft.pk, file, Place())


def test_file_lies_once_under_its_hash_and_is_handed_out(draft: Revision, bucket: Any) -> None:
    first, second = attached(draft, "甲"), attached(draft, "甲")

    assert first == second
    [kept] = list(bucket.objects.all())
    assert kept.key == store.key_of(store.digest_of("甲".encode()))
    assert kept.get()["Body"].read().decode() == "甲"
    # Nobody reads it past the application.
    grants = kept.Acl().grants
    assert {grant["Grantee"]["Type"] for grant in grants} == {"CanonicalUser"}
    client = Client()
    client.force_login(factories.filler_of(draft), "django.contrib.auth.backends.ModelBackend")
    answer = client.get(f"/desk/cases/{draft.case_id}/evidence/{first.uid}/")
    body = answer.getvalue() if answer.streaming else answer.content
    assert (answer.status_code, body.decode()) == (200, "甲")


def test_altered_and_missing_objects_are_named(draft: Revision, bucket: Any) -> None:
    altered, missing, whole = (attached(draft, text) for text in ("甲", "乙", "丙"))
    bucket.Object(store.key_of(altered.file_id)).put(Body=b"X")
    bucket.Object(store.key_of(missing.file_id)).delete()

    said = " ".join(str(fault) for fault in verify())

    assert [evidence.file_id in said for evidence in (altered, missing, whole)] == [
        True,
        True,
        False,
    ]
    for broken in (altered, missing):
        with pytest.raises(store.NotIntact, match=broken.file_id):
            store.fetch(broken.file_id)
    # Attached again, the bytes are there again.
    attached(factories.open_return(factories.district("cixi")), "甲")
    assert store.fetch(altered.file_id).decode() == "甲"


def test_store_that_does_not_answer_is_said(
    draft: Revision, bucket: Any, settings: Settings, tmp_path: Any
) -> None:
    evidence = attached(draft, "甲")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}"
    entry = evidence_storage(tmp_path, bucket="evidence", endpoint=closed, region="x", **KEYS)
    settings.STORAGES = {**settings.STORAGES, "evidence": entry}

    for ask in (
        lambda: store.fetch(evidence.file_id),
        lambda: store.is_intact(evidence.file_id),
        lambda: attached(draft, "乙"),
    ):
        with pytest.raises(store.NotReached, match="does not answer"):
            ask()
    assert Evidence.objects.count() == 1
