"""What accepting would do, in words: what stood there and what will."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from apps.intake.comparison import changes_of
from apps.intake.imports.comparing import compare
from apps.intake.models import Import
from apps.intake.places import places_of
from tests import factories
from tests.intake.imports.support import accepted, taken

pytestmark = pytest.mark.django_db


def roster(count: int, district: str) -> bytes:
    """A list of firms, all of one district."""
    firms = [f"{n},2023,宁波第{n}机械有限公司,{district}" for n in range(1, count + 1)]
    return "\n".join(
        ["2023年宁波市高新技术企业名单", "序号,年度,企业名称,所属区县", *firms]
    ).encode()


def moved(count: int) -> Import:
    """A list of firms that come again, each in another district."""
    revision = factories.open_list("roster-entries", 0, subject=f"高新技术企业{count}")
    accepted(taken(revision, roster(count, "海曙区"), "一.csv"))
    return taken(revision, roster(count, "鄞州区"), "二.csv")


@pytest.fixture(autouse=True)
def districts() -> None:
    factories.district("haishu")
    factories.district("yinzhou")


def test_a_relation_is_said_by_its_name() -> None:
    result = compare(moved(2))

    with override("zh-hans"):
        said = changes_of(result.changes, places_of([item.line for item in result.changes]))

    assert [[(each["before"], each["after"]) for each in change["changes"]] for change in said] == [
        [("海曙区", "鄞州区")]
    ] * 2


def test_what_stood_there_is_asked_once_for_all_rows() -> None:
    def queries(count: int) -> int:
        result = compare(moved(count))
        places = places_of([item.line for item in result.changes])
        with CaptureQueriesContext(connection) as captured:
            assert len(changes_of(result.changes, places)) == count
        return len(captured)

    assert queries(2) == queries(20) == 1
