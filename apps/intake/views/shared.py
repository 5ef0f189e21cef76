"""What every page of an import begins with: the import in scope, its address, its way."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.cases.desk.views.base import DeskRequest, crumbs
from apps.cases.models import State
from apps.intake import queries, sentences
from apps.intake.models import Import


def import_or_404(request: DeskRequest, case_id: int, import_id: int) -> Import:
    """Return an import in the person's scope; what is out of scope does not exist for him."""
    try:
        return queries.find_import(request.user, case_id, import_id)
    except Import.DoesNotExist as error:
        raise Http404 from error


def url_of(intake: Import, name: str = "import", *args: Any) -> str:
    """Return the address of an import's page."""
    return reverse(f"intake:{name}", args=[intake.revision.case_id, intake.pk, *args])


def outcome_of(intake: Import) -> dict[str, Any]:
    """Return what became of an import: how it was stored last, and who took that back. One query."""
    last = intake.acceptances.select_related("by", "undone_by").last()
    is_standing = last is not None and last.undone_at is None
    return {
        "acceptance": last if is_standing else None,
        "undone": None if is_standing else last,
        "is_draft": intake.revision.state == State.DRAFT,
    }


def context_of(intake: Import, *last: str) -> dict[str, Any]:
    """Return what every page of an import knows."""
    way = crumbs(intake.revision, _("Take in a table"))
    way[-1]["url"] = reverse("intake:start", args=[intake.revision.case_id])
    if last:
        way += [{"url": url_of(intake), "label": intake.name}]
    way += [{"url": "", "label": label} for label in last or (intake.name,)]
    return {
        "intake": intake,
        "case": intake.revision.case,
        "crumbs": way,
        "said": [
            sentences.refusal(each["code"], each["params"], each["where"])
            for each in intake.refusals
        ],
    }
