"""Making reference faces, and comparing photos with them."""

from salur.identity.operations.enrolment import NewReference, enrol_reference
from salur.identity.operations.evidence import EvidenceAnswer, EvidenceQuestion, verify_evidence
from salur.identity.operations.live import Verdict, verify_live
from salur.identity.operations.questions import answer_about_face, ask_about_face
from salur.identity.operations.templates import phone_templates

__all__ = [
    "EvidenceAnswer",
    "EvidenceQuestion",
    "NewReference",
    "Verdict",
    "answer_about_face",
    "ask_about_face",
    "enrol_reference",
    "phone_templates",
    "verify_evidence",
    "verify_live",
]
