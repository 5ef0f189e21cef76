"""What the tests of imports share: files of a few rows, taken in and read."""

import datetime as dt
import io
from collections.abc import Sequence

import xlsxwriter

from apps.accounts.models import User
from apps.cases.models import Revision
from apps.intake.imports.accepting import accept
from apps.intake.imports.comparing import compare
from apps.intake.imports.starting import take_in
from apps.intake.models import Acceptance, Import, ImportRow
from apps.intake.tasks import read_import
from tests import factories

HEADER = ("序号", "奖项类别", "项目名称", "完成单位", "完成人")
TITLE = "2022年度宁波市科学技术奖获奖项目名单"
ROWS = (
    ("1", "科学技术进步奖一等奖", "海洋装备精密铸造关键技术", "宁波大学、宁波材料所", "张三、李四"),
    ("2", "科学技术进步奖二等奖", "石化装置安全监测技术", "宁波工程学院", "王 五、赵六"),
    ("3", "科学技术进步奖三等奖", "杨梅保鲜与加工技术", "宁波市农科院", "钱七"),
)


def sheet(
    rows: Sequence[Sequence[object]] = ROWS,
    header: Sequence[str] = HEADER,
    title: str = TITLE,
) -> bytes:
    """Return a workbook with a title, a header and rows; the same ones give the same bytes."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.set_properties({"created": dt.datetime(2024, 1, 1, tzinfo=dt.UTC)})
        page = book.add_worksheet("名单")
        for number, row in enumerate([[title], header, *rows]):
            page.write_row(number, 0, row)
    return stream.getvalue()


def draft(rows: int = 0) -> Revision:
    """Return a draft award list of so many rows."""
    return factories.open_list("awards", rows)


def taken(revision: Revision, data: bytes | None = None, name: str = "名单.xlsx") -> Import:
    """Return an import of a file, read, by the person who fills the case."""
    intake = take_in(factories.filler_of(revision), revision, name, data or sheet())
    read_import(import_id=intake.pk)
    intake.refresh_from_db()
    return intake


def lines(intake: Import) -> list[ImportRow]:
    """Return the lines of an import in their order."""
    return list(
        ImportRow.objects.filter(table__intake=intake).order_by("table__number", "position", "pk")
    )


def accepted(intake: Import, actor: User | None = None) -> Acceptance:
    """Accept an import as it stands."""
    intake.refresh_from_db()
    person = actor or factories.filler_of(intake.revision)
    return accept(person, intake.pk, compare(intake).digest)
