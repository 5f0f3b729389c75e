"""Making ready to work with the database from a script, a test or a command."""

import gc
import os
import sys

import django
import psycopg
from django.conf import settings
from django.db import connections

from .embedded import EmbeddedPostgres, PostgresRefused

CONNECT_SECONDS = 10
GARBAGE_THRESHOLD = 50_000
"""A batch makes thousands of objects that go without the collector's help; the usual 700 would have
it walk through them a dozen times while they are at work."""


def boot(*, database: bool = True) -> EmbeddedPostgres | None:
    """Load Django, and keep the embedded database running for as long as this process lives.

    Idempotent. Ends the process with a text for people when settings or database do not serve.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salur.config.settings")
    try:
        embedded = settings.SALUR_EMBEDDED
    except ValueError as wrong:
        sys.exit(f"Pengaturan tidak terbaca. / A setting cannot be read.\n{wrong}")
    server = None
    if database and embedded:
        server = EmbeddedPostgres(settings.SALUR_DATA_DIR)
        try:
            server.start()
        except PostgresRefused as refusal:
            sys.exit(str(refusal))
    django.setup()
    gc.freeze()  # what is loaded now stays: the collector need not look at it again
    if database and not embedded:
        _reach_outside_database()
    return server


def _reach_outside_database() -> None:
    address = settings.DATABASES["default"]
    try:
        parameters = connections["default"].get_connection_params()
        psycopg.connect(**parameters, connect_timeout=CONNECT_SECONDS).close()
    except psycopg.OperationalError as error:
        where = f"{address['HOST']}:{address['PORT']}/{address['NAME']}"
        sys.exit(
            f"Basis data {where} tidak terjangkau. Periksa DATABASE_URL.\n"
            f"The database {where} cannot be reached; check DATABASE_URL.\n{error}"
        )
