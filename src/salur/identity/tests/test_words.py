"""Every code has its sentence."""

from django.utils import translation

from salur.identity.rules import Decision, Reason, Strength
from salur.identity.words import DECISION_WORDS, REASON_WORDS, STRENGTH_WORDS


def test_every_code_can_be_said_to_people() -> None:
    assert set(REASON_WORDS) == set(Reason)
    assert set(DECISION_WORDS) == set(Decision)
    assert set(STRENGTH_WORDS) == set(Strength)
    with translation.override("id"):
        assert str(REASON_WORDS["blurred"]) == "Foto buram. Tahan kamera sebentar."
