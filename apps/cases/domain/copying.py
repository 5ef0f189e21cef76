"""Copying a revision's rows and files into the next revision: same permanent ids, same order."""

from apps.cases.domain.mentions import copy_mentions
from apps.cases.models import Evidence, Revision


def copy_revision(source: Revision, target: Revision) -> None:
    """Copy every row of ``source``, its mentions and its files into ``target``, 2,000 at a time.

    Saver and time of each row are kept: copying is not entering. A file is carried on by
    reference; what belongs to a finding's thread stays with the finding.
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
    _copy_evidence(source, target)


def _copy_evidence(source: Revision, target: Revision) -> None:
    attached = list(Evidence.objects.filter(revision=source).of_content())
    for evidence in attached:
        evidence.pk = None
        evidence.revision = target
        evidence._state.adding = True
    Evidence.objects.bulk_create(attached, batch_size=2000)
