"""The person's messages. Reading them marks nothing; a button does."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.cases.desk import queries
from apps.cases.desk.views.base import DeskRequest
from apps.cases.models import Notification

PER_PAGE = 50


@login_required
@require_safe
def notification_list(request: DeskRequest) -> HttpResponse:
    """List the person's messages, unread ones first."""
    pages = Paginator(queries.notifications_for(request.user), PER_PAGE)
    return render(
        request,
        "cases/notifications.html",
        {
            "page_obj": pages.get_page(request.GET.get("page")),
        },
    )


@login_required
@require_POST
def notification_open(request: DeskRequest, notification_id: int) -> HttpResponse:
    """Mark one message as read; go to its case unless the person stays in the list."""
    notification = get_object_or_404(
        Notification.objects.select_related("event__revision"),
        pk=notification_id,
        recipient=request.user,
    )
    _mark(request, notification.pk)
    if "stay" in request.POST:
        return redirect("desk:notifications")
    if notification.event is None:
        return redirect(notification.url)
    revision = notification.event.revision
    if queries.revisions_for(request.user).filter(pk=revision.pk).exists():
        return redirect("desk:revision", revision.case_id, revision.number)
    messages.info(request, _("The case of this message is no longer with you."))
    return redirect("desk:notifications")


@login_required
@require_POST
def notifications_read(request: DeskRequest) -> HttpResponse:
    """Mark all messages as read."""
    _mark(request)
    messages.success(request, _("All notifications are marked as read."))
    return redirect("desk:notifications")


def _mark(request: DeskRequest, *ids: int) -> None:
    """Mark the person's messages as read: those named, or all."""
    unread = Notification.objects.filter(recipient=request.user, read_at__isnull=True)
    if ids:
        unread = unread.filter(pk__in=ids)
    unread.update(read_at=timezone.now())
