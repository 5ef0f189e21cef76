"""Where evidence lies, as an entry of Django's ``STORAGES``."""

from pathlib import Path
from typing import Any


def evidence_storage(
    var: Path, *, bucket: str, endpoint: str, region: str, access_key: str, secret_key: str
) -> dict[str, Any]:
    """Return the storage of evidence: a directory under ``var``, or a bucket where one is named.

    Both let a file be written again under its hash: only bytes that are gone or altered ever are.
    """
    if not bucket:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {
                "location": var / "evidence",
                "base_url": None,
                "file_permissions_mode": 0o600,
                "directory_permissions_mode": 0o700,
                "allow_overwrite": True,
            },
        }
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": endpoint or None,
            "region_name": region or None,
            "access_key": access_key or None,
            "secret_key": secret_key or None,
            "default_acl": "private",
            "file_overwrite": True,
            # Files go out through the application alone, to those in scope.
            "querystring_auth": True,
        },
    }
