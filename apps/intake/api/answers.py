"""What goes out: refusals as sentences with a code and a cure, imports as plain values."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from apps.cases.desk.values import words
from apps.cases.errors import (
    Invalid,
    Locked,
    NotAllowed,
    StaleRecord,
    TooMany,
    WorkflowError,
    WrongState,
)
from apps.cases.kinds import record_kinds
from apps.cases.models import LongChange
from apps.intake import sentences
from apps.intake.imports.accepting import Moved
from apps.intake.imports.comparing import Comparison, Fault, Item
from apps.intake.models import Import, ImportState
from apps.intake.queries import tables_of
from apps.intake.tokens import BadToken

# Kind of refusal -> code, status. The first that fits.
CODES: tuple[tuple[type[WorkflowError], str, int], ...] = (
    (TooMany, "too_many", 429),
    (NotAllowed, "not_allowed", 403),
    (Locked, "locked", 409),
    (Moved, "moved", 409),
    (StaleRecord, "moved", 409),
    (WrongState, "wrong_state", 409),
    (Invalid, "invalid", 422),
    (WorkflowError, "refused", 422),
)
CURES = {
    "too_many": gettext_noop("Wait as long as the header Retry-After says, then send it again."),
    "not_allowed": gettext_noop("Use a token of a person who fills this case."),
    "locked": gettext_noop("Ask the city to return the case, or choose one that is a draft."),
    "moved": gettext_noop("Ask for the comparison again, look at it, and accept its digest."),
    "wrong_state": gettext_noop("Look at the state of the import, and do what it allows."),
    "invalid": gettext_noop("Correct the file, and hand it in anew."),
    "refused": gettext_noop("Correct what the sentence names, and send it again."),
    "no_token": gettext_noop("Make a token at the desk, and send it as “Authorization: Bearer …”."),
    "not_found": gettext_noop(
        "Ask for the cases that this token fills, and use one of their numbers."
    ),
    "bad_request": gettext_noop("Send what the description of the interface asks for."),
}


class Problem(APIException):
    """What is wrong with a request, by its code."""

    def __init__(self, code: str, detail: str, status: int = 400) -> None:
        """Keep the sentence."""
        self.status_code = status
        self.problem = code
        super().__init__(detail)


def refuse(code: str, detail: str, status: int) -> Response:
    """Return a refusal: its code, a sentence, its cure."""
    response = Response({"code": code, "detail": detail, "cure": _(CURES[code])}, status=status)
    if status == 429:
        response["Retry-After"] = "60"
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="intake"'
    return response


def answer_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn whatever went wrong into JSON. None: a fault of ours, which answers 500."""
    if isinstance(error, BadToken):
        text = _("This token is unknown, or valid no longer.")
        return refuse("no_token", text, 401)
    if isinstance(error, WorkflowError):
        code, status = next((c, s) for kind, c, s in CODES if isinstance(error, kind))
        return refuse(code, str(error), status)
    if isinstance(error, Http404):
        return refuse("not_found", _("There is no such thing among what this token fills."), 404)
    if isinstance(error, Problem):
        return refuse(error.problem, str(error.detail), error.status_code)
    if isinstance(error, APIException):
        return refuse("bad_request", str(error.detail), error.status_code)
    return None


def import_url(request: Request, intake: Import, name: str = "import") -> str:
    """Return the address of an import or of something about it."""
    return request.build_absolute_uri(reverse(f"intake-api:{name}", args=[intake.pk]))


def status_of_import(request: Request, intake: Import) -> dict[str, Any]:
    """Return where an import stands, with what is wrong with its file."""
    is_there = intake.state not in {ImportState.WAITING, ImportState.READING}
    tables = tables_of(intake) if is_there else []
    refusals = list(intake.refusals)
    if intake.is_open and not any(table.is_taken for table in tables):
        refusals.append({"code": "not-of-case", "params": {}, "where": ""})
    return {
        "import": intake.pk,
        "case": intake.revision.case_id,
        "file": intake.name,
        "sha256": intake.source_id,
        "state": intake.state,
        "state_in_words": intake.get_state_display(),
        "rows_read": intake.rows_read,
        "rows_total": intake.rows_total,
        "tables": [
            {
                "number": table.number,
                "kind": table.kind,
                "title": table.title,
                "is_taken": table.is_taken,
                "rows": table.rows_count,  # type: ignore[attr-defined]
                "doubtful": table.doubtful,  # type: ignore[attr-defined]
                "faulty": table.faulty,  # type: ignore[attr-defined]
                "set_aside": table.aside,  # type: ignore[attr-defined]
            }
            for table in tables
        ],
        "faults": [
            {
                "code": each["code"],
                "detail": sentences.refusal(each["code"], each["params"]),
                "where": sentences.place(each["where"]),
            }
            for each in refusals
        ],
        "url": import_url(request, intake),
        "comparison_url": import_url(request, intake, "comparison") if intake.is_open else "",
        "page_url": request.build_absolute_uri(
            reverse("intake:import", args=[intake.revision.case_id, intake.pk])
        ),
    }


def undoing_as_json(change: LongChange) -> dict[str, Any]:
    """Return where the undoing of many rows stands."""
    return {
        "undoing": change.state,
        "undoing_in_words": change.get_state_display(),
        "rows_done": change.done,
        "rows_total": change.total,
        "left": change.result.get("left", []),
        "left_count": change.result.get("left_count", 0),
        "detail": change.failure,
    }


def comparison_as_json(result: Comparison) -> dict[str, Any]:
    """Return what accepting would do. Of long lists the first hundred; all are counted."""
    return {
        **result.counts,
        "doubtful": result.doubtful,
        "faulty": result.faulty,
        "changes": [_change(item) for item in result.changes],
        "missing_rows": result.missing_rows,
        "lacking": [
            {"table": each.table.number, "field": each.name, "rows": each.rows}
            for each in result.lacking
        ],
        "faults": [_fault(fault) for fault in result.faults],
        "can_be_accepted": bool(result.total) and not result.faulty,
        "digest": result.digest,
    }


def _change(item: Item) -> dict[str, Any]:
    return {
        "id": str(item.uid),
        "line": item.line.line,
        "fields": {
            name: {"before": words(before), "after": words(after)}
            for name, (before, after) in item.changes.items()
        },
    }


def _fault(fault: Fault) -> dict[str, Any]:
    kind = record_kinds[fault.line.table.kind]
    return {
        "table": fault.line.table.number,
        "line": fault.line.line,
        "field": fault.name if fault.name in kind.fields else "",
        "detail": fault.text,
    }
