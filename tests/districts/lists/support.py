"""What the tests of the lists share: a published roster with rows of two districts, and a claim."""

import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.cases.models import Revision
from apps.districts.lists import domain, own
from apps.districts.lists.domain import Read
from apps.districts.lists.models import ListStatement
from apps.districts.lists.standing import Line, Lists, read_lists
from tests import factories
from tests.cases.evidence import documents as made

NAME = "专精特新“小巨人”企业"


def proof(name: str = "认定文件.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, made.pdf("认定文件"))


def roster(own_rows: int = 3, foreign: int = 1, **options: Any) -> Revision:
    """Publish a roster: rows of 北仑, then rows of 慈溪."""
    beilun, cixi = factories.district().district, factories.district("cixi").district
    rows = [
        factories.roster_entry_values(n, district=beilun if n <= own_rows else cixi)
        for n in range(1, own_rows + foreign + 1)
    ]
    return factories.published_case("roster-entries", rows, **options)


def draft() -> Revision:
    return factories.open_return()


def lists_of(revision: Revision) -> Lists:
    return read_lists(factories.fresh(revision))


def standings(revision: Revision) -> list[str]:
    return [str(line.standing) for line in lists_of(revision).lines]


def reads(revision: Revision) -> list[Read]:
    return [
        Read(line.key.uid, line.key.revision_id)
        for line in lists_of(revision).lines
        if line.key is not None
    ]


def line_of(revision: Revision, number: int = 0) -> Line:
    found = lists_of(revision)
    found.read_rows(found.lines)
    return found.lines[number]


def confirm_all(revision: Revision) -> list[ListStatement]:
    return domain.confirm(factories.filler_of(revision), revision.pk, reads(revision))


def dispute(
    revision: Revision, claim: dict[str, Any], number: int = 0, **more: Any
) -> ListStatement:
    return domain.dispute(
        factories.filler_of(revision),
        revision.pk,
        reads(revision)[number],
        claim,
        more.pop("reason", "认定文件写明的是另一名称。"),
        more.pop("upload", proof()),
        **more,
    )


def add(revision: Revision, listed: Revision, **values: Any) -> ListStatement:
    claim = {
        "roster": NAME,
        "year": 2023,
        "rank": None,
        "title": "",
        "organisation": "宁波新材料科技有限公司",
        "district": "beilun",
        "certificate_number": "",
        "credit_code": "",
        **values,
    }
    return domain.add(
        factories.filler_of(revision),
        revision.pk,
        listed,
        domain.kind_of_list(listed),
        claim,
        "市经信局文件附件第3页。",
        proof(),
    )


def restated(listed: Revision, number: int | None = None, **values: Any) -> Revision:
    """Publish a correction of a list: the row of that number with other values; None: without one."""
    from apps.cases.domain.records import remove_record, save_record

    draft = factories.successor_of(listed)
    editor, kind = factories.filler_of(draft), draft.case.kind_spec.records[0]
    rows = factories.records_of(draft)
    if number is None:
        remove_record(editor, draft.pk, kind, rows[0].uid)
    else:
        save_record(editor, draft.pk, kind, values, uid=rows[number].uid)
    return factories.advance(draft, "published")


def fingerprint_of(listed: Revision, uid: uuid.UUID) -> str:
    row = next(row for row in factories.records_of(listed) if row.uid == uid)
    return own.fingerprint(row)
