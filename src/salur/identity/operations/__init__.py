"""Making reference faces, and comparing photos with them."""

from salur.identity.operations.enrolment import NewReference, enrol_reference
from salur.identity.operations.evidence import EvidenceAnswer, EvidenceQuestion, verify_evidence
from salur.identity.operations.live import Verdict, verify_live

__all__ = [
    "EvidenceAnswer",
    "EvidenceQuestion",
    "NewReference",
    "Verdict",
    "enrol_reference",
    "verify_evidence",
    "verify_live",
]
