"""A claim that no document proves."""

import pytest

from apps.cases.domain.evidence import remove_evidence
from apps.cases.models import Evidence
from apps.districts.checks import list_claim_without_evidence
from tests import factories
from tests.cases.support import said_by
from tests.districts.lists.support import add, confirm_all, dispute, draft, roster

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_claim_whose_file_was_removed_blocks():
    roster(1)
    revision = draft()
    said = dispute(revision, {"rank": 9})
    file = Evidence.objects.get()
    remove_evidence(factories.filler_of(revision), revision.pk, file.uid)

    assert said_by(list_claim_without_evidence, revision) == [
        (
            "blocking",
            said.title,
            "",
            f"No document proves what is said of “{said.title}”. Attach one, or take it back.",
        )
    ]


def test_claims_with_a_file_pass():
    listed = roster(2)
    revision = draft()
    dispute(revision, {"rank": 9})
    add(revision, listed)

    assert said_by(list_claim_without_evidence, revision) == []


def test_confirmation_needs_no_file():
    roster(1)
    revision = draft()
    confirm_all(revision)

    assert said_by(list_claim_without_evidence, revision) == []


def test_each_of_twenty_planted_claims_is_found():
    roster(25)
    revision = draft()
    planted = {dispute(revision, {"rank": 100 + n}, number=n).title for n in range(20)}
    for file in Evidence.objects.filter(revision=revision):
        remove_evidence(factories.filler_of(revision), revision.pk, file.uid)

    found = said_by(list_claim_without_evidence, revision)

    assert (len(planted), {title for _severity, title, *_rest in found}) == (20, planted)
