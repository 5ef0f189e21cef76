"""A draft's list as a file, to be changed in a spreadsheet and taken in again. Thin."""

from itertools import chain
from urllib.parse import unquote_plus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.accounts.audit import record_export
from apps.cases.desk.lists.filters import ListFilter
from apps.cases.desk.views.base import DeskRequest
from apps.cases.desk.views.lists import list_or_404, list_url
from apps.cases.errors import Refused
from apps.cases.spreadsheets import XLSX
from apps.intake.own.files import OwnList


@login_required
@never_cache
@require_safe
def list_file(request: DeskRequest, case_id: int, code: str, form: str) -> HttpResponseBase:
    """Send the rows that the address asks for, with their permanent ids, as CSV or Excel."""
    revision, kind = list_or_404(request, case_id, code)
    asked = ListFilter(revision, kind, request.GET)
    own = OwnList(kind, asked.rows())
    response: HttpResponseBase
    if form == "csv":
        lines = own.csv()
        # What goes wrong with the question is an answer, not a file that breaks off.
        begun = next(lines, b"")
        response = StreamingHttpResponse(
            chain([begun], lines), content_type="text/csv; charset=utf-8"
        )
    elif form == "xlsx":
        try:
            response = FileResponse(own.xlsx(), content_type=XLSX)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(list_url(revision, kind))
    else:
        raise Http404
    name = f"case-{case_id}-{code}-{timezone.localdate():%Y-%m-%d}.{form}"
    record_export(name, case=case_id, asked=unquote_plus(asked.kept)[:500])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
