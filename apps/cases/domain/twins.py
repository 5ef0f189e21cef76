"""Saying that two rows of two lists are one project, or that they are not."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases.domain.organisations import may_keep
from apps.cases.errors import NotAllowed, Refused, WrongState
from apps.cases.models import Twin, TwinAnswer


@transaction.atomic
def answer_twin(actor: User, twin_id: int, answer: str, seen: str | None = None) -> Twin:
    """Take an answer about a pair; a blank one takes the former back.

    ``seen`` is the answer that stood when the person looked, where he did: another one that
    somebody gave since is not overwritten unseen.

    In one transaction: the pair held, the answer with who and when; by trigger the audit's entry.
    No row changes. The same answer given again does nothing. Raises ``Twin.DoesNotExist``,
    ``NotAllowed`` for anyone but who keeps the organisations, ``Refused`` for no such answer,
    ``WrongState`` where it was answered since.
    """
    if not may_keep(actor):
        raise NotAllowed(_("Only the city's editors decide which rows are one project."))
    if answer and answer not in TwinAnswer.values:
        raise Refused(_("Say that they are one project, or two."))
    twin = Twin.objects.select_for_update().get(pk=twin_id)
    if twin.answer != answer:
        if seen is not None and twin.answer != seen:
            raise WrongState(
                _("This pair was answered meanwhile. Look at the answer, then decide.")
            )
        twin.answer = answer
        twin.answered_by = actor if answer else None
        twin.answered_at = timezone.now() if answer else None
        twin.save(update_fields=["answer", "answered_by", "answered_at"])
    return twin
