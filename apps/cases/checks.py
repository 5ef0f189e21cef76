"""Rules of every case, whatever its kind; a kind's own are named in its ``kind.py``."""

from collections.abc import Iterator

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, F, JSONField, Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_noop

from apps.cases.kinds import Check, Problem, RecordKind
from apps.cases.models import Revision, Severity
from apps.cases.personal_data import Hit, scan

# Eleven digits with at most a blank or a hyphen between them: the database finds the few rows
# that are worth a look, so that a list of any length costs one query. A certificate's number goes
# on from letters: a personal one stands alone (``personal_data.py``).
_LONG_NUMBER = r"(?<![0-9A-Za-z_.-])([0-9０-９][ -]?){11}"


def personal_data(revision: Revision) -> Iterator[Problem]:
    """No text holds an ID number, a mobile number or a bank card number (个人信息保护法).

    Blocking: what is published cannot be taken back.
    """
    for kind in revision.case.kind_spec.records:
        hits = list(_hits(revision, kind, _text_fields(kind)))
        rows = kind.model.objects.select_related(*kind.select_related)
        found = rows.in_bulk({pk for pk, *_rest in hits}) if hits else {}
        for pk, name, hit in hits:
            yield Problem(
                "personal_data",
                Severity.BLOCKING,
                _SENTENCES[hit.kind],
                {"shown": hit.shown},
                found[pk],
                name,
            )


_SENTENCES = {
    "id": gettext_noop(
        "The text holds what looks like an ID number (%(shown)s). Personal numbers are never published: delete it."
    ),
    "mobile": gettext_noop(
        "The text holds what looks like a mobile number (%(shown)s). Personal numbers are never published: delete it, or write an amount with its unit."
    ),
    "card": gettext_noop(
        "The text holds what looks like a bank card number (%(shown)s). Personal numbers are never published: delete it."
    ),
}


def _text_fields(kind: RecordKind) -> list[str]:
    fields = [kind.model._meta.get_field(name) for name in kind.fields]
    return [
        field.name
        for field in fields
        if isinstance(field, CharField | TextField | ArrayField | JSONField) and not field.choices
    ]


def _hits(revision: Revision, kind: RecordKind, names: list[str]) -> Iterator[tuple[int, str, Hit]]:
    """Yield the first number of each text that holds one: row, field, number. One query.

    Many a long number is none (a certificate's): of the rows that hold one only the texts are read.
    """
    texts = {f"{name}_as_text": Cast(F(name), TextField()) for name in names}
    found = Q(pk__in=[])
    for name in texts:
        found |= Q(**{f"{name}__regex": _LONG_NUMBER})
    rows = kind.model.objects.filter(revision=revision).alias(**texts).filter(found)
    for pk, *values in rows.values_list("pk", *names).iterator(chunk_size=2000):
        for name, value in zip(names, values, strict=True):
            for hit in scan("\n".join(value) if isinstance(value, list) else str(value or "")):
                yield pk, name, hit
                break


COMMON_CHECKS: tuple[Check, ...] = (personal_data,)
