"""Read a 5,000-row workbook with 300 faults: seconds and peak memory, each step by itself.

    python -m bench.workbook            makes a database of its own, measures, and removes it
Prints one line a step. The measure is all 300 faults in one pass under 10 s and 300 MB.
"""

import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

ROWS, FAULTS = 5_000, 300
WRONG = (
    "#REF!",
    "=A1",
    "9.13E+17",
    "二十",
    "2024-05-01",
    "118.6万元",
    "—",
    118.66777,
    True,
    "1.2.3",
)


def timed(name: str, step: Callable[[], Any]) -> Any:
    """Run a step, print its seconds and the peak memory of the process so far; return its result."""
    began = time.perf_counter()
    result = step()
    seconds = time.perf_counter() - began
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:32} {seconds:6.2f} s   peak {megabytes:4.0f} MB", flush=True)
    return result


@contextmanager
def database() -> Iterator[None]:
    """Make an empty database as the tests do, and remove it afterwards."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.test.utils import get_runner, setup_test_environment

    django.setup()
    from django.conf import settings

    setup_test_environment()
    runner = get_runner(settings)(verbosity=0, interactive=False)
    made = runner.setup_databases()
    yield
    runner.teardown_databases(made)


def make_return() -> Any:
    """Return a draft of 5,000 lines, half of them with a figure."""
    from apps.cases.domain.records import add_records
    from apps.districts.kind import INDICATOR_VALUE
    from apps.registry.models import Indicator
    from tests import factories

    factories.indicator("line-0")
    model = Indicator.objects.get(code="line-0")
    Indicator.objects.bulk_create(
        Indicator(
            code=f"line-{n}",
            name=f"指标{n}",
            name_en=f"Line {n}",
            units=model.units,
            value_type=model.value_type,
            precision=2,
            measure=model.measure,
            section=f"第{n // 100}部分",
            section_en=f"Part {n // 100}",
            source=model.source,
            asked_of=model.asked_of,
            order=n,
            definition="当年经认定机构认定并公告的数量。是否包含期满后的重新认定，填报时应当写明。",
        )
        for n in range(1, ROWS)
    )
    revision = factories.open_return(rows=0, year=2024)
    lines = Indicator.objects.order_by("order")[: ROWS // 2]
    add_records(
        factories.filler_of(revision),
        revision.pk,
        INDICATOR_VALUE,
        [
            factories.figure_values(n, indicator=line, period="2024", scope="whole")
            for n, line in enumerate(lines)
        ],
    )
    return factories.fresh(revision)


def spoil(data: bytes) -> bytes:
    """Return the workbook with 300 faulty cells and 1,000 changed ones."""
    from openpyxl import load_workbook

    book = load_workbook(BytesIO(data))
    sheet = book.worksheets[0]
    rows = [
        n for n in range(1, sheet.max_row + 1) if str(sheet.cell(n, 1).value).startswith("line-")
    ]
    assert len(rows) == ROWS
    for number, row in enumerate(rows[: FAULTS * 10 : 10]):
        sheet.cell(row, 8).value = WRONG[number % len(WRONG)]
    for number, row in enumerate(rows[5::5]):
        if (number + 1) % 2:
            sheet.cell(row, 8).value = number + 0.25
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def measure() -> None:
    """Print every step."""
    from apps.districts.returns import read_return
    from apps.districts.workbook.comparing import compare
    from apps.districts.workbook.marking import mark_workbook
    from apps.districts.workbook.reading import read_sheet
    from apps.districts.workbook.storing import accept
    from apps.districts.workbook.writing import write_workbook
    from tests import factories

    draft = make_return()
    filler = factories.filler_of(draft)
    page = read_return(filler, draft)
    data = timed("download", lambda: write_workbook(page))
    same = compare(read_sheet(data), page)
    print(f"unchanged round trip: {same.total} differences, {same.unchanged} unchanged")
    spoiled = spoil(data)
    began = time.perf_counter()
    sheet = timed("read the upload", lambda: read_sheet(spoiled))
    result = timed("compare", lambda: compare(sheet, page))
    seconds = time.perf_counter() - began
    timed("mark", lambda: mark_workbook(spoiled, result.faults))
    timed("accept", lambda: accept(filler, draft, sheet, result.digest, {}))
    print(
        f"{ROWS} rows, {len(spoiled) / 1024**2:.1f} MB: {len(result.faults)} faults, "
        f"{len(result.changes)} changes in one pass of {seconds:.2f} s"
    )
    assert len(result.faults) == FAULTS


if __name__ == "__main__":
    with database():
        measure()
