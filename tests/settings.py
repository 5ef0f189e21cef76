"""Settings of the test run: the application's own, on a PostgreSQL that lives as long as the run.

pytest-django imports this module before anything else of the project, in the first process of the
run. That one starts the server and names it in ``DATABASE_URL``; workers and subprocesses inherit
the name, so there is one server for all of them, and one database per worker. Two runs in one
checkout do not meet. A ``DATABASE_URL`` that is already set is used as it is.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path


def _start_server() -> None:
    """Start a server in a temporary directory, and remove both when this process ends."""
    from config.postgres import TESTING, Server

    directory = Path(tempfile.mkdtemp(prefix="yongke-test-"))
    server = Server(directory / "postgres", TESTING)

    def clean() -> None:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)

    atexit.register(clean)
    server.start(tied=True)
    os.environ["DATABASE_URL"] = server.url


if not os.environ.get("DATABASE_URL"):
    _start_server()
# What the developer's shell says about an installation is not about this run.
for _name in ("YONGKE_DEBUG", "YONGKE_DEMO", "YONGKE_PACK", "YONGKE_ALLOWED_HOSTS"):
    os.environ.pop(_name, None)

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, STORAGES, VAR  # noqa: E402

SECRET_KEY = "a key for tests only"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# As in the demo; the tests of the second factor switch it on.
REQUIRE_SECOND_FACTOR = False
# The manifest needs collectstatic; tests read the sources.
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = VAR / "test" / "files"
EMAIL_FILE_PATH = VAR / "test" / "mail"
# Where a failed browser test leaves what the page looked like.
SCREENSHOTS = VAR / "screenshots"
DATABASES = {"default": {**DATABASES["default"], "CONN_MAX_AGE": 0, "ENGINE": "tests.database"}}
# Each test makes its pages; tests/publications/test_kept.py keeps them.
KEPT_PAGES_MEGABYTES = 0
