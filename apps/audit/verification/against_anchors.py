"""The database must hold every act that an anchor outside it names, as it was then."""

from collections.abc import Iterator, Sequence

from django.db.models import Sum
from django.utils.translation import gettext as _

from apps.audit.anchors import Line
from apps.audit.models import Act
from apps.audit.verification.fault import Fault
from apps.cases.canonical import sha256


def verify_anchors(lines: Sequence[Line]) -> Iterator[Fault]:
    """Compare each line of the anchors' file with the line before it and with the chain."""
    previous = ""
    sequences = [line.said["sequence"] for line in lines if line.said is not None]
    hashes = dict(Act.objects.filter(sequence__in=sequences).values_list("sequence", "hash"))
    counted, entries = 0, 0
    for line in lines:
        said = line.said
        row = str(line.number)
        if said is None:
            yield Fault("anchors", row, _("This line of the anchors cannot be read."))
        else:
            if said["previous"] != previous:
                yield Fault("anchors", row, _("The line before it was altered or removed."))
            number = said["sequence"]
            if number and hashes.get(number) != said["hash"]:
                yield Fault(
                    "anchors",
                    row,
                    _("The chain of the database is not the one that was anchored on %(at)s.")
                    % {"at": said["at"]},
                )
            elif number:
                new = Act.objects.filter(sequence__gt=counted, sequence__lte=number)
                entries += new.aggregate(sum=Sum("entries"))["sum"] or 0
                counted = number
                if entries != said["entries"]:
                    yield Fault(
                        "anchors",
                        row,
                        _("Of the %(count)s entries that were anchored on %(at)s some are gone.")
                        % {"count": said["entries"], "at": said["at"]},
                    )
        previous = sha256(line.text)
