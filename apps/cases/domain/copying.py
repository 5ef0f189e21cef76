"""Copying a revision's rows into the next revision: same permanent ids, same order."""

from apps.cases.domain.mentions import copy_mentions
from apps.cases.models import Revision


def copy_revision(source: Revision, target: Revision) -> None:
    """Copy every row of ``source`` and its mentions into ``target``, 2,000 rows at a time.

    Saver and time of each row are kept: copying is not entering.
    """
    for kind in source.case.kind_spec.records:
        batch = []
        for record in kind.model.objects.filter(revision=source).iterator(chunk_size=2000):
            record.pk = None
            record.revision = target
            record._state.adding = True
            batch.append(record)
            if len(batch) == 2000:
                kind.model.objects.bulk_create(batch)
                batch = []
        kind.model.objects.bulk_create(batch)
    copy_mentions(source, target)
