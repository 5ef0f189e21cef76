"""WSGI entry point."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
# Every view is read now, and not while the first reader waits for his page.
_views = get_resolver().url_patterns
# What is loaded by now stays: the collector need not walk it again. A page makes some ten thousand
# objects, nearly all of them freed without it: looking after each 700 took a tenth of its time.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
