"""What is measured beside: stock django-tables2 with django-filter, and the administration's list.

Both as their documentation shows them, on the same rows, without any middleware.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

TEMPLATE = (
    "{% load render_table from django_tables2 %}<!doctype html><title>Rows</title>"
    "<form>{{ filter.form.as_p }}</form>{% render_table table %}"
)


def set_up(directory: Path) -> None:
    """Set Django up, with the one template that the stock page has of its own."""
    import django
    from django.conf import settings

    templates = directory / "templates"
    templates.mkdir(exist_ok=True)
    (templates / "stock.html").write_text(TEMPLATE)
    settings.TEMPLATES[0]["DIRS"].append(templates)
    # Names of files without the manifest that collectstatic writes.
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    django.setup()


def stock_view() -> Callable[[Any], Any]:
    """Return the view of django-tables2 and django-filter."""
    import django_filters
    import django_tables2 as tables
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
            published = RosterEntry.objects.filter(revision__state="published")
            return published.select_related("district").order_by("pk")

    return EntryList.as_view()


def stock() -> Callable[[str], bytes]:
    """Return what makes the stock page of a query string."""
    from django.contrib.auth.models import AnonymousUser
    from django.test import RequestFactory

    view, factory = stock_view(), RequestFactory()

    def page(query: str) -> bytes:
        request = factory.get(f"/?{query}")
        request.user = AnonymousUser()
        body: bytes = view(request).render().content
        return body

    return page


def administration() -> Callable[[str], bytes]:
    """Return what makes the administration's list of a query string, as a superuser sees it."""
    from django.contrib.admin import AdminSite, ModelAdmin
    from django.template.response import TemplateResponse
    from django.test import RequestFactory

    from apps.accounts.models import User
    from apps.enterprises.models import RosterEntry

    class EntryAdmin(ModelAdmin):
        list_display = ("organisation", "roster", "year", "district", "certificate_number")
        list_select_related = ("district",)
        list_filter = ("district", "year")
        search_fields = ("organisation",)
        list_per_page = 50

    own = AdminSite(name="admin")
    listed, factory = EntryAdmin(RosterEntry, own), RequestFactory()
    person = User(pk=0, username="bench", is_active=True)
    for name in ("has_perm", "has_module_perms", "has_perms"):
        setattr(person, name, lambda *args, **kwargs: True)

    def page(query: str) -> bytes:
        request = factory.get(f"/?{query}")
        request.user = person
        found = listed.get_changelist_instance(request)
        # The page's own template asks for links that no site serves here: rows and head only.
        rows = [
            [str(getattr(row, name)) for name in listed.list_display] for row in found.result_list
        ]
        filters = [list(part.choices(found)) for part in found.filter_specs]
        assert TemplateResponse
        return repr((rows, filters, found.result_count)).encode()

    return page


_page: list[Callable[[str], bytes]] = []


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Serve the stock page."""
    from django.core.signals import request_finished, request_started

    if not _page:
        set_up(Path(os.environ["YONGKE_VAR"]))
        _page.append(stock())
    request_started.send(sender=None, environ=environ)
    body = _page[0](environ["QUERY_STRING"])
    request_finished.send(sender=None)
    start_response(
        "200 OK",
        [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))],
    )
    return [body]
