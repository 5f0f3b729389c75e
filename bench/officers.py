"""Officers with enrolled devices, by the hundred."""

from __future__ import annotations

import scratch  # noqa: F401 - starts the house's own database before anything of it is loaded

from salur.access.models import Assignment, User
from salur.access.models import Device as DeviceRow
from salur.kernel import clock
from salur.kernel.ids import new_id
from simulator.devices import Device
from simulator.transports import Transport


def make_devices(count: int, office: str, transport: Transport) -> list[Device]:
    """Rows are made directly: enrolment is not what is measured."""
    moment = clock.now()
    users = [
        User(id=new_id(), username=f"officer{n}", name=f"Petugas {n}", home_office_id=office)
        for n in range(count)
    ]
    User.objects.bulk_create(users)
    Assignment.objects.bulk_create(
        Assignment(
            user=user, role="officer", office_id=office, granted_at=moment, granted_by="bench"
        )
        for user in users
    )
    devices, rows = [], []
    for number, user in enumerate(users):
        device = Device.make(transport, seed=f"bench/{number}")
        point = device.key.public_key().public_numbers()
        row = DeviceRow(
            id=new_id(),
            holder=user,
            office_id=office,
            name=f"Ponsel {number}",
            public_key=b"\x04" + point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big"),
            enrolled_at=moment,
            enrolled_by="bench",
        )
        device.device_id = str(row.id)
        rows.append(row)
        devices.append(device)
    DeviceRow.objects.bulk_create(rows)
    return devices
