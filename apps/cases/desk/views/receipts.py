"""The receipt of a report, as a page and as a PDF, for those who may see the case."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.cases.desk import queries
from apps.cases.desk.views.base import DeskRequest, crumbs
from apps.cases.models import Event
from apps.cases.receipts import SIGNED, NoChineseFont, chinese_fonts, receipt_of, receipt_pdf


def _event_or_404(request: DeskRequest, case_id: int, event_id: int) -> Event:
    """Return a report of a case in scope. One query."""
    event = (
        Event.objects.filter(
            pk=event_id,
            transition=SIGNED,
            revision__in=queries.revisions_for(request.user).filter(case_id=case_id),
        )
        .select_related("revision__case__bureau")
        .first()
    )
    if event is None:
        raise Http404
    return event


@login_required
@require_safe
def receipt(request: DeskRequest, case_id: int, event_id: int) -> HttpResponse:
    """Show the receipt to be read or printed; without a Chinese font it is all there is."""
    return _page(request, _event_or_404(request, case_id, event_id))


@login_required
@require_safe
def receipt_file(request: DeskRequest, case_id: int, event_id: int) -> HttpResponse:
    """Send the receipt as PDF; where no Chinese font is installed, its page with the reason."""
    event = _event_or_404(request, case_id, event_id)
    made = receipt_of(event)
    try:
        content = receipt_pdf(event, made)
    except NoChineseFont:
        return _page(request, event, status=503)
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{made.file_name}"',
            "Cache-Control": "private, no-cache",
        },
    )


def _page(request: DeskRequest, event: Event, status: int = 200) -> HttpResponse:
    return render(
        request,
        "cases/receipt.html",
        {
            "revision": event.revision,
            "case": event.revision.case,
            "event": event,
            "receipt": receipt_of(event),
            "has_font": bool(chinese_fonts()),
            "crumbs": crumbs(event.revision, _("Receipt")),
        },
        status=status,
    )
