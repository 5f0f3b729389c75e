"""The days in the field: cashiers lease and hand out cash, officers serve over the real HTTP API.

Staff act through operations as the back office does; officers reach the server only through their
devices. Officers work beside each other in a few threads, each with a connection of its own.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from threading import Lock
from typing import TypeVar
from uuid import UUID

from django.db import OperationalError, connection, connections
from psycopg.errors import DeadlockDetected

from salur.access import operations as access
from salur.disbursement import operations as disbursement
from salur.disbursement.errors import CashLimit
from salur.disbursement.models import FloatSession, PaySession, Visit
from salur.disbursement.queries.cash import cash_needed_for_system
from salur.disbursement.rules.numbers import format_payment_number
from salur.kernel.actor import Actor
from salur.ledger.queries import custodian_order_balances_for_system
from salur.ledger.rules import AccountKey
from salur.programs.models import Tranche
from simulator.demo.ground import Branch, Ground
from simulator.demo.steps import Advance
from simulator.devices import Device
from simulator.fates import fate_of
from simulator.officers import Officer
from simulator.pictures import PictureBook
from simulator.tally import Tally
from simulator.transports import Transport

Done = TypeVar("Done")
Point = tuple[float, float]
"""Latitude and longitude in degrees."""
_BESIDE_DEGREES = 0.04
_LIVE_FACES_MILLI = 250

_SYNC_PATIENCE, _SYNC_SECONDS = 100, 0.3
HANDS = 3
"""Officers at work at the same time."""


@dataclass(slots=True)
class FieldOfficer:
    """An officer of the demo: who, where, with which device."""

    user_id: UUID
    branch: Branch
    officer: Officer
    met: set[str] = field(default_factory=set)
    """Visits dealt with in this round."""
    busy: Lock = field(default_factory=Lock)

    @property
    def device_id(self) -> UUID:
        return UUID(self.officer.device.device_id)


class Fieldwork:
    """One tranche's field work with its officers."""

    def __init__(
        self, ground: Ground, tranche: Tranche, transport: Transport, *, seed: int, evidence: int
    ) -> None:
        self.ground = ground
        self.tranche = tranche
        self.transport = transport
        self.seed = seed
        self.evidence = evidence
        self.officers: list[FieldOfficer] = []
        self.round = 0
        self._attempts: dict[str, int] = {}
        self._points: dict[str, Point] = {}

    # --- before the first day -----------------------------------------------------------------

    def enrol(self, advance: Advance) -> None:
        """Every officer receives a device: a code from the head, exchanged by the phone."""
        sampled = self._sample()
        waiting = [
            (branch, user) for branch in self.ground.branches.values() for user in branch.officers
        ]
        for done, (branch, user) in enumerate(waiting, 1):
            issued = access.issue_enrolment_code(user.id, by=branch.head)
            device = Device.make(
                self.transport, seed=f"{self.seed}/{self.tranche.id}/{user.username}"
            )
            device.enrol(issued.code, f"Ponsel {user.name}")
            officer = Officer(
                device,
                self.seed,
                pictures=PictureBook(self.seed, sampled),
                attempts_made=self._attempts,
                points=self._points,
                live_faces_milli=_LIVE_FACES_MILLI,
            )
            self.officers.append(FieldOfficer(user.id, branch, officer))
            advance(done, len(waiting))

    def _sample(self) -> frozenset[str]:
        """Whose payouts will carry real evidence: a seeded sample of those to be paid."""
        rows = Visit.objects.filter(tranche=self.tranche, status=Visit.Status.PLANNED)
        payable = [
            str(visit_id)
            for visit_id, number, collectors in rows.order_by("number").values_list(
                "id", "number", "collectors"
            )
            if fate_of(
                self.seed,
                {"number": format_payment_number(number), "collectors": collectors},
            ).paid
        ]
        chosen = Random(f"evidence/{self.seed}").sample(payable, min(self.evidence, len(payable)))
        return frozenset(chosen)

    def draw_cash(self, advance: Advance) -> None:
        """Each office draws what its coming sessions need and its vault lacks, order by order."""
        by_office: dict[str, list[UUID]] = defaultdict(list)
        for session in self._open_sessions():
            by_office[session.office_id].append(session.id)
        for done, (office, sessions) in enumerate(sorted(by_office.items()), 1):
            draw_for(
                self.ground.branches[office],
                sessions,
                key=f"{self.tranche.id}/{self.round}",
            )
            advance(done, len(by_office))

    # --- a round of sessions ------------------------------------------------------------------

    def serve_all(self, advance: Advance) -> None:
        """Every session with families still to be paid, dealt to the officers of its office."""
        self.round += 1
        for one in self.officers:
            one.met.clear()
        self._points.update(points_of_visits(self.tranche.id))
        units = self._deal()
        done = 0

        def work(officer: FieldOfficer, session: PaySession) -> None:
            with officer.busy:
                self._serve_session(officer, session)

        def hand(unit: tuple[FieldOfficer, PaySession]) -> None:
            try:
                work(*unit)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(HANDS) as hands:
            for _ in hands.map(hand, units):
                done += 1
                advance(done, len(units))

    def _open_sessions(self) -> list[PaySession]:
        """Sessions of this tranche with families still to be paid, by day."""
        waiting = (
            Visit.objects.filter(tranche=self.tranche, status__in=["planned", "partly"])
            .exclude(session=None)
            .values_list("session_id", flat=True)
            .distinct()
        )
        return list(
            PaySession.objects.filter(id__in=list(waiting)).order_by(
                "business_date", "office_id", "channel", "id"
            )
        )

    def _deal(self) -> list[tuple[FieldOfficer, PaySession]]:
        """Sessions to officers of the same office, so that each has about as many families.

        In turns, everybody's first session first, as on the days of a calendar.
        """
        families: dict[UUID, int] = defaultdict(int)
        rows = Visit.objects.filter(tranche=self.tranche, status__in=["planned", "partly"])
        for session_id in rows.exclude(session=None).values_list("session_id", flat=True):
            families[session_id] += 1
        by_office: dict[str, list[FieldOfficer]] = defaultdict(list)
        for officer in self.officers:
            by_office[officer.branch.office.code].append(officer)
        load: dict[UUID, int] = defaultdict(int)
        queues: dict[UUID, list[PaySession]] = defaultdict(list)
        for session in self._open_sessions():
            crew = by_office[session.office_id]
            officer = min(crew, key=lambda one: (load[one.user_id], str(one.user_id)))
            load[officer.user_id] += families[session.id]
            queues[officer.user_id].append(session)
        turns = [
            (turn, place, one, session)
            for place, one in enumerate(self.officers)
            for turn, session in enumerate(queues[one.user_id])
        ]
        turns.sort(key=lambda item: item[:2])
        return [(one, session) for _, _, one, session in turns]

    def _serve_session(self, field_officer: FieldOfficer, session: PaySession) -> None:
        """Lease, cash, pull, pay, push: what happens between two breaths of one officer."""
        officer, cashier = field_officer.officer, field_officer.branch.cashier
        device = officer.device
        at_the_door(
            lambda: disbursement.lease_visits(session.id, field_officer.device_id, by=cashier)
        )
        self._issue_float(field_officer, session, cashier)
        worklist = device.pull()
        # Who was not there an hour ago is still on the phone until the server takes the lease back.
        visits = [
            visit
            for visit in worklist["visits"]
            if visit["status"] == "planned" and visit["id"] not in field_officer.met
        ]
        field_officer.met.update(visit["id"] for visit in visits)
        officer.accept_floats(worklist)
        officer.serve(worklist, visits)
        officer.give_back(worklist)
        device.push()
        officer.send_pictures()

    def _issue_float(
        self, field_officer: FieldOfficer, session: PaySession, cashier: Actor
    ) -> None:
        needed = cash_needed_for_system([session.id])[session.id].amount
        if needed <= 0:
            return
        for patience in range(_SYNC_PATIENCE, -1, -1):
            try:
                at_the_door(
                    lambda: disbursement.issue_float(
                        field_officer.user_id,
                        amount=needed,
                        session_id=session.id,
                        idempotency_key=f"{session.id}/{self.round}",
                        by=cashier,
                    )
                )
                return
            except CashLimit:
                # The books still see the last session's notes in the bag: the cashier waits for
                # the phone's events, as the limit wants it.
                if not patience:
                    raise
                time.sleep(_SYNC_SECONDS)

    # --- after the last family ----------------------------------------------------------------

    def count_bags(self) -> None:
        """Every officer with an open float counts and says so."""
        for field_officer in self.officers:
            session_id = self._newest_open_float_session(field_officer)
            if session_id is None:
                continue
            worklist = {"lease": None, "session": {"id": str(session_id)}}
            field_officer.officer.count_cash(worklist)
            field_officer.officer.device.push()

    def _newest_open_float_session(self, field_officer: FieldOfficer) -> UUID | None:
        return (
            FloatSession.objects.filter(
                officer_id=field_officer.user_id,
                status__in=[FloatSession.Status.ACCEPTED, FloatSession.Status.COUNTED],
            )
            .order_by("-accepted_at")
            .values_list("session_id", flat=True)
            .first()
        )

    def counted_floats(self) -> Iterator[tuple[FieldOfficer, UUID]]:
        """The counted float of each officer, ready to be closed."""
        for field_officer in self.officers:
            if (float_id := counted_float_of(field_officer.user_id)) is not None:
                yield field_officer, float_id

    def tally(self) -> Tally:
        return Tally().merged([one.officer.tally for one in self.officers])


_POINTS = """
    SELECT v.id::text, v.village_id, village.latitude IS NOT NULL,
           coalesce(village.latitude, district.latitude, regency.latitude),
           coalesce(village.longitude, district.longitude, regency.longitude)
    FROM disbursement_visit v
    LEFT JOIN places_region village ON village.code = v.village_id
    LEFT JOIN places_region district ON district.code = left(v.village_id, 8)
    LEFT JOIN places_region regency ON regency.code = left(v.village_id, 5)
    WHERE v.tranche_id = %s
"""


def points_of_visits(tranche_id: UUID) -> dict[str, Point]:
    """About where each visit happens: the village's point, or one beside its regency's."""
    with connection.cursor() as cursor:
        cursor.execute(_POINTS, [tranche_id])
        rows = cursor.fetchall()
    points: dict[str, Point] = {}
    for visit, village, exact, latitude, longitude in rows:
        if latitude is None or longitude is None:
            continue
        rng = Random(f"point/{village}")
        away = 0.0 if exact else _BESIDE_DEGREES
        points[visit] = (
            latitude + rng.uniform(-away, away),
            longitude + rng.uniform(-away, away),
        )
    return points


def draw_for(branch: Branch, sessions: Sequence[UUID], *, key: str) -> None:
    """The office draws, order by order, what these sessions need and its vault lacks."""
    wanted: dict[UUID, int] = defaultdict(int)
    for need in cash_needed_for_system(sessions).values():
        for order, rupiah in need.orders.items():
            wanted[order] += rupiah
    there = custodian_order_balances_for_system(AccountKey("vault", branch.office.code))
    for order, rupiah in sorted(wanted.items()):
        missing = rupiah - there.get(order, 0)
        if missing > 0:
            disbursement.draw_cash(
                order,
                branch.office.code,
                missing,
                idempotency_key=f"{key}/{branch.office.code}/{order}",
                by=branch.cashier,
            )


def counted_float_of(user_id: UUID) -> UUID | None:
    """The officer's counted float, which waits to be closed."""
    rows = FloatSession.objects.filter(officer_id=user_id, status=FloatSession.Status.COUNTED)
    return rows.order_by("-counted_at").values_list("id", flat=True).first()


def at_the_door(work: Callable[[], Done]) -> Done:
    """As at the pages' door: a deadlock is tried once more."""
    try:
        return work()
    except OperationalError as error:
        if not isinstance(error.__cause__, DeadlockDetected):
            raise
        return work()


def waiting_events() -> int:
    """Stored events without an outcome: how far the task process is behind."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM intake_waiting_event")
        return int(cursor.fetchone()[0])


def until(
    nothing_left: Callable[[], int], advance: Advance, pause: Callable[[], None], *, rounds: int
) -> None:
    """Wait for another process, showing what is left. Raises TimeoutError when it stands still."""
    most = left = nothing_left()
    stuck = 0
    while left:
        pause()
        before, left = left, nothing_left()
        most = max(most, left)
        advance(most - left, most)
        stuck = stuck + 1 if left >= before else 0
        if stuck > rounds:
            raise TimeoutError(f"{left} left and nobody works on them")
