"""The channels, one folder each: its words and its letter; procedures are data (`rules.sop`)."""

from __future__ import annotations

from salur.disbursement.channels.bank import CHANNEL as BANK
from salur.disbursement.channels.community import CHANNEL as COMMUNITY
from salur.disbursement.channels.doorstep import CHANNEL as DOORSTEP
from salur.disbursement.channels.kind import ChannelKind
from salur.disbursement.channels.post_office import CHANNEL as POST_OFFICE

CHANNELS: dict[str, ChannelKind] = {
    channel.code: channel for channel in (POST_OFFICE, COMMUNITY, DOORSTEP, BANK)
}

__all__ = ["CHANNELS", "ChannelKind"]
