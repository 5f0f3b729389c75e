"""What a sender's columns were said to mean."""

from __future__ import annotations

from salur.programs.models import SenderMapping


def remembered_mapping_for_system(sender: str, header_hash: str) -> SenderMapping | None:
    """The newest mend for this sender's files with these very titles."""
    return (
        SenderMapping.objects.filter(sender=sender, header_hash=header_hash)
        .order_by("-version")
        .first()
    )
