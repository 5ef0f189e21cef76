"""Names of organisations in an import that may mean known ones: looked for, shown, answered.

What a person answers is remembered in the registry, so it holds for every row of the import at
once and for every later list; it is undone there.
"""

from collections.abc import Collection
from dataclasses import asdict

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases.domain import organisations as domain
from apps.cases.errors import Refused, WrongState
from apps.cases.kinds import record_kinds
from apps.intake.imports.scope import held
from apps.intake.models import Answer, Import, ImportName, ImportRow
from apps.registry.matching import BY_CODE, Match, match

CODE_FIELD = "credit_code"


def open_names(intake: Import) -> QuerySet[ImportName]:
    """Return the names nobody has decided, the most frequent first."""
    return (
        intake.names.filter(rows__gt=0)
        .exclude(answer__in=[Answer.LATER, Answer.CODE])
        .filter(Q(decision__isnull=True) | Q(decision__undone_at__isnull=False))
    )


def answered_names(intake: Import) -> QuerySet[ImportName]:
    """Return the names that were decided, put off, or are certain by their code."""
    return (
        intake.names.filter(rows__gt=0)
        .filter(
            Q(answer__in=[Answer.LATER, Answer.CODE])
            | Q(decision__isnull=False, decision__undone_at__isnull=True)
        )
        .select_related("decision__by", "decision__organisation")
    )


def undecided(intake: Import) -> int:
    """Return how many names become organisations of their own unless somebody decides before."""
    return open_names(intake).count() + intake.names.filter(answer=Answer.LATER, rows__gt=0).count()


# In lax mode a text that is no list is a list of itself.
_NAMES = """
SELECT name, count(*) FROM (
    SELECT btrim(jsonb_path_query(
        coalesce(line.edits -> field, line.values -> field), 'lax $[*]') #>> '{}') AS name
    FROM intake_importrow AS line, unnest(%(fields)s::text[]) AS field
    WHERE line.table_id = %(table)s AND line.aside = ''
) AS named WHERE name <> '' AND (%(only)s::text[] IS NULL OR name = ANY(%(only)s::text[]))
GROUP BY name
"""
_CODES = """
SELECT DISTINCT btrim(coalesce(line.edits ->> %(field)s, line.values ->> %(field)s)),
    upper(coalesce(line.edits ->> 'credit_code', line.values ->> 'credit_code'))
FROM intake_importrow AS line
WHERE line.table_id = %(table)s AND line.aside = ''
    AND coalesce(line.edits ->> 'credit_code', line.values ->> 'credit_code') <> ''
"""


def _named(
    intake: Import, only: Collection[str] | None = None
) -> tuple[dict[str, int], dict[str, str]]:
    """Return the names of organisations in the tables that are taken, with the number of lines
    and the credit codes beside them. Two queries a table at most.
    """
    counts: dict[str, int] = {}
    codes: dict[str, str] = {}
    for table in intake.tables.filter(is_taken=True).exclude(kind=""):
        kind = record_kinds[table.kind]
        if not kind.mentions:
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                _NAMES,
                {
                    "fields": list(kind.mentions),
                    "table": table.pk,
                    "only": None if only is None else list(only),
                },
            )
            for name, count in cursor.fetchall():
                counts[name] = counts.get(name, 0) + count
            if CODE_FIELD in kind.fields and len(kind.mentions) == 1:
                cursor.execute(_CODES, {"field": kind.mentions[0], "table": table.pk})
                codes |= {name: code for name, code in cursor.fetchall() if name}
    return counts, codes


@transaction.atomic
def look(intake: Import, only: Collection[str] | None = None) -> int:
    """Compare the import's names with the known organisations; return how many are open.

    Without ``only`` what was found before is found anew; what was answered stays. A constant
    number of queries for any number of lines.
    """
    counts, codes = _named(intake, only)
    found = {
        name: one for name, one in match(counts, codes).items() if one.candidates or by_code(one)
    }
    stale = intake.names.filter(printed__in=only) if only is not None else intake.names.all()
    stale.filter(answer__in=["", Answer.CODE], decision__isnull=True).delete()
    stale.update(rows=0)
    ImportName.objects.bulk_create(
        (
            ImportName(
                intake=intake,
                printed=name,
                rows=counts[name],
                candidates=_candidates(one),
                answer=Answer.CODE if by_code(one) else "",
            )
            for name, one in found.items()
        ),
        ignore_conflicts=True,
        batch_size=2000,
    )
    held = intake.names.filter(printed__in=only) if only is not None else intake.names.all()
    changed = []
    for name in held:
        if name.rows != counts.get(name.printed, 0):
            name.rows = counts[name.printed]
            changed.append(name)
    ImportName.objects.bulk_update(changed, ["rows"], batch_size=2000)
    return open_names(intake).count()


def by_code(one: Match) -> bool:
    """Say whether it is the credit code that makes a name certain."""
    return one.how == BY_CODE


def _candidates(one: Match) -> list[dict[str, object]]:
    return [
        {
            "organisation": candidate.organisation_id,
            **{k: v for k, v in asdict(candidate).items() if k != "organisation_id"},
        }
        for candidate in one.candidates
    ]


def printed_in(line: ImportRow) -> set[str]:
    """Return the names of organisations that a line prints."""
    kind = record_kinds.get(line.table.kind)
    if kind is None:
        return set()
    found: set[str] = set()
    for name in kind.mentions:
        value = line.result.get(name) or []
        found |= set(value if isinstance(value, list) else [str(value)])
    return found


def look_again(intake: Import, names: Collection[str]) -> None:
    """Compare the names of a line that was changed."""
    if names:
        look(intake, names)


def origin_of(intake: Import) -> domain.Origin:
    """Return what a decision made in an import names as its origin."""
    url = reverse("intake:import", args=[intake.revision.case_id, intake.pk])
    return domain.Origin(intake.name, url)


@transaction.atomic
def answer(actor: User, import_id: int, name_id: int, said: str) -> ImportName:
    """Take an answer: the id of the organisation it is the same as, ``new`` or ``later``.

    The same answer given again does nothing. Raises as ``scope.held``; ``ImportName.DoesNotExist``;
    ``WrongState`` for a name that is decided already; ``Refused`` for an organisation that was not
    offered; and as the registry's decisions do.
    """
    intake = held(actor, import_id)
    name = intake.names.select_for_update(of=("self",)).select_related("decision").get(pk=name_id)
    offered = [str(each["organisation"]) for each in name.candidates]
    if name.is_settled:
        raise WrongState(_("This name is decided already. Undo the decision first."))
    if said == Answer.LATER:
        name.answer, name.decision = Answer.LATER, None
    elif said == Answer.NEW:
        name.decision = domain.say_new(
            actor, name.printed, [int(pk) for pk in offered], origin_of(intake)
        )
        name.answer = Answer.NEW
    elif said in offered:
        name.decision = domain.say_same(actor, name.printed, int(said), origin_of(intake))
        name.answer = Answer.SAME
    else:
        raise Refused(_("Choose one of the organisations shown, a new one, or later."))
    if name.answer == Answer.SAME and name.decision is None:
        # Somebody said so meanwhile: nothing is left to decide here.
        name.delete()
        return name
    name.save(update_fields=["answer", "decision"])
    return name


def apply_codes(actor: User, intake: Import) -> None:
    """Remember the names that are certain by their credit code, before their rows are stored."""
    if not domain.may_keep(actor):
        return
    for name in intake.names.filter(answer=Answer.CODE, rows__gt=0, decision__isnull=True):
        name.decision = domain.say_same(
            actor, name.printed, name.candidates[0]["organisation"], origin_of(intake)
        )
        name.save(update_fields=["decision"])
