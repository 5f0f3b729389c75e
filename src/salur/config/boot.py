"""Making ready to work with the database from a script, a test or a command."""

import os
import sys

import django
from django.conf import settings

from .embedded import EmbeddedPostgres, PostgresRefused


def boot(*, database: bool = True) -> EmbeddedPostgres | None:
    """Load Django, and keep the embedded database running for as long as this process lives.

    Idempotent. Ends the process with a text for people when the database cannot be started.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salur.config.settings")
    server = None
    if database and settings.SALUR_EMBEDDED:
        server = EmbeddedPostgres(settings.SALUR_DATA_DIR)
        try:
            server.start()
        except PostgresRefused as refusal:
            sys.exit(str(refusal))
    django.setup()
    return server
