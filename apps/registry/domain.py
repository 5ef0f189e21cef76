"""What can be done to the shared vocabulary."""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import BooleanField, Max, OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from apps.registry import matching
from apps.registry.models import (
    Act,
    Compared,
    Double,
    FormVersion,
    NameDecision,
    NameMove,
    Organisation,
    OrganisationName,
)
from apps.registry.names import form_of_name, organisation_key


def form_of(kind: str, year: int, at: dt.datetime | None = None) -> FormVersion | None:
    """Return the head of the form that asks for cases of ``kind`` in a report year. One query.

    Its newest edition, or the one that was there ``at`` a time: what was made then keeps it.
    """
    heads = FormVersion.objects.filter(kind=kind, from_year__lte=year)
    if at is not None:
        heads = heads.filter(created_at__lte=at)
    return heads.order_by("-from_year", "-edition").first()


# The parts of a head, as they are printed.
HEAD = ("number", "authority", "approval", "valid_until")


def form_beside(kind: str | OuterRef, year: int | OuterRef) -> Subquery:
    """Return what ``form_of`` finds as an annotation of another question; ``form_from`` reads it."""
    heads = FormVersion.objects.filter(kind=kind, from_year__lte=year)
    content = JSONObject(**{name: name for name in HEAD})
    return Subquery(heads.order_by("-from_year", "-edition").values(content=content)[:1])


def form_from(content: dict[str, str] | None) -> FormVersion | None:
    """Return the head that ``form_beside`` found: its printed parts, not to be stored."""
    if content is None:
        return None
    day = content["valid_until"]
    return FormVersion(**{**content, "valid_until": dt.date.fromisoformat(day) if day else None})


def correct_form(head: FormVersion) -> None:
    """Number ``head`` as the next edition where its kind and year have one. One query.

    Raises ``ValidationError`` where a correction gives no reason.
    """
    editions = FormVersion.objects.filter(kind=head.kind, from_year=head.from_year)
    last = editions.aggregate(last=Max("edition"))["last"] or 0
    head.edition = last + 1
    if last and not head.reason.strip():
        raise ValidationError({"reason": _("Say what is corrected: this year has a head already.")})


def name_ids(printed: Iterable[str]) -> dict[str, int]:
    """Return the id of the organisation name of each printed name, as ``names_for`` gives it.

    Of names that are all known it costs one query and no objects.
    """
    wanted = {name: organisation_key(name) for name in printed}
    if not wanted:
        return {}
    known = dict(_of_keys(set(wanted.values())).values_list("key", "pk"))
    new = names_for(name for name, key in wanted.items() if key not in known)
    return {name: known[key] if key in known else new[name].pk for name, key in wanted.items()}


@transaction.atomic
def names_for(printed: Iterable[str]) -> dict[str, OrganisationName]:
    """Return the organisation name of each printed name, making those that are new.

    Names are equal by ``organisation_key``. A new one goes to the organisation that it certainly
    means by its writing (``matching.by_writing``), which is noted as a decision of the rule; else
    it gets an organisation of its own. Whether two differently named organisations are one is for
    a person to decide. Seven queries at most, however many names. Two callers may bring the same
    new name at once: the key decides.
    """
    wanted = {name: organisation_key(name) for name in printed}
    known = _by_key(set(wanted.values()))
    new = {key: name for name, key in sorted(wanted.items(), reverse=True) if key not in known}
    if new:
        owners = matching.by_writing(new.values())
        # New names of one writing are of one new organisation.
        first: dict[tuple[str, str], str] = {}
        for key in sorted(new):
            if new[key] not in owners:
                first.setdefault(form_of_name(new[key]).certain, key)
        organisations = dict(
            zip(
                first,
                Organisation.objects.bulk_create(
                    Organisation(name=new[key]) for key in first.values()
                ),
                strict=True,
            )
        )
        OrganisationName.objects.bulk_create(
            (
                OrganisationName(
                    organisation_id=owners.get(new[key])
                    or organisations[form_of_name(new[key]).certain].pk,
                    name=new[key],
                    key=key,
                )
                for key in sorted(new)
            ),
            ignore_conflicts=True,
        )
        made = _by_key(set(new))
        known |= made
        _note_rule(
            [row for row in made.values() if owners.get(new[row.key]) == row.organisation_id]
        )
        # Where another caller was first, the organisation made here for the same name is unused.
        used = {row.organisation_id for row in made.values()}
        if unused := {each.pk for each in organisations.values()} - used:
            Organisation.objects.filter(pk__in=unused, names__isnull=True).delete()
    return {name: known[key] for name, key in wanted.items()}


def _of_keys(keys: set[str]) -> QuerySet[OrganisationName]:
    # An array is one parameter; two thousand of them take longer to name than to find.
    wanted = RawSQL("registry_organisationname.key = ANY(%s)", [list(keys)], BooleanField())
    return OrganisationName.objects.filter(wanted).order_by()


def _by_key(keys: set[str]) -> dict[str, OrganisationName]:
    return {name.key: name for name in _of_keys(keys)}


def _note_rule(names: list[OrganisationName]) -> None:
    """Note which names the rule gave to organisations that were there before."""
    if not names:
        return
    decisions = NameDecision.objects.bulk_create(
        NameDecision(act=Act.RULE, organisation_id=name.organisation_id) for name in names
    )
    NameMove.objects.bulk_create(
        NameMove(decision=decision, name=name, after_id=name.organisation_id)
        for decision, name in zip(decisions, names, strict=True)
    )


# So many names are looked at again: another transaction may have been slower with an earlier id.
OVERLAP = 200
NAMES = "names"


@transaction.atomic
def compare_new_names() -> int:
    """Look for doubles of the names that came since the last time; return how many pairs are new.

    Two callers at once do it one after the other. Two queries where nothing came.
    """
    Compared.objects.get_or_create(what=NAMES)
    mark = Compared.objects.select_for_update().get(what=NAMES)
    last = OrganisationName.objects.aggregate(last=Max("pk"))["last"] or 0
    if last <= mark.last:
        return 0
    found, mark.last = find_doubles(max(mark.last - OVERLAP, 0))
    mark.save(update_fields=["last"])
    return found


@transaction.atomic
def find_doubles(after: int = 0) -> tuple[int, int]:
    """Look for doubles of the names made after the name ``after``.

    Return how many pairs are new, and the last name looked at. A pair that was said to be two
    stays so. Six queries for each ``matching.PIECE`` of the names.
    """
    last = OrganisationName.objects.aggregate(last=Max("pk"))["last"] or 0
    found = 0
    while names := list(
        OrganisationName.objects.filter(pk__gt=after, pk__lte=last)
        .order_by("pk")
        .values_list("pk", "name", "organisation_id")[: matching.PIECE]
    ):
        after = names[-1][0]
        by_text = {name: organisation for _pk, name, organisation in names}
        pairs: dict[tuple[int, int], Double] = {}
        for text, candidates in matching.candidates_for(list(by_text)).items():
            for candidate in candidates:
                pair = sorted((by_text[text], candidate.organisation_id))
                if pair[0] == pair[1]:
                    continue
                double = Double(
                    one_id=pair[0],
                    other_id=pair[1],
                    names=sorted([text, candidate.name]),
                    percent=candidate.percent,
                    reason=candidate.reason,
                )
                had = pairs.setdefault((pair[0], pair[1]), double)
                if double.percent > had.percent:
                    pairs[pair[0], pair[1]] = double
        before = Double.objects.count()
        Double.objects.bulk_create(pairs.values(), ignore_conflicts=True, batch_size=2000)
        found += Double.objects.count() - before
    return found, last
