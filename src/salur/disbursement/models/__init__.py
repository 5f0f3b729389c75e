"""Who was handed what, by whom, through which channel."""

from salur.disbursement.models.arrivals import CheckIn
from salur.disbursement.models.cash import FloatAllocation, FloatSession, UnsyncedCash
from salur.disbursement.models.control import Instruction, SeenInstruction
from salur.disbursement.models.doubts import DoubtSettlement
from salur.disbursement.models.facts import (
    Attempt,
    BegunHandOver,
    HandOver,
    Judgement,
    PayoutLine,
)
from salur.disbursement.models.houses import HouseRound
from salur.disbursement.models.journal import FollowedPosition, JournalEntry
from salur.disbursement.models.leases import (
    Lease,
    LeaseDeparture,
    LeaseDevice,
    LeasePassing,
    UnleasedPayout,
)
from salur.disbursement.models.passing import Passing
from salur.disbursement.models.payments import Payment, Visit
from salur.disbursement.models.points import PayPoint, PaySession
from salur.disbursement.models.policy import PolicyVersion
from salur.disbursement.models.printing import PrintRun
from salur.disbursement.models.sop import SopVersion

__all__ = [
    "Attempt",
    "CheckIn",
    "UnleasedPayout",
    "BegunHandOver",
    "DoubtSettlement",
    "FloatAllocation",
    "FloatSession",
    "FollowedPosition",
    "HandOver",
    "HouseRound",
    "Instruction",
    "JournalEntry",
    "Judgement",
    "Lease",
    "Passing",
    "LeaseDeparture",
    "LeaseDevice",
    "LeasePassing",
    "PayPoint",
    "PaySession",
    "Payment",
    "PayoutLine",
    "PolicyVersion",
    "PrintRun",
    "SeenInstruction",
    "SopVersion",
    "UnsyncedCash",
    "Visit",
]
