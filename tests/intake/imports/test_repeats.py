"""Lines that stand twice in a file; what the name of the case proposes; words of an empty field."""

import pytest
from django.test import Client
from django.utils import translation

from apps.awards.models import Award
from apps.cases.domain.bulk import faults_of
from apps.enterprises.models import RosterEntry
from apps.intake.imports.comparing import compare
from apps.intake.models import Import
from tests import factories
from tests.intake.imports.support import ROWS, accepted, draft, lines, sheet, taken

pytestmark = pytest.mark.django_db

TWICE = (*ROWS, ("4", *ROWS[1][1:]))


def client_of(intake: Import) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(
        factories.filler_of(intake.revision), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def test_line_that_stands_twice_is_told_before_it_is_stored_and_set_aside() -> None:
    intake = taken(draft(), sheet(TWICE))
    client = client_of(intake)
    address = f"/desk/cases/{intake.revision.case_id}/intake/{intake.pk}/"
    first, second = lines(intake)[1], lines(intake)[3]

    shown = client.get(f"{address}compare/").content.decode()
    assert "Twice in the file" in shown
    assert f"line {second.line}, as line {first.line}" in shown

    answer = client.post(f"{address}rows/{second.pk}/", {"aside": "1", "from": "compare"})
    assert answer["Location"].startswith(f"{address}compare/")
    assert "Twice in the file" not in client.get(f"{address}compare/").content.decode()
    accepted(intake)
    assert Award.objects.filter(revision=intake.revision).count() == 3


def test_line_of_a_row_that_stands_in_the_case_is_told_when_it_comes_twice() -> None:
    revision = draft()
    accepted(taken(revision))
    result = compare(taken(revision, sheet(TWICE)))

    assert (result.unchanged, result.new, result.repeated) == (3, 1, 1)


def test_lines_that_differ_in_their_key_are_no_repeat() -> None:
    other = ("4", *ROWS[1][1:2], "另一个项目", *ROWS[1][3:])
    assert compare(taken(draft(), sheet((*ROWS, other)))).repeated == 0


def test_name_of_the_case_is_proposed_for_what_no_column_gives() -> None:
    subject = "2023年度宁波市高新技术企业认定名单"
    revision = factories.open_list("roster-entries", 0, subject=subject)
    rows = [("1", "宁波东方电缆股份有限公司", "北仑区"), ("2", "宁波慈星股份有限公司", "慈溪市")]
    intake = taken(revision, sheet(rows, ("序号", "企业名称", "所属区域"), ""))
    shown = (
        client_of(intake)
        .get(f"/desk/cases/{revision.case_id}/intake/{intake.pk}/")
        .content.decode()
    )

    assert 'name="constant-year" value="2023"' in shown
    assert 'name="constant-roster" value="2023年度宁波市高新技术企业"' in shown


def test_field_without_a_value_says_that_it_cannot_be_blank() -> None:
    with translation.override("zh-hans"):
        said = faults_of(RosterEntry(roster="名单", organisation="宁波甲公司"))
    assert said["year"] == ["此字段不能为空。"]
