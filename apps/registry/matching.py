"""Which organisation a printed name means: certain, or candidates for a person to choose from.

Certain is, in this order: the same key (width, blanks, case), be it the organisation's name or an
alias; the same name but for the shape of brackets, quotes and dashes, in the same legal form
(有限公司 and 有限责任公司 are one), of one organisation alone; a valid credit code whose
organisation has a like name. Everything else is a candidate with its reason.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import connection

from apps.registry.credit_code import is_valid_credit_code
from apps.registry.likeness import CODE, CODE_OF_ANOTHER, Likeness, likeness
from apps.registry.models import District, Organisation, OrganisationName
from apps.registry.names import form_of_name, organisation_key
from apps.registry.near import near

MOST_CANDIDATES = 5
PIECE = 10_000
"""Names that are asked at once: each piece passes over the known names once."""

EXACT = "exact"
ALIAS = "alias"
WRITTEN = "written"
BY_CODE = "code"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organisation that a name may mean: under which of its names, how like, why."""

    organisation_id: int
    name: str
    percent: int
    reason: str


@dataclass(slots=True)
class Match:
    """What a printed name means. ``organisation_id`` is there where it is certain."""

    printed: str
    organisation_id: int | None = None
    how: str = ""
    candidates: list[Candidate] = field(default_factory=list)


def by_writing(printed: Iterable[str]) -> dict[str, int]:
    """Return the organisation of each name that is certain by its writing alone. One query.

    A writing that two organisations share decides nothing.
    """
    forms = {name: form_of_name(name) for name in printed}
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for name, organisation in _asked(_OF_CORES, {form.core for form in forms.values()}):
        found[form_of_name(name).certain].add(organisation)
    return {
        name: next(iter(found[form.certain]))
        for name, form in forms.items()
        if len(found.get(form.certain, ())) == 1
    }


_OF_CORES = """
SELECT name, organisation_id FROM registry_organisationname WHERE core = ANY(%s)
"""
_OF_KEYS = """
SELECT known.key, known.organisation_id, known.name, main.name
FROM registry_organisationname AS known
JOIN registry_organisation AS main ON main.id = known.organisation_id
WHERE known.key = ANY(%s)
"""


def _asked(question: str, texts: Iterable[str]) -> list[tuple[Any, ...]]:
    """Ask about very many texts at once: as one value, not as a value each."""
    with connection.cursor() as cursor:
        cursor.execute(question, [list(texts)])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def match(printed: Iterable[str], codes: Mapping[str, str] | None = None) -> dict[str, Match]:
    """Return what each printed name means; ``codes`` gives the credit codes printed beside names.

    Seven queries at most for each ``PIECE`` of the names, and memory for one piece at a time.
    """
    codes = {name: code for name, code in (codes or {}).items() if is_valid_credit_code(code)}
    places = _places()
    matches: dict[str, Match] = {}
    for names in batched(dict.fromkeys(printed), PIECE):
        matches |= _match(names, codes, places)
    return matches


def _match(names: list[str], codes: Mapping[str, str], places: frozenset[str]) -> dict[str, Match]:
    keys = {name: organisation_key(name) for name in names}
    known = {
        key: (organisation, name == main)
        for key, organisation, name, main in _asked(_OF_KEYS, set(keys.values()))
    }
    owners = _owners(codes[name] for name in names if name in codes)
    written = by_writing(name for name in names if keys[name] not in known)
    matches: dict[str, Match] = {}
    unknown = []
    for name in names:
        found = matches[name] = Match(name)
        owner = owners.get(codes.get(name, ""))
        if keys[name] in known:
            found.organisation_id, is_main = known[keys[name]]
            found.how = EXACT if is_main else ALIAS
        elif name in written:
            found.organisation_id, found.how = written[name], WRITTEN
        elif owner and likeness(name, owner.name, places):
            found.organisation_id, found.how = owner.pk, BY_CODE
            found.candidates.append(Candidate(owner.pk, owner.name, 100, CODE))
        else:
            unknown.append(name)
            if owner:
                found.candidates.append(Candidate(owner.pk, owner.name, 100, CODE))
        if owner and found.organisation_id not in (None, owner.pk):
            # The code says another organisation than the name: a person has to look.
            found.candidates.append(Candidate(owner.pk, owner.name, 100, CODE_OF_ANOTHER))
    for name, candidates in candidates_for(unknown, places).items():
        had = {each.organisation_id for each in matches[name].candidates}
        matches[name].candidates += [c for c in candidates if c.organisation_id not in had]
    return matches


def batched(names: Iterable[str], size: int) -> Iterator[list[str]]:
    """Yield ``names`` in lists of ``size``."""
    rest = iter(names)
    while piece := list(islice(rest, size)):
        yield piece


def _owners(codes: Iterable[str]) -> dict[str, Organisation]:
    wanted = {code for code in codes if code}
    if not wanted:
        return {}
    return {one.credit_code: one for one in Organisation.objects.filter(credit_code__in=wanted)}


def _places() -> frozenset[str]:
    """Return the names of districts without their last character; the city itself tells nothing."""
    names = District.objects.exclude(kind="city").values_list("name", flat=True)
    return frozenset(name[:-1] if name[-1:] in "区县市" else name for name in names)


def candidates_for(
    names: list[str], places: frozenset[str] | None = None
) -> dict[str, list[Candidate]]:
    """Return the likeliest organisations for each name, best first; names of none are left out.

    Three queries. Those that may be like are chosen by equal core and by the rarest pairs of
    characters (``near``); how like they are is then counted for at most a dozen of each.
    """
    if not names:
        return {}
    known = _places() if places is None else places
    may_be = near(names)
    wanted = {pk for found in may_be for pk in found}
    rows = {
        pk: (organisation, name)
        for pk, organisation, name in OrganisationName.objects.filter(pk__in=wanted).values_list(
            "pk", "organisation_id", "name"
        )
    }
    result = {}
    for name, found in zip(names, may_be, strict=True):
        best: dict[int, tuple[Likeness, str]] = {}
        for pk in found:
            organisation, other = rows[pk]
            how = likeness(name, other, known)
            if how and (organisation not in best or how.percent > best[organisation][0].percent):
                best[organisation] = (how, other)
        if best:
            result[name] = sorted(
                (
                    Candidate(organisation, other, how.percent, how.reason)
                    for organisation, (how, other) in best.items()
                ),
                key=lambda each: (-each.percent, each.organisation_id),
            )[:MOST_CANDIDATES]
    return result
