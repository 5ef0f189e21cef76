"""Public notices 公示: what is about to be published, open to objection while the notice runs."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from apps.publications import queries
from apps.publications.answers import Gone, public_page
from apps.publications.listing import fit
from apps.publications.paging import page_of, paginate

# A notice is for the days it runs; no search engine keeps it.
NOT_INDEXED = "noindex, noarchive"


@public_page
def notices(request: HttpRequest) -> HttpResponseBase:
    """List what is on public notice now."""
    page = page_of(queries.on_notice(), request.GET.get("page"))
    response = render(request, "publications/notices.html", {"page_obj": page})
    response["X-Robots-Tag"] = NOT_INDEXED
    return response


@public_page
def notice(request: HttpRequest, case_id: int) -> HttpResponseBase:
    """Show a case on public notice; 410 once the notice is over, 404 where there was none."""
    shown = queries.on_notice().filter(case_id=case_id).first()
    if shown is None:
        if queries.was_on_notice(case_id):
            raise Gone(_("The public notice of this case is over."))
        raise Http404
    tables = []
    for kind in shown.case.kind_spec.public_records:
        table = kind.table(
            data=queries.rows_of(kind, shown),
            orderable=False,
            prefix=f"{kind.code}-",
            exclude=("report_year",),
        )
        paginate(table, request.GET.get(f"{kind.code}-page"))
        tables.append((kind, fit(table)))
    response = render(request, "publications/notice.html", {"revision": shown, "tables": tables})
    response["X-Robots-Tag"] = NOT_INDEXED
    return response
