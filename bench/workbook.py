"""Read a 5,000-row workbook with 300 faults: seconds and peak memory, each step by itself.

    python -m bench.workbook            makes a database of its own, measures, and removes it
Prints one line a step. The measure is all 300 faults in one pass under 10 s and 300 MB.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROWS, FAULTS = 5_000, 300
SPOIL, MEASURE = "--spoil", "--measure"
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


def peak() -> float:
    """Return the most memory this process has held, in MB; not that of the one which started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def timed(name: str, step: Callable[[], Any]) -> Any:
    """Run a step, print its seconds and the peak memory of the process so far; return its result."""
    began, worked = time.perf_counter(), time.process_time()
    result = step()
    seconds, busy = time.perf_counter() - began, time.process_time() - worked
    megabytes = peak()
    print(
        f"{name:32} {seconds:6.2f} s ({busy:5.2f} s of processor)   peak {megabytes:4.0f} MB",
        flush=True,
    )
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


def spoil_elsewhere(data: bytes) -> bytes:
    """Return what ``spoil`` does, done by a process of its own: it is the clerk's work, not ours."""
    command = [sys.executable, "-m", "bench.workbook", SPOIL]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


def measure(revision_id: int, filler_id: int) -> None:
    """Print every step. Run in a process of its own, under the settings of an installation."""
    import django

    django.setup()
    from apps.accounts.models import User
    from apps.cases.models import Revision
    from apps.districts.returns import read_return
    from apps.districts.workbook.comparing import compare
    from apps.districts.workbook.marking import mark_workbook
    from apps.districts.workbook.reading import read_sheet
    from apps.districts.workbook.storing import accept
    from apps.districts.workbook.writing import write_workbook

    import_module("config.urls")
    draft = Revision.objects.select_related("case__bureau").get(pk=revision_id)
    filler = User.objects.get(pk=filler_id)
    timed("the application, idle", lambda: None)
    page = timed("read the return", lambda: read_return(filler, draft))
    data = timed("download", lambda: write_workbook(page))
    same = compare(read_sheet(data), page)
    print(f"unchanged round trip: {same.total} differences, {same.unchanged} unchanged")
    del same
    spoiled = spoil_elsewhere(data)
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


def measure_elsewhere() -> None:
    """Make the return here and measure in a process that serves only: tests and data cost memory."""
    from django.db import connection

    from tests import factories

    draft = make_return()
    made = urlsplit(os.environ["DATABASE_URL"])
    address = urlunsplit(made._replace(path=f"/{connection.settings_dict['NAME']}"))
    subprocess.run(
        [
            sys.executable,
            "-m",
            "bench.workbook",
            MEASURE,
            str(draft.pk),
            str(factories.filler_of(draft).pk),
        ],
        env={**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings"},
        check=True,
    )


if __name__ == "__main__":
    if sys.argv[1:] == [SPOIL]:
        sys.stdout.buffer.write(spoil(sys.stdin.buffer.read()))
    elif sys.argv[1:2] == [MEASURE]:
        measure(*map(int, sys.argv[2:]))
    else:
        with database():
            measure_elsewhere()
