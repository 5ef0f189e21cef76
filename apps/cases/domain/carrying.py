"""What was explained once need not be explained again in the correction of the same case."""

from collections.abc import Sequence

from apps.cases.models import Finding, FindingStatus, Remark, Revision, Severity


def carry_explanations(revision: Revision, new: Sequence[Finding]) -> None:
    """Give new findings of a correction the explanation that was accepted in what it corrects.

    Only where the rule saw the very same there: an explanation lapses when its figure changes.
    The remark keeps its author and time, and the reviewer decides on it anew. Called with the
    revision locked, after ``new`` is stored.
    """
    if revision.based_on_id is None or not new:
        return
    accepted = {
        (f.rule, f.record_kind, f.record_uid, f.field, f.fingerprint): f
        for f in Finding.objects.filter(
            revision=revision.based_on_id, status=FindingStatus.ACCEPTED
        )
        .exclude(rule="")
        .exclude(severity=Severity.BLOCKING)
        .prefetch_related("remarks")
    }
    explained, remarks = [], []
    for finding in new:
        place = (finding.rule, finding.record_kind, finding.record_uid, finding.field)
        before = accepted.get((*place, finding.fingerprint))
        said = (
            [r for r in before.remarks.all() if r.status == FindingStatus.EXPLAINED]
            if before
            else []
        )
        if not said:
            continue
        finding.status = FindingStatus.EXPLAINED
        explained.append(finding)
        last = said[-1]
        remarks.append(
            Remark(
                finding=finding,
                status=last.status,
                category=last.category,
                text=last.text,
                author_id=last.author_id,
                at=last.at,
            )
        )
    Finding.objects.bulk_update(explained, ["status"], batch_size=500)
    Remark.objects.bulk_create(remarks)
