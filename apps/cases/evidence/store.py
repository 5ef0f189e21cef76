"""Where the bytes lie: under their SHA-256, once, on the local disk or in an S3-compatible store."""

import hashlib
import logging

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.utils.translation import gettext as _

from apps.cases.errors import WorkflowError

logger = logging.getLogger(__name__)
CHUNK = 1 << 20


class NotIntact(WorkflowError):
    """The stored bytes are gone or are no longer what was attached."""

    def __init__(self, sha256: str) -> None:
        """Say so, with whom to tell."""
        self.sha256 = sha256
        super().__init__(
            _(
                "The stored file is missing or differs from what was attached, so it is not handed out. Tell the administrator; its hash is %(hash)s."
            )
            % {"hash": sha256}
        )


def store() -> Storage:
    """Return the storage of evidence that the settings name."""
    return storages["evidence"]


def key_of(sha256: str) -> str:
    """Return the name under which the bytes of that hash lie; few files in each folder."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of ``data`` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def keep(data: bytes) -> str:
    """Store ``data`` unless it lies there whole already; return its SHA-256."""
    sha256 = digest_of(data)
    if not is_intact(sha256):
        store().save(key_of(sha256), ContentFile(data))
    return sha256


def is_intact(sha256: str) -> bool:
    """Say whether the bytes of that hash lie in the store as they were. Reads them in pieces."""
    digest = hashlib.sha256()
    try:
        with store().open(key_of(sha256)) as file:
            while piece := file.read(CHUNK):
                digest.update(piece)
    except OSError:
        return False
    return digest.hexdigest() == sha256


def fetch(sha256: str) -> bytes:
    """Return the bytes of that hash. Raises ``NotIntact`` where they are gone or differ."""
    try:
        with store().open(key_of(sha256)) as file:
            data: bytes = file.read()
    except OSError as error:
        logger.exception("evidence %s cannot be read", sha256)
        raise NotIntact(sha256) from error
    if digest_of(data) != sha256:
        logger.error("evidence %s differs from its hash", sha256)
        raise NotIntact(sha256)
    return data
