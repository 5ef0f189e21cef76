"""A file handed in once, however often it is sent."""

import datetime as dt
import hashlib

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases.errors import Refused, TooMany
from apps.cases.models import Revision
from apps.intake.imports.starting import take_in
from apps.intake.models import ApiToken, Delivery, Import

LONGEST_KEY = 100


@transaction.atomic
def deliver(
    user: User,
    token: ApiToken,
    key: str,
    revision: Revision,
    name: str,
    data: bytes,
    kind: str,
) -> tuple[Import, bool]:
    """Take a file in under the sender's ``key``; return its import, and whether it is new.

    The same key with the same content gives the import that it made. Raises as ``take_in`` does;
    ``Refused`` where the key stands for another content; ``TooMany`` where the token has handed
    in too many files within the hour.
    """
    digest = hashlib.sha256(
        b"\0".join([str(revision.pk).encode(), kind.encode(), name.encode(), data])
    ).hexdigest()
    with connection.cursor() as cursor:
        # Two of one key at once: the second waits, and finds the first.
        cursor.execute("SELECT pg_advisory_xact_lock(7301100, %s)", [user.pk])
    known = Delivery.objects.select_related("intake").filter(user=user, key=key).first()
    if known is not None:
        if known.digest != digest:
            raise Refused(
                _("This Idempotency-Key stands for another file or case. Choose a new one.")
            )
        return known.intake, False
    since = timezone.now() - dt.timedelta(hours=1)
    if Delivery.objects.filter(token=token, at__gt=since).count() >= settings.INTAKE_FILES_PER_HOUR:
        raise TooMany(_("Too many files were handed in with this token within an hour."))
    intake = take_in(user, revision, name, data, kind)
    Delivery.objects.create(user=user, key=key, digest=digest, intake=intake, token=token)
    return intake, True
