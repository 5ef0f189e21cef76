"""Views of the queue and of long lists that a person keeps under a name."""

from urllib.parse import parse_qsl, urlencode

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases.errors import Refused
from apps.cases.models import SavedView

MOST_VIEWS = 30


@transaction.atomic
def keep_view(
    owner: User, name: str, query: str, known: frozenset[str], place: str = SavedView.QUEUE
) -> SavedView:
    """Keep a view of ``place`` under a name of the person's own.

    Of ``query`` only the parameters in ``known`` are kept. Raises ``Refused`` where the name is
    missing or taken, or where there are too many.
    """
    User.objects.select_for_update().get(pk=owner.pk)
    if SavedView.objects.filter(owner=owner).count() >= MOST_VIEWS:
        raise Refused(
            _("You keep %(count)s views already. Delete one that you no longer need.")
            % {"count": MOST_VIEWS}
        )
    return _named(SavedView(owner=owner, place=place, query=_kept(query, known)), name)


@transaction.atomic
def rename_view(owner: User, view_id: int, name: str) -> SavedView:
    """Give a view of one's own another name. Raises ``SavedView.DoesNotExist``, ``Refused``."""
    return _named(SavedView.objects.select_for_update().get(pk=view_id, owner=owner), name)


def delete_view(owner: User, view_id: int) -> None:
    """Delete a view of one's own. Raises ``SavedView.DoesNotExist``."""
    SavedView.objects.get(pk=view_id, owner=owner).delete()


def _named(view: SavedView, name: str) -> SavedView:
    view.name = " ".join(name.split())[:60]
    if not view.name:
        raise Refused(_("Give the view a name."))
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise Refused(_("You keep a view of that name already. Choose another name.")) from error
    return view


def _kept(query: str, known: frozenset[str]) -> str:
    """Return ``query`` with the parameters of a view only, in one order."""
    pairs = [(k, v) for k, v in parse_qsl(query[:1000]) if k in known]
    return urlencode(sorted(pairs))
