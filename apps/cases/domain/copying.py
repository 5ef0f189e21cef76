"""Copying a revision's rows and files into the next revision: same permanent ids, same order."""

from apps.cases.domain.writing import copy_rows
from apps.cases.models import Evidence, Mention, Revision


def copy_revision(source: Revision, target: Revision) -> None:
    """Copy every row of ``source``, its mentions and its files into ``target``.

    One statement for each kind of row, within the database. Saver and time of each row are kept:
    copying is not entering. A file is carried on by reference; what belongs to a finding's thread
    stays with the finding.
    """
    for kind in source.case.kind_spec.records:
        copy_rows(kind.model, source, target)
    copy_rows(Mention, source, target)
    _copy_evidence(source, target)


def _copy_evidence(source: Revision, target: Revision) -> None:
    attached = list(Evidence.objects.filter(revision=source).of_content())
    for evidence in attached:
        evidence.pk = None
        evidence.revision = target
        evidence._state.adding = True
    Evidence.objects.bulk_create(attached, batch_size=2000)
