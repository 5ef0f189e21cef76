"""Which organisations a row names: kept beside the rows, written with them."""

from collections.abc import Iterable, Sequence

from apps.cases.kinds import RecordKind
from apps.cases.models import Mention, Record, Revision
from apps.registry.domain import names_for


def printed_names(record: Record, field: str) -> list[str]:
    """Return the names that ``field`` of ``record`` prints, in printed order."""
    return names_in(getattr(record, field))


def names_in(value: str | list[str]) -> list[str]:
    """Return the names that the value of a field prints, in printed order."""
    names = value if isinstance(value, list) else [value]
    return [name for name in names if name]


def write_mentions(revision: Revision, kind: RecordKind, records: Sequence[Record]) -> None:
    """Replace the mentions of ``records``. A constant number of queries for any number of rows."""
    if not kind.mentions:
        return
    Mention.objects.filter(
        revision=revision, record_kind=kind.code, record_uid__in=[r.uid for r in records]
    ).delete()
    printed = [
        (record, field, position, name)
        for record in records
        for field in kind.mentions
        for position, name in enumerate(printed_names(record, field))
    ]
    names = names_for({name for *_, name in printed})
    Mention.objects.bulk_create(
        (
            Mention(
                revision=revision,
                record_kind=kind.code,
                record_uid=record.uid,
                field=field,
                position=position,
                name=names[name],
            )
            for record, field, position, name in printed
        ),
        batch_size=2000,
    )


def remove_mentions(revision: Revision, kind: RecordKind, uids: Iterable[object]) -> None:
    """Remove the mentions of rows that are removed."""
    Mention.objects.filter(
        revision=revision, record_kind=kind.code, record_uid__in=list(uids)
    ).delete()
