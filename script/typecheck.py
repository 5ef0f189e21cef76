"""The settings as the type checker imports them: the same, but no database is started for it."""

import os

os.environ.setdefault("DATABASE_URL", "postgresql://nobody@/none?host=/nowhere")

from config.settings import *  # noqa: F403
