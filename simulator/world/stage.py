"""The stage of a run: the virtual clock, the phones and their people, and how an operation is made.

Each operation is a method `do_<name>` of `World`; `act` runs it at the world's time, writes it into
the trace and lets nothing pass that is no refusal: an unexpected answer is a violation.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from salur.kernel import clock
from salur.kernel.actor import Actor
from salur.kernel.errors import Refusal
from simulator.devices import DeviceRefused
from simulator.transports import Transport
from simulator.world.country import BEGINS, Branch, Country
from simulator.world.notebook import Notebook, Signed
from simulator.world.phones import Link, LinkDown, Phone, ServerDied
from simulator.world.trace import Trace

_EXPECTED_ANSWERS = {(401, "clock_off"), (403, "device_revoked"), (401, "device_revoked")}


def rows(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """Plain SQL past all rooms, so that a mistake of theirs cannot hide itself."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


@dataclass
class Officer:
    """A paying officer: `bag` is the cash that is really in it, whatever anybody's books say."""

    id: str
    branch: Branch
    phones: list[Phone] = field(default_factory=list)
    bag: int = 0
    floats: set[str] = field(default_factory=set)

    @property
    def actor(self) -> Actor:
        return Actor(self.id, "user", permissions=frozenset({"field.work"}))


@dataclass
class Stage:
    """Where a run happens. `server` is where the phones' links lead."""

    country: Country
    server: Transport
    seed: int
    now: datetime = BEGINS
    book: Notebook = field(default_factory=Notebook)
    trace: Trace = field(default_factory=Trace)
    officers: list[Officer] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)
    letters: dict[str, dict[str, Any]] = field(default_factory=dict)
    """visit > what its letter and the lease said of it: families carry their letters anywhere"""
    history: dict[str, list[Any]] = field(default_factory=dict)
    """phone > the last events that left its outbox, for duplicates"""

    slips: list[tuple[Phone, Phone, str, dict[str, str]]] = field(default_factory=list)
    """(from, to, visit, slip) of families that one desk signed away to another"""
    seals: dict[str, dict[int, str]] = field(default_factory=dict)
    """lease > desk > code in the sealed envelope"""

    vaults: Counter[str] = field(default_factory=Counter)
    """office > rupiah that really lie in its vault"""

    def __post_init__(self) -> None:
        for branch in self.country.branches:
            self.vaults[branch.code] = branch.vault
        for branch in self.country.branches:
            for officer_id, (device_id, seed) in zip(branch.officers, branch.devices, strict=True):
                officer = Officer(str(officer_id), branch)
                self.officers.append(officer)
                self.add_phone(officer, seed, str(device_id))

    def add_phone(self, officer: Officer, key: str, device_id: str = "") -> Phone:
        phone = Phone.make(Link(self.server), seed=key)
        assert isinstance(phone, Phone)
        phone.device_id, phone.name = device_id, f"phone-{len(self.phones)}"
        phone.officer = {"id": officer.id}
        phone.true_time, phone.booted = self.time, self.now
        officer.phones.append(phone)
        self.phones.append(phone)
        return phone

    def time(self) -> datetime:
        return self.now

    def officer_of(self, phone: Phone) -> Officer:
        return next(one for one in self.officers if one.id == phone.officer["id"])

    def visits_of_lease(self, lease: str) -> list[str]:
        return [
            row[0]
            for row in rows("SELECT id::text FROM disbursement_visit WHERE lease_id = %s", lease)
        ]

    # --- operations --------------------------------------------------------------------------

    def act(self, name: str, *values: Any) -> str:
        """Runs one operation now; what came of it, in a word."""
        with clock.at(self.now):
            try:
                result = getattr(self, f"do_{name}")(*values) or "done"
            except Refusal as refusal:
                result = f"refused:{refusal.code}"
            except LinkDown:
                result = "no_answer"
            except ServerDied:
                result = "died"
            except DeviceRefused as refused:
                result = self._answer(name, refused)
            except Exception as error:
                result = f"error:{type(error).__name__}"
                self.book.wrong(f"{name}: {type(error).__name__}: {error}"[:400])
        self.book.counts[f"{name}>{result}" if ":" in result else name] += 1
        self.trace.add(self.now, name, [_plain(value) for value in values], result)
        return result

    def _answer(self, name: str, refused: DeviceRefused) -> str:
        try:
            code = str(json.loads(refused.body)["code"])
        except (ValueError, KeyError):
            code = "unreadable"
        if (refused.status, code) not in _EXPECTED_ANSWERS:
            self.book.wrong(f"{name}: the server answered {refused.status} {refused.body[:300]!r}")
        return f"answer:{refused.status}:{code}"

    def advance(self, seconds: float) -> None:
        """Whole milliseconds, as ids and events carry them."""
        self.now += timedelta(milliseconds=int(seconds * 1000))

    # --- what phones sign --------------------------------------------------------------------

    def sign(self, phone: Phone, kind: str, body: dict[str, Any], visit: str | None = None) -> str:
        """An event into the outbox and into the notebook; its id follows the phone's own clock."""
        lease, session = phone.worklist.get("lease"), phone.worklist.get("session")
        shown = self.letters.get(visit or "", {})
        with clock.at(phone.now()):
            event_id = phone.record(
                kind,
                body,
                visit=visit,
                lease=lease["id"] if lease else None,
                session=session["id"] if session else None,
                sop=f"{shown['channel']}/1" if shown else "",
            )
        self.book.signed[event_id] = Signed(phone.outbox[-1], phone.officer["id"], body)
        self.book.counts[kind] += 1
        return event_id


def _plain(value: Any) -> Any:
    """A value as the trace shows it."""
    if isinstance(value, Phone):
        return value.name
    if isinstance(value, Officer):
        return value.id
    if isinstance(value, Branch):
        return value.code
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, dict):
        return value.get("id", "")
    if isinstance(value, UUID | timedelta):
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_plain(item) for item in value]
    return value
