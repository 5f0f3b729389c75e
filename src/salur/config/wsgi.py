"""The web process' entry point for granian."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import resolve

from .boot import GARBAGE_THRESHOLD

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salur.config.settings")

application = get_wsgi_application()

# Every room's doors are loaded now and not by the first visitor. What is loaded stays for good, so
# the garbage collector need not look at it again.
resolve("/healthz")
gc.collect()
gc.freeze()
gc.set_threshold(GARBAGE_THRESHOLD, 20, 20)
