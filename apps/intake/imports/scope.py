"""Who sees an import, who may change it now, and which kinds of row it may bring."""

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases import scope
from apps.cases.errors import WrongState
from apps.cases.kinds import kinds
from apps.cases.models import Revision
from apps.intake.models import Import
from apps.intake.synonyms import KINDS


def kinds_of(revision: Revision) -> list[str]:
    """Return the kinds of row that a table may bring into this case."""
    return [kind.code for kind in revision.case.kind_spec.records if kind.code in KINDS]


def imports_for(user: User) -> QuerySet[Import]:
    """Return the imports of the cases that ``user`` fills: nobody else sees what was not stored."""
    filled = [kind.code for kind in kinds.values() if user.has_role(kind.filled_by)]
    return Import.objects.filter(
        revision__in=Revision.objects.visible_to(user),
        revision__case__bureau=user.bureau_id,
        revision__case__kind__in=filled,
    )


def held(actor: User, import_id: int) -> Import:
    """Return the import, locked, if ``actor`` may review it now; count the change.

    Raises ``Import.DoesNotExist`` out of scope, ``Locked`` where the case is closed for writing,
    ``WrongState`` where the import is not under review.
    """
    intake = (
        imports_for(actor)
        .select_for_update(of=("self",))
        .select_related("revision__case__bureau")
        .get(pk=import_id)
    )
    scope.ensure_may_fill(actor, intake.revision)
    if not intake.is_open:
        raise WrongState(
            _("This import is %(state)s; its rows cannot be changed here.")
            % {"state": intake.get_state_display()}
        )
    Import.objects.filter(pk=intake.pk).update(version=F("version") + 1)
    intake.version += 1
    return intake
