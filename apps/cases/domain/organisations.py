"""Deciding which organisations are one: said to be the same or another, joined, split, undone.

Names move between organisations; no row of any list is touched, so that what is published keeps
every byte and every hash, and only the link from a printed name to its organisation changes.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Role, User
from apps.cases.errors import NotAllowed, Refused, WrongState
from apps.registry.models import Act, Double, NameDecision, NameMove, Organisation, OrganisationName
from apps.registry.names import organisation_key

LONGEST_REASON = 500


@dataclass(frozen=True)
class Origin:
    """What gave rise to a decision: the name of a file, and its page at the desk."""

    text: str = ""
    url: str = ""


def may_keep(user: User) -> bool:
    """Say whether ``user`` decides which organisations are one: the one permission for all of it."""
    return user.has_role(Role.CITY_EDITOR)


def ensure_keeper(actor: User) -> None:
    """Raise ``NotAllowed`` unless ``actor`` keeps the organisations."""
    if not may_keep(actor):
        raise NotAllowed(_("Only the city's editors decide which organisations are one."))


def _needed(reason: str) -> str:
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise Refused(_("Say why: the reason stays with the decision."))
    return reason


def _held(*pks: int) -> dict[int, Organisation]:
    """Return organisations, locked in the order of their ids. Raises ``DoesNotExist``."""
    rows = Organisation.objects.select_for_update().filter(pk__in=pks).order_by("pk")
    found = {row.pk: row for row in rows}
    if set(pks) - set(found):
        raise Organisation.DoesNotExist
    return found


def standing_for(organisation: Organisation) -> Organisation:
    """Return the organisation that stands for this one: itself, or the last it was joined to."""
    met = {organisation.pk}
    while organisation.joined_to is not None and organisation.joined_to_id not in met:
        organisation = organisation.joined_to
        met.add(organisation.pk)
    return organisation


def _ensure_stand(*organisations: Organisation) -> None:
    for organisation in organisations:
        if organisation.joined_to_id:
            raise WrongState(
                _("%(name)s was joined to another organisation meanwhile. Look again.")
                % {"name": organisation}
            )


def code_conflict(kept: Organisation, other: Organisation) -> str:
    """Return the sentence that keeps two organisations apart because of their codes, or ""."""
    if kept.credit_code and other.credit_code and kept.credit_code != other.credit_code:
        return _(
            "They have two credit codes, %(one)s and %(other)s: in law they are two. Correct the wrong code first."
        ) % {"one": kept.credit_code, "other": other.credit_code}
    return ""


def _give(kept: Organisation, other: Organisation) -> dict[str, Any]:
    """Give ``kept`` the code and district that it lacks and ``other`` has; return what it got.

    Raises ``Refused`` where both have a code.
    """
    if conflict := code_conflict(kept, other):
        raise Refused(conflict)
    got: dict[str, Any] = {}
    if other.credit_code and not kept.credit_code:
        # A code stands once: it is taken from the one before the other has it.
        got["credit_code"], kept.credit_code = other.credit_code, other.credit_code
        other.credit_code = ""
        other.save(update_fields=["credit_code"])
    if other.district_id and not kept.district_id:
        got["district"], kept.district_id = other.district_id, other.district_id
    if got:
        kept.save(update_fields=["credit_code", "district"])
    return got


def _move(names: Sequence[OrganisationName], target: Organisation) -> None:
    """Let ``names`` belong to ``target``. Whoever has none left is joined to it; it stands itself."""
    losers = {name.organisation_id for name in names} - {target.pk}
    OrganisationName.objects.filter(pk__in=[name.pk for name in names]).update(organisation=target)
    Organisation.objects.filter(pk__in=losers, names__isnull=True).update(joined_to=target)
    if target.joined_to_id:
        target.joined_to = None
        target.save(update_fields=["joined_to"])


def _decide(
    act: Act,
    actor: User,
    target: Organisation,
    other: Organisation | None,
    names: Sequence[OrganisationName],
    reason: str = "",
    origin: Origin | None = None,
    got: dict[str, Any] | None = None,
) -> NameDecision:
    """Write a decision down and let the names follow it."""
    decision = NameDecision.objects.create(
        act=act,
        organisation=target,
        other=other,
        reason=reason,
        by=actor,
        origin=origin.text[:200] if origin else "",
        origin_url=origin.url[:200] if origin else "",
        got=got or {},
    )
    NameMove.objects.bulk_create(
        NameMove(
            decision=decision,
            name=name,
            # A name that the decision brought belonged to nobody.
            before_id=None if name.organisation_id == target.pk else name.organisation_id,
            after=target,
        )
        for name in names
    )
    _move(names, target)
    return decision


@transaction.atomic
def join(
    actor: User, kept_id: int, other_id: int, reason: str, origin: Origin | None = None
) -> NameDecision:
    """Join ``other`` to ``kept``: all its names, and with them its rows in every list.

    In one transaction: both held, the names moved, a code or district that only the other has
    given on, the decision written with its reason; by trigger the audit's entries. The other's
    page leads to the one kept from then on. Asked again, the first decision stands.
    Raises ``Organisation.DoesNotExist``, ``NotAllowed``, ``WrongState`` where one of them was
    joined elsewhere, ``Refused`` without a reason, for one and the same, or for two credit codes.
    """
    ensure_keeper(actor)
    if kept_id == other_id:
        raise Refused(_("An organisation cannot be joined to itself."))
    held = _held(kept_id, other_id)
    kept, other = held[kept_id], held[other_id]
    if other.joined_to_id == kept.pk:
        done = NameDecision.objects.filter(
            organisation=kept, other=other, undone_at__isnull=True
        ).first()
        if done is not None:
            return done
    _ensure_stand(kept, other)
    reason = _needed(reason)
    got = _give(kept, other)
    names = list(other.names.order_by("pk"))
    decision = _decide(Act.JOIN, actor, kept, other, names, reason, origin, got)
    Organisation.objects.filter(pk=other.pk).update(joined_to=kept)
    return decision


@transaction.atomic
def split(
    actor: User, organisation_id: int, name_ids: Collection[int], reason: str
) -> NameDecision:
    """Split names off an organisation, with their rows in every list.

    They go back to the organisation they came from where all came from one that is joined to
    this; else to a new one, called as the first of them. The two are kept apart from then on: who
    splits has said that they are two. Raises as ``join``; ``Refused`` where no name or every name
    is chosen.
    """
    ensure_keeper(actor)
    held = _held(organisation_id)[organisation_id]
    _ensure_stand(held)
    reason = _needed(reason)
    names = list(held.names.filter(pk__in=name_ids).order_by("pk"))
    left = held.names.exclude(pk__in=[name.pk for name in names]).order_by("pk").first()
    if not names or left is None:
        raise Refused(_("Choose the names that are another organisation; one name has to stay."))
    target = _former(held, names)
    if target is None:
        target = Organisation.objects.create(name=names[0].name)
    got: dict[str, Any] = {}
    if held.name in {name.name for name in names}:
        # What it is called goes; it is called by a name that it still has.
        got["renamed"] = held.name
        held.name = left.name
        held.save(update_fields=["name"])
    got["apart"] = _keep_apart(actor, target.pk, [held.pk], [name.name for name in names])
    return _decide(Act.SPLIT, actor, target, held, names, reason, got=got)


def _former(held: Organisation, names: Sequence[OrganisationName]) -> Organisation | None:
    """Return the one organisation that all ``names`` came from, if it is joined to ``held``."""
    came: dict[int, int] = {}
    for move in NameMove.objects.filter(
        name__in=names, after=held, decision__undone_at__isnull=True
    ).order_by("pk"):
        if move.before_id is not None:
            came[move.name_id] = move.before_id
    if len(came) < len(names) or len(set(came.values())) != 1:
        return None
    return (
        Organisation.objects.select_for_update()
        .filter(pk=next(iter(came.values())), joined_to=held)
        .first()
    )


def _name(printed: str, owner: Organisation) -> OrganisationName:
    """Return the name ``printed``, locked; made for ``owner`` where it is not known yet."""
    key = organisation_key(printed)
    OrganisationName.objects.bulk_create(
        [OrganisationName(organisation=owner, name=printed, key=key)], ignore_conflicts=True
    )
    return OrganisationName.objects.select_for_update().get(key=key)


@transaction.atomic
def say_same(
    actor: User, printed: str, organisation_id: int, origin: Origin | None = None
) -> NameDecision | None:
    """Remember that ``printed`` is a name of an organisation, for this and every later list.

    An organisation that has no other name is thereby joined. Where the one named was itself
    joined meanwhile, it is the one that stands for it. Returns the decision; None where it was so
    already. Raises as ``join``.
    """
    ensure_keeper(actor)
    standing = standing_for(Organisation.objects.get(pk=organisation_id))
    target = _held(standing.pk)[standing.pk]
    _ensure_stand(target)
    known = OrganisationName.objects.filter(key=organisation_key(printed)).first()
    name = _name(printed, target)
    if name.organisation_id == target.pk:
        # Made just now, or there before.
        return None if known else _decide(Act.SAME, actor, target, None, [name], origin=origin)
    other = _held(name.organisation_id)[name.organisation_id]
    is_last = not other.names.exclude(pk=name.pk).exists()
    got = _give(target, other) if is_last else {}
    return _decide(Act.SAME, actor, target, other, [name], origin=origin, got=got)


@transaction.atomic
def say_new(
    actor: User, printed: str, unlike: Collection[int], origin: Origin | None = None
) -> NameDecision:
    """Remember that ``printed`` is an organisation of its own and none of ``unlike``.

    Raises ``NotAllowed``.
    """
    ensure_keeper(actor)
    key = organisation_key(printed)
    known = OrganisationName.objects.filter(key=key).select_related("organisation").first()
    if known is None:
        own = Organisation.objects.create(name=printed)
        known = _name(printed, own)
        if known.organisation_id != own.pk:
            own.delete()
    own = known.organisation
    apart = _keep_apart(actor, own.pk, unlike, [printed])
    return NameDecision.objects.create(
        act=Act.NEW,
        organisation=own,
        by=actor,
        origin=origin.text[:200] if origin else "",
        origin_url=origin.url[:200] if origin else "",
        got={"apart": apart},
    )


def _keep_apart(
    actor: User, organisation_id: int, others: Collection[int], names: list[str]
) -> list[int]:
    """Keep an organisation apart from ``others``; return the pairs that were not so before."""
    apart = []
    for pk in sorted(set(others) - {organisation_id}):
        one, other = sorted((organisation_id, pk))
        double, _made = Double.objects.get_or_create(
            one_id=one,
            other_id=other,
            defaults={"names": names, "percent": 100, "reason": "alike"},
        )
        if double.apart_at is None:
            double.apart_at, double.apart_by = timezone.now(), actor
            double.save(update_fields=["apart_at", "apart_by"])
            apart.append(double.pk)
    return apart


@transaction.atomic
def undo(actor: User, decision_id: int, reason: str) -> NameDecision:
    """Take a decision back: names return to where they were, and code, district and page with them.

    A name that the decision brought gets an organisation of its own. Asked again, nothing more
    happens. Raises ``NameDecision.DoesNotExist``, ``NotAllowed``, ``Refused`` without a reason, or
    where a later decision moved one of the names: that one is undone first.
    """
    ensure_keeper(actor)
    decision = NameDecision.objects.select_for_update().get(pk=decision_id)
    if decision.undone_at is not None:
        return decision
    reason = _needed(reason)
    moves = list(decision.moves.select_related("name").order_by("pk"))
    pks = {decision.organisation_id, decision.other_id, *(move.before_id for move in moves)}
    held = _held(*(pk for pk in pks if pk))
    names = {
        name.pk: name
        for name in OrganisationName.objects.select_for_update()
        .filter(pk__in=[move.name_id for move in moves])
        .order_by("pk")
    }
    if any(names[move.name_id].organisation_id != move.after_id for move in moves):
        raise Refused(_("A later decision moved one of these names. Undo that one first."))
    organisation = held[decision.organisation_id]
    other = held.get(decision.other_id or 0)
    _take_back(decision, organisation, other)
    back: dict[int, list[OrganisationName]] = {}
    for move in moves:
        # A name that the decision brought: what is left of the organisation stays where it is.
        pk = move.before_id or Organisation.objects.create(name=move.name.name).pk
        back.setdefault(pk, []).append(names[move.name_id])
    for pk, returned in back.items():
        target = held.get(pk) or Organisation.objects.get(pk=pk)
        _move(returned, target)
    if decision.act == Act.JOIN and other is not None and not moves:
        Organisation.objects.filter(pk=other.pk).update(joined_to=None)
    decision.undone_at, decision.undone_by = timezone.now(), actor
    decision.undo_reason = reason
    decision.save(update_fields=["undone_at", "undone_by", "undo_reason"])
    return decision


def _take_back(
    decision: NameDecision, organisation: Organisation, other: Organisation | None
) -> None:
    """Take back what a decision gave besides names, where it is still as it was given."""
    got = decision.got
    Double.objects.filter(pk__in=got.get("apart", [])).update(apart_at=None, apart_by=None)
    if other is None:
        return
    code, district = got.get("credit_code"), got.get("district")
    if code and organisation.credit_code == code:
        Organisation.objects.filter(pk=organisation.pk).update(credit_code="")
        Organisation.objects.filter(pk=other.pk).update(credit_code=code)
    if district and organisation.district_id == district:
        Organisation.objects.filter(pk=organisation.pk).update(district=None)
    if name := got.get("renamed"):
        Organisation.objects.filter(pk=other.pk).update(name=name)


@transaction.atomic
def keep_apart(actor: User, double_id: int, is_apart: bool = True) -> Double:
    """Say that two organisations are two, so that they are not shown again; or take that back.

    Raises ``Double.DoesNotExist``, ``NotAllowed``.
    """
    ensure_keeper(actor)
    double = Double.objects.select_for_update().get(pk=double_id)
    if bool(double.apart_at) != is_apart:
        double.apart_at = timezone.now() if is_apart else None
        double.apart_by = actor if is_apart else None
        double.save(update_fields=["apart_at", "apart_by"])
    return double
