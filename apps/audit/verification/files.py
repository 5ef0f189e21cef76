"""Every stored file is still there, byte for byte: it lies outside the database."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from apps.audit.verification.fault import Fault
from apps.cases.evidence import store
from apps.cases.models import Evidence, StoredFile


def verify_files() -> Iterator[Fault]:
    """Read every file of evidence again; name each that is gone or altered, with what it proves."""
    for file in StoredFile.objects.order_by("sha256").iterator():
        if store.is_intact(file.sha256):
            continue
        attached = Evidence.objects.filter(file=file).select_related("revision__case__bureau")
        for evidence in attached.order_by("pk"):
            yield Fault(
                "cases_evidence",
                str(evidence.pk),
                _("%(revision)s: the file “%(name)s” (%(hash)s) is missing or was altered.")
                % {"revision": evidence.revision, "name": evidence.name, "hash": file.sha256},
            )
