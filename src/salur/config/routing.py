"""Only the owner migrates; everything else happens as the application."""

from typing import Any


class OwnerMigrates:
    def db_for_read(self, model: Any, **hints: Any) -> None:
        return None

    def db_for_write(self, model: Any, **hints: Any) -> None:
        return None

    def allow_relation(self, left: Any, right: Any, **hints: Any) -> bool:
        return True  # both names are one database

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"
