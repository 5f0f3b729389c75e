"""What a pull costs a counter device: 1,000 families leased to a group of three desks.

    python bench/pull_worklist.py --families 1000

Every family has three people whose numbers are sealed: a pull opens and hashes them all under the
lease's key. Measured are the first pull, a pull by cursor after one visit was passed to another
desk, and an idle one; beside them opening and hashing alone. Last line: JSON.
"""

from __future__ import annotations

import argparse
import json
import time
from datetime import timedelta
from hashlib import sha256
from typing import Any

import scratch

# isort: split
from django.db import connection
from django.test.utils import CaptureQueriesContext
from letters import make_families

from salur.access.models import Assignment, Device, User
from salur.disbursement.models import PaySession, Visit
from salur.disbursement.operations import GroupMember, lease_to_group, plan_payments
from salur.disbursement.queries import worklist_for_device
from salur.disbursement.rules.leases import collector_hash
from salur.kernel.actor import SYSTEM
from salur.kernel.clock import now
from salur.kernel.ids import new_id
from salur.kernel.sealing import sealer, unseal
from salur.registry.models import Person
from salur.registry.queries import NIK_FIELD

ROUNDS = 15


def seal_numbers() -> None:
    """Two more adults on each card; everybody's number sealed as in production."""
    seal = sealer(NIK_FIELD)
    moment = now()
    fresh = [
        Person(
            id=new_id(),
            household_id=head.household_id,
            nik_index=sha256(f"{head.id} {n}".encode()).digest(),
            nik_sealed=b"x",
            nik_last4="0000",
            name=f"{head.name} {n}",
            birth_date="1980-01-01",
            sex="f",
            relation="spouse",
            created_at=moment,
            updated_at=moment,
        )
        for head in Person.objects.all()
        for n in (1, 2)
    ]
    Person.objects.bulk_create(fresh, batch_size=2000)
    people = list(Person.objects.all())
    for number, person in enumerate(people):
        person.nik_sealed = seal(f"{1671050101800000 + number}", person.id)
    Person.objects.bulk_update(people, ["nik_sealed"], batch_size=2000)


def make_devices(count: int) -> list[Device]:
    devices = []
    for number in range(count):
        user = User.objects.create(
            id=new_id(), username=f"o{number}", name=f"Petugas {number}", home_office_id="30000"
        )
        Assignment.objects.create(
            user=user, role="officer", office_id="30000", granted_at=now(), granted_by="bench"
        )
        devices.append(
            Device.objects.create(
                id=new_id(),
                holder=user,
                office_id="30000",
                name=f"Ponsel {number}",
                public_key=b"\x04" + sha256(user.id.bytes).digest() * 2,
                enrolled_at=now(),
                enrolled_by="bench",
            )
        )
    return devices


def one_session() -> PaySession:
    """All families at one point on one day, whatever the planner thought."""
    session = PaySession.objects.exclude(channel="doorstep").order_by("starts_at").first()
    assert session is not None
    PaySession.objects.filter(pk=session.pk).update(desks=1)
    Visit.objects.update(session=session, channel=session.channel, desk=1)
    session.refresh_from_db()
    return session


def pull(device: Device, cursor: Any) -> tuple[float, dict[str, Any]]:
    """(milliseconds of the fastest round: the machine is shared, the answer)."""
    taken, answer = [], {}
    for _ in range(ROUNDS):
        start = time.perf_counter()
        answer = worklist_for_device(device, changed_since=cursor)
        taken.append((time.perf_counter() - start) * 1000)
    return round(min(taken), 1), answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--families", type=int, default=1_000)
    count = parser.parse_args().families
    assert scratch.FOLDER.exists()
    tranche = make_families(count)
    seal_numbers()
    plan_payments(tranche.id, by=SYSTEM)
    session = one_session()
    devices = make_devices(3)
    members = [GroupMember(device.id, desk, "all") for desk, device in enumerate(devices, start=1)]
    start = time.perf_counter()
    group = lease_to_group(session.id, members, by=SYSTEM)
    leased = (time.perf_counter() - start) * 1000
    device = Device.objects.select_related("office", "holder").get(id=devices[0].id)

    whole, answer = pull(device, None)
    hashed = sum("nik_hash" in c for v in answer["visits"] for c in v["collectors"])
    with CaptureQueriesContext(connection) as queries:
        worklist_for_device(device, changed_since=None)
    later = now() + timedelta(minutes=1)
    idle, quiet = pull(device, later)
    changed = Visit.objects.order_by("number").first()
    Visit.objects.filter(pk=changed.pk).update(held_desk=2, updated_at=later)
    delta, fresh = pull(device, later)
    people = list(Person.objects.values_list("id", "nik_sealed"))
    start = time.perf_counter()
    for person, sealed in people:
        collector_hash(b"k" * 32, unseal(sealed, field=NIK_FIELD, subject=person))
    opening = (time.perf_counter() - start) * 1000
    report = {
        "families": len(answer["visits"]),
        "numbers_hashed": hashed + len(answer["visits"]),
        "lease_ms": round(leased, 1),
        "pull_ms": whole,
        "queries": len(queries),
        "opening_and_hashing_ms": round(opening, 1),
        "answer_kB": round(len(json.dumps(answer)) / 1000),
        "idle_pull_ms": idle,
        "delta_pull_ms": delta,
    }
    assert group.taken == len(answer["visits"]) == count
    assert (len(quiet["visits"]), len(fresh["visits"])) == (0, 1)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
