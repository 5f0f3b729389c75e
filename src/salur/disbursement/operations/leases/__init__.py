"""The right to pay without a network: one pointer on each visit, set only when it is free.

An intention, so it may be refused. Who was leased a visit holds it until the session's end plus a
grace; only then, after a signed release, or when two people break it, may another have it. What
desks of a group pass among each other are facts, and are never refused.
"""

from salur.disbursement.operations.leases.codes import LeaseCodes, print_codes
from salur.disbursement.operations.leases.ending import (
    break_lease,
    end_leases,
    release_leases,
)
from salur.disbursement.operations.leases.groups import GroupLease, GroupMember, lease_to_group
from salur.disbursement.operations.leases.passing import PassedVisits, record_visit_passings
from salur.disbursement.operations.leases.taking import lease_visits
from salur.disbursement.operations.leases.unleased import UnleasedFact, record_unleased

__all__ = [
    "GroupLease",
    "GroupMember",
    "LeaseCodes",
    "PassedVisits",
    "UnleasedFact",
    "break_lease",
    "end_leases",
    "lease_to_group",
    "lease_visits",
    "print_codes",
    "record_unleased",
    "record_visit_passings",
    "release_leases",
]
