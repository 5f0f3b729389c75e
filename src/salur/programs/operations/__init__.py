"""The only writers of this room."""

from salur.programs.operations.entitlements import (
    claim_entitlements,
    lock_entitlements,
    release_entitlements,
    settle_entitlements,
)

__all__ = [
    "claim_entitlements",
    "lock_entitlements",
    "release_entitlements",
    "settle_entitlements",
]
