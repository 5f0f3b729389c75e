"""In the village: hall, school or square, on a day agreed with those who live there."""

from django.utils.translation import gettext_lazy as _

from salur.disbursement.channels.kind import ChannelKind
from salur.disbursement.letters import Wording

CHANNEL = ChannelKind(
    code="community",
    label=_("Komunitas"),
    icon="users-group",
    letter=Wording(kind="community", heading="Undangan mengambil bantuan"),
)
