"""Into an account: the family is assigned and the bank instructed; no cash passes our hands."""

from django.utils.translation import gettext_lazy as _

from salur.disbursement.channels.kind import ChannelKind
from salur.disbursement.letters import Wording

CHANNEL = ChannelKind(
    code="bank",
    label=_("Rekening bank"),
    icon="credit-card",
    letter=Wording(
        kind="bank",
        heading="Bantuan dikirim ke rekening Anda",
        where_label="Ke mana",
        bring=("Kartu rekening dan KTP asli bila mengambil di bank.",),
        cannot_come="Belum masuk? Beri tahu pendamping. Bantuan ini tetap hak keluarga Anda.",
    ),
    cash=False,
)
