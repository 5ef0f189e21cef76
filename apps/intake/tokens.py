"""Access tokens of the intake's interface: made, looked up at each request, revoked."""

import datetime as dt
import hashlib
import secrets

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import audit
from apps.accounts.models import EventKind, Role, User
from apps.accounts.passwords import must_change_password
from apps.accounts.second_factor import lacks_second_factor
from apps.cases.errors import NotAllowed, Refused, TooMany
from apps.cases.kinds import kinds
from apps.intake.models import ApiToken

PREFIX = "ykt_"
MOST_DAYS = 365
MOST_TOKENS = 10


class BadToken(Exception):
    """The token says nothing, or nothing any more. The reason is not told to who holds it."""


def digest_of(key: str) -> str:
    """Return what is kept of a key. It has 256 random bits: no slow hash is needed."""
    return hashlib.sha256(key.encode()).hexdigest()


def roles_of(user: User) -> list[Role]:
    """Return the roles of ``user`` that fill cases: only these hand tables in."""
    filling = {Role(kind.filled_by) for kind in kinds.values()}
    return [role for role in Role if role in filling and user.has_role(role)]


@transaction.atomic
def make_token(user: User, name: str, role: str, days: int) -> tuple[ApiToken, str]:
    """Return a new token and its key, which is known this once. The security log notes it.

    Raises ``NotAllowed`` where the person does not hold the role or lacks his second factor,
    ``Refused`` for a name, a term or a number of tokens that cannot be.
    """
    user = User.objects.select_for_update(of=("self",)).select_related("bureau").get(pk=user.pk)
    if role not in roles_of(user) or user.bureau is None or lacks_second_factor(user):
        raise NotAllowed(_("Your account does not hand tables in with this role."))
    name = " ".join(name.split())[:60]
    if not name or not 1 <= days <= MOST_DAYS:
        raise Refused(
            _("Say what the token is for, and for how many days it is valid (1 to %(most)s).")
            % {"most": MOST_DAYS}
        )
    standing = user.api_tokens.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())
    if standing.count() >= MOST_TOKENS:
        raise Refused(
            _("You have %(most)s tokens already. Revoke one that is no longer needed.")
            % {"most": MOST_TOKENS}
        )
    key = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        role=role,
        bureau=user.bureau,
        name=name,
        digest=digest_of(key),
        hint=key[:12],
        expires_at=timezone.now() + dt.timedelta(days=days),
    )
    audit.record(
        EventKind.TOKEN_MADE,
        actor=user,
        subject=user,
        detail={"token": token.hint, "role": role, "days": days},
    )
    return token, key


@transaction.atomic
def revoke_token(user: User, token_id: int) -> ApiToken:
    """End a token of one's own at once. Raises ``ApiToken.DoesNotExist``. Twice is once."""
    token = ApiToken.objects.select_for_update().get(pk=token_id, user=user)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        audit.record(
            EventKind.TOKEN_REVOKED, actor=user, subject=user, detail={"token": token.hint}
        )
    return token


def holder_of(key: str) -> tuple[User, ApiToken]:
    """Return who hands in with this key, in the token's one role, and the token.

    Raises ``BadToken`` where it is unknown, revoked or expired, where the person has left, holds
    the role no longer, works for another bureau, lacks his second factor or has to change his
    password; ``TooMany`` where it has come too often within the minute.
    """
    token = (
        ApiToken.objects.select_related("user__bureau").filter(digest=digest_of(key)).first()
        if key.startswith(PREFIX)
        else None
    )
    if token is None or not token.is_valid:
        raise BadToken
    user = token.user
    if (
        not user.has_role(token.role)
        or user.bureau_id != token.bureau_id
        or lacks_second_factor(user)
        or must_change_password(user)
    ):
        raise BadToken
    _count(token)
    # For this request the person holds the token's role alone. Never saved.
    user.roles = [token.role]
    return user, token


def _count(token: ApiToken) -> None:
    """Count a request; exact however many processes there are. Raises ``TooMany``."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE intake_apitoken SET
                last_used_at = now(),
                minute_count = CASE WHEN minute_at = date_trunc('minute', now())
                    THEN minute_count + 1 ELSE 1 END,
                minute_at = date_trunc('minute', now())
            WHERE id = %s RETURNING minute_count
            """,
            [token.pk],
        )
        (count,) = cursor.fetchone()
    if count > settings.INTAKE_CALLS_PER_MINUTE:
        raise TooMany(_("Too many requests within a minute. Wait a minute, then go on."))
