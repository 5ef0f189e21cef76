"""Bring the database, the static files and the translations up to date: one process, no more work
than there is. script/server runs it before it serves; deployments may run it too.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterable
from pathlib import Path


def say(text: str) -> None:
    """Print one line of progress."""
    print(f"→ {text}", flush=True)


def fingerprint(paths: Iterable[Path]) -> str:
    """Return a hash over the names, sizes and times of all files under ``paths``."""
    digest = hashlib.sha256()
    for root in paths:
        for path in sorted([root, *root.rglob("*")]):
            if path.is_file():
                stat = path.stat()
                digest.update(f"{path}:{stat.st_size}:{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def migrate() -> None:
    """Apply the migrations that are missing; say how many there were."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        say(f"applying {len(missing)} migrations")
        call_command("migrate", interactive=False, verbosity=0)


def collect_static(stamps: dict[str, str]) -> None:
    """Collect and compress the static files, unless none changed since the last time."""
    import importlib.metadata

    from django.conf import settings
    from django.core.management import call_command

    own = [Path(directory) for directory in settings.STATICFILES_DIRS]
    own += settings.BASE_DIR.glob("apps/*/static")
    packages = sorted(f"{d.name}={d.version}" for d in importlib.metadata.distributions())
    now = hashlib.sha256("\n".join([fingerprint(own), *packages]).encode()).hexdigest()
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if stamps.get("static") == now and manifest.exists():
        return
    say("collecting static files")
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamps["static"] = now


def load_pack(stamps: dict[str, str]) -> None:
    """Load the demo pack where this database does not hold it as it is now."""
    from django.conf import settings
    from django.core.management import call_command, get_commands

    from apps.accounts.models import Bureau

    if not settings.DEMO:
        return
    if "load_pack" not in get_commands():
        say("no command load_pack in this version: serving without data")
        return
    now = f"{settings.PACK}:{fingerprint([settings.PACK])}"
    if stamps.get("pack") == now and Bureau.objects.exists():
        return
    say(f"loading the pack {settings.PACK.name}")
    call_command("load_pack", str(settings.PACK))
    stamps["pack"] = now


def main() -> None:
    """Do what is missing, and keep in ``var/prepared.json`` what was done."""
    began = time.monotonic()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from script.messages import compile_catalogues

    compile_catalogues()
    import django

    django.setup()
    from django.conf import settings

    kept = settings.VAR / "prepared.json"
    stamps = json.loads(kept.read_text()) if kept.exists() else {}
    database = hashlib.sha256(os.environ.get("DATABASE_URL", "").encode()).hexdigest()
    if stamps.get("database") != database:
        stamps.pop("pack", None)
        stamps["database"] = database
    migrate()
    collect_static(stamps)
    load_pack(stamps)
    kept.write_text(json.dumps(stamps, indent=1))
    say(f"database, static files and pack are up to date ({time.monotonic() - began:.1f} s)")


if __name__ == "__main__":
    main()
