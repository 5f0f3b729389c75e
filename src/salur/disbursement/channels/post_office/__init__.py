"""At the counter of a post office."""

from django.utils.translation import gettext_lazy as _

from salur.disbursement.channels.kind import ChannelKind
from salur.disbursement.letters import Wording

CHANNEL = ChannelKind(
    code="post_office",
    label=_("Kantor pos"),
    icon="building-bank",
    letter=Wording(kind="post_office", heading="Undangan mengambil bantuan"),
)
