"""How long the public lists take, beside what they are measured against.

    python -m bench.public                 # 100,000 rows
    python -m bench.public --rows 1000000

starts a database of its own in a temporary directory and removes it again (``--keep DIR`` keeps
it, and goes on with what stands there). Beside each page of ours stand, on the same rows in the
same run: (a) the floor: psycopg and an f-string; (b) stock django-tables2 with django-filter and
``icontains``, as their documentation shows; (c) the list of Django's administration.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

RUNS = 7


def timed(work: Callable[[], object], runs: int = RUNS) -> float:
    """Return the median of ``runs`` times in milliseconds, after one that is not counted."""
    work()
    times = []
    for _run in range(runs):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def ours(query: str) -> Callable[[], object]:
    """Return what asks our own page, through every middleware and template."""
    from django.test import Client

    client = Client()

    def ask() -> object:
        response = client.get(f"/enterprises/?{query}")
        assert response.status_code == 200, (query, response.status_code)
        return b"".join(response.streaming_content) if response.streaming else response.content

    return ask


def floor(where: str, params: list[Any], offset: int = 0) -> Callable[[], object]:
    """Return what asks the rows by psycopg and writes them with an f-string."""
    from django.db import connection

    sql = f"""
        SELECT organisation, roster, year, district_id, certificate_number, credit_code
        FROM enterprises_rosterentry WHERE {where}
        ORDER BY list_place, position, uid LIMIT 50 OFFSET {offset}"""

    def ask() -> object:
        connection.ensure_connection()
        rows = connection.connection.execute(sql, params).fetchall()
        return "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)

    return ask


def stock() -> Callable[[str], Callable[[], object]]:
    """Return what makes a page as the documentation of django-tables2 and django-filter does."""
    import django_filters
    import django_tables2 as tables
    from django.contrib.auth.models import AnonymousUser
    from django.test import RequestFactory
    from django_filters.views import FilterView

    from apps.enterprises.models import RosterEntry

    class EntryTable(tables.Table):
        class Meta:
            model = RosterEntry
            template_name = "django_tables2/bootstrap5.html"
            fields = ("organisation", "roster", "year", "district", "certificate_number")

    class EntryFilter(django_filters.FilterSet):
        organisation = django_filters.CharFilter(lookup_expr="icontains")

        class Meta:
            model = RosterEntry
            fields = ("organisation", "district", "year")

    class EntryList(tables.SingleTableMixin, FilterView):
        table_class = EntryTable
        filterset_class = EntryFilter
        paginate_by = 50
        template_name = "stock.html"

        def get_queryset(self) -> Any:
            return RosterEntry.objects.filter(revision__state="published").order_by("pk")

    view = EntryList.as_view()
    factory = RequestFactory()

    def page(query: str) -> Callable[[], object]:
        def ask() -> object:
            request = factory.get(f"/?{query}")
            request.user = AnonymousUser()
            return view(request).render().content

        return ask

    return page


def admin() -> Callable[[str], Callable[[], object]]:
    """Return what makes the administration's list of the same rows."""
    from django.contrib.admin import ModelAdmin, site
    from django.test import RequestFactory

    from apps.accounts.models import User
    from apps.enterprises.models import RosterEntry

    class EntryAdmin(ModelAdmin):
        list_display = ("organisation", "roster", "year", "district", "certificate_number")
        list_filter = ("district", "year")
        search_fields = ("organisation",)
        list_per_page = 50

    listed = EntryAdmin(RosterEntry, site)
    factory = RequestFactory()
    person = User(username="bench", is_active=True)
    person.has_perm = lambda *args, **kwargs: True  # type: ignore[method-assign]

    def page(query: str) -> Callable[[], object]:
        def ask() -> object:
            request = factory.get(f"/?{query}")
            request.user = person
            return listed.get_changelist_instance(request).result_list._fetch_all()

        return ask

    return page


def exports() -> None:
    """Print how long the files take beside COPY."""
    from django.db import connection

    def copied() -> None:
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY (SELECT * FROM enterprises_rosterentry) TO STDOUT CSV") as copy,
        ):
            for _part in copy:
                pass

    base = timed(copied, 1)
    print(f"COPY TO of all columns: {base:,.0f} ms")
    for form in ("csv", "xlsx"):
        taken = timed(ours(f"_export={form}"), 1)
        print(f"{form}: {taken:,.0f} ms, {taken / base:.1f} × COPY")


def measure(rows: int) -> None:
    """Print a line for each question: ours, floor, stock, administration, and the ratios."""
    from django.db import connection

    from apps.registry.models import District

    district = District.objects.exclude(kind="city").order_by("pk").first()
    assert district is not None
    stock_page, admin_page = stock(), admin()
    public = "revision_id IN (SELECT id FROM cases_revision WHERE state = 'published')"
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    # Our pages are numbered as far as the 200th.
    far = max(1, min(200, rows // 50))
    questions = [
        ("first page", "", public, [], 0, "", ""),
        (
            "filtered",
            f"district={district.slug}",
            f"{public} AND district_id = %s",
            [district.pk],
            0,
            f"district={district.pk}",
            f"district__id__exact={district.pk}",
        ),
        (f"page {far}", f"page={far}", public, [], 50 * (far - 1), f"page={far}", f"p={far}"),
    ]
    for name, word in [
        ("2 characters", "江丰"),
        ("4 characters", "江丰科技"),
        ("no hit", "魑魅魍魉"),
        ("a word of many rows", "科技"),
        ("every row", "有限公司"),
        ("initials", "jfkj"),
    ]:
        questions.append(
            (
                name,
                f"q={word}",
                f"{public} AND strpos(search_text, %s) > 0",
                [word],
                0,
                f"organisation={word}",
                f"q={word}",
            )
        )
    print(f"{'':22}{'ours':>9}{'floor':>9}{'stock':>9}{'admin':>9}   stock/ours")
    for name, query, where, params, offset, stock_query, admin_query in questions:
        our = timed(ours(query))
        low = timed(floor(where, params, offset))
        high = timed(stock_page(stock_query), 3)
        list_of_admin = timed(admin_page(admin_query), 3)
        print(
            f"{name:22}{our:8.1f} {low:8.1f} {high:8.1f} {list_of_admin:8.1f}   {high / our:.1f}",
            flush=True,
        )


def main() -> int:
    """Make the rows where they are missing, and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="a directory whose database is used again")
    options = parser.parse_args()
    from config.postgres import SERVING, Server

    directory = options.keep or Path(tempfile.mkdtemp(prefix="yongke-bench-"))
    directory.mkdir(parents=True, exist_ok=True)
    server = Server(directory / "postgres", SERVING)
    server.start(tied=True)
    os.environ |= {
        "DATABASE_URL": server.url,
        "YONGKE_VAR": str(directory),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "YONGKE_ALLOWED_HOSTS": "testserver",
    }
    templates = directory / "templates"
    templates.mkdir(exist_ok=True)
    (templates / "stock.html").write_text(
        "{% load render_table from django_tables2 %}<form>{{ filter.form.as_p }}</form>{% render_table table %}"
    )
    try:
        import django
        from django.conf import settings
        from django.core.management import call_command

        settings.TEMPLATES[0]["DIRS"].append(templates)
        # Names of files without the manifest that collectstatic writes.
        settings.STORAGES["staticfiles"] = {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        }
        django.setup()
        from apps.enterprises.models import RosterEntry

        call_command("migrate", verbosity=0)
        missing = options.rows - RosterEntry.objects.count()
        if missing > 0:
            call_command("make_benchmark_data", rows=missing)
        print(f"{RosterEntry.objects.count():,} rows; load {os.getloadavg()[0]:.1f}; ms, median")
        measure(options.rows)
        exports()
    finally:
        server.stop()
        if options.keep is None:
            shutil.rmtree(directory, ignore_errors=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
