"""What the house needs to know about a channel; each channel's folder fills one of these."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from salur.disbursement.letters import Wording


@dataclass(frozen=True)
class ChannelKind:
    """A way by which money reaches a family."""

    code: str
    label: str | Promise
    icon: str
    letter: Wording
    window_minutes: int = 30
    """How long a time a family is told to come, or to be at home."""
    cash: bool = True
