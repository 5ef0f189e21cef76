"""The number of rows that the words around a table state."""

import pytest
from django.test import Client

from apps.intake.stated import rows_stated
from tests import factories
from tests.intake.imports.support import sheet, taken


@pytest.mark.parametrize(
    ("lines", "number"),
    [
        (["2024年度高新技术企业认定名单（共35家）"], 35),
        (["认定名单", "（共 6 家，排名不分先后）"], 6),
        (["拟备案企业名单（共计１，２０６家）"], 1206),
        (["获奖项目（共有12项）", "共12项"], 12),
    ],
)
def test_stated_number_is_read(lines: list[str], number: int) -> None:
    assert rows_stated(lines) == number


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["2024年度认定名单"],
        ["全市共60余家企业"],
        ["一等奖共3项", "二等奖共5项"],
        ["共3个区（县、市）上报"],
    ],
    ids=["nothing", "no number", "rough", "several", "of something else"],
)
def test_text_that_does_not_state_the_rows_says_nothing(lines: list[str]) -> None:
    assert rows_stated(lines) is None


@pytest.mark.django_db
@pytest.mark.parametrize(("stated", "is_told"), [(3, False), (4, True)])
def test_review_tells_that_the_source_states_another_number(stated: int, is_told: bool) -> None:
    revision = factories.open_list("awards", 0)
    intake = taken(revision, sheet(title=f"2022年度宁波市科学技术奖获奖项目名单（共{stated}项）"))
    client = Client(headers={"accept-language": "en"})
    client.force_login(
        factories.filler_of(revision), backend="django.contrib.auth.backends.ModelBackend"
    )
    shown = client.get(f"/desk/cases/{revision.case_id}/intake/{intake.pk}/").content.decode()

    told = f"The text around the table states {stated} rows; 3 were found."
    assert (told in shown) is is_told
