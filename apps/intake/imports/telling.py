"""Telling the person who took a file in that it was read or stored, or that it could not be."""

from django.urls import reverse
from django.utils.translation import gettext_noop as _

from apps.cases.models import Notification
from apps.intake.models import Import, ImportState

SAID: dict[str, str] = {
    ImportState.READ: _("%(name)s was read and waits for your review."),
    ImportState.ACCEPTED: _("The rows of %(name)s were stored in the case."),
    ImportState.FAILED: _("%(name)s could not be taken in."),
}
NOT_STORED = _("The rows of %(name)s were not stored; look at the import again.")


def tell(intake: Import) -> None:
    """Notify the person how his import has come out, with the way to it."""
    text = SAID.get(intake.state)
    if text is None:
        return
    if intake.state == ImportState.READ and intake.refusals:
        text = NOT_STORED
    Notification.objects.create(
        recipient=intake.started_by,
        text=text,
        params={"name": intake.name},
        url=reverse("intake:import", args=[intake.revision.case_id, intake.pk]),
    )
