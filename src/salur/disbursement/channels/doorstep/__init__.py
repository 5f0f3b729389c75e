"""At the door of those who cannot come, or live too few together for an event."""

from django.utils.translation import gettext_lazy as _

from salur.disbursement.channels.kind import ChannelKind
from salur.disbursement.letters import Wording

CHANNEL = ChannelKind(
    code="doorstep",
    label=_("Antar ke rumah"),
    icon="home-heart",
    letter=Wording(
        kind="doorstep",
        heading="Petugas pos akan datang ke rumah Anda",
        when_label="Kapan",
        where_label="Di mana",
        bring_label="Siapkan",
        cannot_come=(
            "Tidak di rumah pada hari itu? Beri tahu pendamping atau kantor pos. "
            "Bantuan ini tetap hak keluarga Anda."
        ),
    ),
    window_minutes=120,
)
