"""What the desk's pages of organisations ask: names, rows, doubles, decisions, and what a step touches."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import Role, User
from apps.cases.domain.organisations import code_conflict
from apps.cases.kinds import record_kinds
from apps.cases.models import Mention, Revision, State
from apps.registry.models import (
    Double,
    NameDecision,
    NameMove,
    Organisation,
    OrganisationName,
)
from apps.registry.words import holds_each, words_of

MOST_ROWS = 100
MOST_NAMES = 200


def may_look(user: User) -> bool:
    """Say whether ``user`` reads these pages: the city's officials and the auditor."""
    return user.is_city_official or user.has_role(Role.AUDITOR)


def open_doubles() -> QuerySet[Double]:
    """Return the pairs that may be one: both stand, and nobody said that they are two."""
    return Double.objects.filter(
        apart_at__isnull=True, one__joined_to__isnull=True, other__joined_to__isnull=True
    ).select_related("one__district", "other__district")


def apart_doubles() -> QuerySet[Double]:
    """Return the pairs that somebody said are two, the latest first."""
    return (
        Double.objects.filter(apart_at__isnull=False)
        .select_related("one", "other", "apart_by")
        .order_by("-apart_at", "-pk")
    )


def organisations(query: str = "") -> QuerySet[Organisation]:
    """Return the organisations that stand; with ``query`` those of which a name holds its words.

    Raises ``ValidationError`` for what cannot be searched.
    """
    rows = Organisation.objects.filter(joined_to__isnull=True).select_related("district")
    if not query.strip():
        return rows
    found = OrganisationName.objects.filter(holds_each(words_of(query)))
    return rows.filter(
        Exists(found.filter(organisation=OuterRef("pk"))) | Q(credit_code=query.strip().upper())
    )


def found(query: str) -> tuple[QuerySet[Organisation], str]:
    """Return ``organisations(query)`` and what is wrong with the question, or ""."""
    try:
        return organisations(query), ""
    except ValidationError as error:
        return Organisation.objects.none(), " ".join(error.messages)


def decisions() -> QuerySet[NameDecision]:
    """Return all decisions with whom and what they name, the latest first.

    ``named`` of each are the names it moved.
    """
    moves = NameMove.objects.filter(decision=OuterRef("pk")).order_by("pk")
    return NameDecision.objects.select_related("organisation", "other", "by", "undone_by").annotate(
        named=ArraySubquery(moves.values("name__name")[:MOST_NAMES])
    )


def brought(decision: NameDecision) -> str:
    """Return whose names a decision brought, in words: another organisation's, or single ones."""
    if decision.other:
        return str(decision.other)
    return "、".join(decision.named)  # type: ignore[attr-defined]


def decisions_of(organisation: Organisation) -> QuerySet[NameDecision]:
    """Return the decisions that gave names to an organisation or took them from it."""
    return decisions().filter(Q(organisation=organisation) | Q(other=organisation))


def names_of(organisation: Organisation) -> list[dict[str, Any]]:
    """Return the names of an organisation, each with its rows and the decision that brought it."""
    names = list(
        organisation.names.annotate(
            rows=Count(
                "mentions",
                filter=~Q(mentions__revision__state__in=[State.SUPERSEDED, State.WITHDRAWN]),
            )
        ).order_by("name", "pk")[:MOST_NAMES]
    )
    moves = NameMove.objects.filter(
        name__in=names, after=organisation, decision__undone_at__isnull=True
    ).select_related("decision__by")
    came = {move.name_id: move.decision for move in moves.order_by("pk")}
    return [{"name": name, "rows": name.rows, "decision": came.get(name.pk)} for name in names]


def rows_of(user: User, organisation: Organisation) -> list[dict[str, Any]]:
    """Return the rows that name an organisation, those that ``user`` sees, newest list first.

    A row that names it twice, as employer and as nominator, is one. Two queries.
    """
    mentions = list(
        Mention.objects.filter(
            name__organisation=organisation, revision__in=Revision.objects.visible_to(user)
        )
        .exclude(revision__state__in=[State.SUPERSEDED, State.WITHDRAWN])
        .select_related("revision__case__bureau", "name")
        .order_by("-revision__case__year", "-revision_id", "record_kind", "pk")[:MOST_ROWS]
    )
    wanted: dict[str, set[Any]] = defaultdict(set)
    for mention in mentions:
        wanted[mention.record_kind].add(mention.record_uid)
    revisions = {mention.revision_id for mention in mentions}
    parts = [
        record_kinds[code]
        .model.objects.filter(uid__in=uids, revision__in=revisions)
        .order_by()
        .values_list("uid", record_kinds[code].title_field)
        for code, uids in sorted(wanted.items())
    ]
    titles = dict(parts[0].union(*parts[1:])) if parts else {}
    rows: dict[Any, dict[str, Any]] = {}
    for mention in mentions:
        row = rows.setdefault(
            (mention.revision_id, mention.record_uid),
            {
                "mention": mention,
                "kind": record_kinds[mention.record_kind].label,
                "title": titles.get(mention.record_uid, ""),
                "names": [],
                "times": 0,
            },
        )
        row["times"] += 1
        if mention.name not in row["names"]:
            row["names"].append(mention.name)
    return list(rows.values())


@dataclass
class Touched:
    """What a decision would change, in sentences, and what stands in its way."""

    effects: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    refusal: str = ""


def _of_names(names: Collection[OrganisationName]) -> Touched:
    """Return how many rows of which lists hold these names. One query."""
    counts = (
        Mention.objects.filter(name__in=names)
        .exclude(revision__state__in=[State.SUPERSEDED, State.WITHDRAWN])
        .order_by()
        .values_list("revision_id", "revision__state", "record_kind", "record_uid")
        .distinct()
    )
    by_revision: dict[int, int] = defaultdict(int)
    published = drafts = 0
    for revision_id, state, _kind, _uid in counts.iterator():
        by_revision[revision_id] += 1
        if state == State.PUBLISHED:
            published += 1
        else:
            drafts += 1
    touched = Touched()
    touched.effects.append(
        ngettext("%(count)s name moves: %(names)s", "%(count)s names move: %(names)s", len(names))
        % {"count": len(names), "names": "、".join(str(name) for name in names)}
    )
    touched.effects.append(
        _(
            "Rows linked anew: %(published)s published, %(others)s not. What they print stays as it is, and so do their hashes."
        )
        % {"published": published, "others": drafts}
    )
    revisions = Revision.objects.filter(pk__in=by_revision).select_related("case__bureau")
    touched.lists = [
        _("%(list)s: %(rows)s rows") % {"list": revision, "rows": by_revision[revision.pk]}
        for revision in revisions.order_by("-case__year", "pk")[:MOST_ROWS]
    ]
    return touched


def join_touches(kept: Organisation, other: Organisation) -> Touched:
    """Return what joining ``other`` to ``kept`` would change."""
    touched = _of_names(list(other.names.order_by("name", "pk")))
    if kept.pk == other.pk:
        touched.refusal = _("An organisation cannot be joined to itself.")
        return touched
    touched.effects.append(
        _("The public page of %(other)s leads to %(kept)s.") % {"other": other, "kept": kept}
    )
    if other.credit_code and not kept.credit_code:
        touched.effects.append(
            _("%(kept)s gets the credit code %(code)s.") % {"kept": kept, "code": other.credit_code}
        )
    if other.district and not kept.district:
        touched.effects.append(
            _("%(kept)s gets the district %(district)s; its rows count there.")
            % {"kept": kept, "district": other.district}
        )
    elif other.district and other.district != kept.district:
        touched.effects.append(
            _("Rows of %(other)s counted for %(before)s and now count for %(after)s.")
            % {"other": other, "before": other.district, "after": kept.district}
        )
    touched.refusal = code_conflict(kept, other)
    return touched


def split_touches(held: Organisation, names: Collection[OrganisationName]) -> Touched:
    """Return what splitting ``names`` off ``held`` would change."""
    touched = _of_names(names)
    if not held.names.exclude(pk__in=[name.pk for name in names]).exists():
        touched.refusal = _("Choose the names that are another organisation; one name has to stay.")
    touched.effects.append(
        _("They become an organisation with a page of its own, or go back to the one they were.")
    )
    if held.district:
        touched.effects.append(
            _("The district %(district)s stays with %(kept)s; the other has none yet.")
            % {"district": held.district, "kept": held}
        )
    return touched


def undo_touches(decision: NameDecision) -> Touched:
    """Return what undoing a decision would change."""
    moves = list(decision.moves.select_related("name", "before"))
    names = [move.name for move in moves]
    touched = _of_names(names) if names else Touched()
    for before in {move.before for move in moves if move.before}:
        touched.effects.append(_("%(name)s has a page of its own again.") % {"name": before})
    if any(move.before is None for move in moves):
        touched.effects.append(
            _("A name that came with the decision becomes an organisation of its own.")
        )
    if decision.got.get("credit_code"):
        touched.effects.append(
            _("The credit code %(code)s goes back.") % {"code": decision.got["credit_code"]}
        )
    if decision.got.get("apart") and not moves:
        touched.effects.append(_("The pair is shown again among the probable doubles."))
    if any(move.name.organisation_id != move.after_id for move in moves):
        touched.refusal = _("A later decision moved one of these names. Undo that one first.")
    return touched
