"""Who does it: the value that every operation and every scoped query is handed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from salur.kernel.errors import Forbidden


def within(path: str, prefixes: Iterable[str], separator: str) -> bool:
    """Whether ``path`` is one of the prefixes or below it; the prefix "" holds everything."""
    return any(
        prefix == "" or path == prefix or path.startswith(prefix + separator) for prefix in prefixes
    )


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, a device or the system itself, with what it may do and where.

    ``regions`` are dotted region codes and ``offices`` office paths; each holds its whole subtree.
    An empty tuple is no scope at all: such an actor sees nothing.
    """

    id: str
    kind: str
    label: str = ""
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    regions: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    extra: dict[str, str] = field(default_factory=dict, compare=False)

    def may(self, permission: str) -> bool:
        return "*" in self.permissions or permission in self.permissions

    def require(self, permission: str) -> None:
        """Raises Forbidden unless the actor holds the permission."""
        if not self.may(permission):
            raise Forbidden(permission=permission)

    def sees_region(self, code: str) -> bool:
        return within(code, self.regions, ".")

    def sees_office(self, path: str) -> bool:
        return within(path, self.offices, "/")


SYSTEM = Actor(
    id="system",
    kind="system",
    label="system",
    permissions=frozenset({"*"}),
    regions=("",),
    offices=("",),
)
