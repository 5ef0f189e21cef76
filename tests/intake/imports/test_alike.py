"""Doubts that rows share, settled and taken back in one step; and values that every row lacks."""

import pytest
from django.test import Client

from apps.accounts.models import Role
from apps.cases.errors import WrongState
from apps.intake.imports import review
from apps.intake.imports.alike import shared_doubts
from apps.intake.models import Import, ImportEdit, ImportState
from tests import factories
from tests.intake.imports.support import HEADER, draft, lines, sheet, taken

pytestmark = pytest.mark.django_db

ROWS = (
    ("1", "科学技术进步奖一等奖", "海洋装备精密铸造关键技术", "宁波大学", "王 五，赵六"),
    ("2", "科学技术进步奖二等奖", "石化装置安全监测技术", "宁波工程学院", "李 四，张三"),
    ("3", "科学技术进步奖三等奖", "杨梅保鲜与加工技术", "宁波市农科院", "钱七，孙八"),
)


@pytest.fixture
def intake() -> Import:
    return taken(draft(), sheet(ROWS))


@pytest.fixture
def browser(intake: Import) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(
        factories.filler_of(intake.revision), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def doubtful(intake: Import) -> list[bool]:
    return [line.is_doubtful for line in lines(intake)]


def people(intake: Import) -> list[tuple[str, ...]]:
    """Return the open reasons about the people of each row."""
    return [
        tuple(sorted(code for name, code in line.open_doubts if name == "people"))
        for line in lines(intake)
        if not line.aside
    ]


def test_rows_unsure_for_the_same_reasons_are_counted_together(intake: Import):
    first, second, third = people(intake)
    assert first == second != third

    (shared,) = shared_doubts(intake.tables.get(number=1))
    assert (shared.name, shared.codes, shared.rows) == ("people", first, 2)


def test_alike_doubts_are_settled_at_once_and_others_left(intake: Import):
    actor = factories.filler_of(intake.revision)
    alike, _second, other = people(intake)

    assert review.settle_alike(actor, intake.pk, 1, "people", alike) == 2

    assert people(intake) == [(), (), other]
    assert ImportEdit.objects.filter(intake=intake, by=actor).count() == 2
    # Said again, it finds nothing more.
    assert review.settle_alike(actor, intake.pk, 1, "people", alike) == 0


def test_one_undo_takes_all_of_a_step_back_and_no_other(intake: Import):
    actor = factories.filler_of(intake.revision)
    before, marks = people(intake), doubtful(intake)
    last = [line for line in lines(intake) if not line.aside][2]
    review.settle(actor, intake.pk, last.pk, "people")
    review.settle_alike(actor, intake.pk, 1, "people", before[0])

    review.undo(actor, intake.pk)
    assert people(intake) == [before[0], before[1], ()]
    review.undo(actor, intake.pk)
    assert (people(intake), doubtful(intake)) == (before, marks)
    assert not ImportEdit.objects.exists()


def test_what_is_missing_is_never_right_as_it_is():
    rows = [("1", "", "海洋装备精密铸造关键技术", "宁波大学", "张三")] * 3
    intake = taken(draft(), sheet(rows))
    assert not [d for d in shared_doubts(intake.tables.get(number=1)) if "missing" in d.codes]

    codes = ["missing"]
    assert (
        review.settle_alike(factories.filler_of(intake.revision), intake.pk, 1, "grade", codes) == 0
    )


def test_nobody_else_settles(intake: Import):
    codes = people(intake)[0]
    with pytest.raises(Import.DoesNotExist):
        review.settle_alike(factories.person(Role.DISTRICT_FILLER), intake.pk, 1, "people", codes)
    Import.objects.update(state=ImportState.ACCEPTED)
    with pytest.raises(WrongState):
        review.settle_alike(factories.filler_of(intake.revision), intake.pk, 1, "people", codes)
    assert doubtful(intake).count(True) == 3


def test_button_settles_all_rows_and_says_how_to_take_it_back(intake: Import, browser: Client):
    address = f"/desk/cases/{intake.revision.case_id}/intake/{intake.pk}/"
    shown = browser.get(f"{address}?only=doubtful").content.decode()
    assert "Right as it is in all 2 rows" in shown

    value = " ".join(("people", *people(intake)[0]))
    answer = browser.post(f"{address}tables/1/", {"alike": value}, follow=True)

    assert "Settled in 2 rows." in answer.content.decode()
    assert doubtful(intake).count(True) == 1


@pytest.mark.parametrize("value", ["people nonsense", "nobody x", "people"])
def test_nonsense_settles_nothing(intake: Import, browser: Client, value: str):
    address = f"/desk/cases/{intake.revision.case_id}/intake/{intake.pk}/tables/1/"
    answer = browser.post(address, {"alike": value}, follow=True)

    assert answer.status_code == 200
    assert doubtful(intake).count(True) == 3


def test_value_that_every_row_lacks_is_asked_for_once():
    header = ("序号", "项目名称", "完成单位", "完成人", "奖励等级")
    rows = [("1", "海洋装备精密铸造关键技术", "宁波大学", "张三", "一等奖")] * 2
    intake = taken(draft(), sheet(rows, header, "名单"))
    client = Client(headers={"accept-language": "en"})
    client.force_login(
        factories.filler_of(intake.revision), backend="django.contrib.auth.backends.ModelBackend"
    )
    address = f"/desk/cases/{intake.revision.case_id}/intake/{intake.pk}/"
    shown = client.get(address).content.decode()
    assert "No column gives this: Programme, Class" in shown

    columns = {
        f"column-{at}": column["field"] for at, column in enumerate(intake.tables.get().columns)
    }
    given = {"constant-programme": "科学技术进步奖", "constant-award_class": "科技进步奖"}
    client.post(
        f"{address}tables/1/", {"kind": "awards", "constant-award_year": "2024", **columns, **given}
    )

    assert "No column gives this" not in client.get(address).content.decode()
    assert not any(line.is_faulty for line in lines(intake))
    assert "No column gives this" not in client.get(f"{address}?only=aside").content.decode()


def test_value_that_one_row_lacks_is_a_matter_of_that_row():
    rows = [*ROWS, ("4", "科学技术进步奖三等奖", "", "宁波大学", "张三")]
    intake = taken(draft(), sheet(rows, HEADER))
    client = Client(headers={"accept-language": "en"})
    client.force_login(
        factories.filler_of(intake.revision), backend="django.contrib.auth.backends.ModelBackend"
    )
    address = f"/desk/cases/{intake.revision.case_id}/intake/{intake.pk}/"

    assert "No column gives this" not in client.get(address).content.decode()
