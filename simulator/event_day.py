"""A community event of 600 families at three desks under a virtual clock, with what goes wrong.

No network all day. One phone dies at family 250 and its families move by the code in its envelope;
the session was moved by a day after the phones had pulled their lists; 30 families send somebody
else. How long a step takes is read from ``pace.json``: what the phone takes is measured in a real
browser (``tests/browser/campaigns``), what people take is assumed there.

Real operations and the devices' real API, on a database of its own, as in ``simulator.world``.
"""

import json
import logging
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from salur.config.wsgi import application
from salur.disbursement.models import HandOver, PayoutLine, PaySession, Visit
from salur.disbursement.operations import GroupMember, lease_to_group, move_session
from salur.field.operations import apply_events
from salur.intake.models import Outcome
from salur.kernel import clock, ids
from salur.reconciliation.queries import books_breaks_for_system
from simulator.devices import EVENTS_PER_PUSH
from simulator.transports import InProcess
from simulator.world.country import Country, make_country
from simulator.world.databases import Databases
from simulator.world.phones import Phone
from simulator.world.stage import Stage

PACE = Path(__file__).parent / "pace.json"
DESKS = 3
DYING_DESK = 2
HEIR_DESK = 1
DIES_AT = 5 / 12
"""Of the families; family 250 of 600."""
ONE_PROXY_IN = 20
HOURS = 6


@dataclass
class Desk:
    """One desk's phone, who stands before it, and until when it is busy (seconds of the day)."""

    number: int
    phone: Phone
    queue: deque[str] = field(default_factory=deque)
    busy_until: float = 0.0
    served: int = 0
    passed: int = 0


def play_event(country: Country, families: int, pace: dict[str, Any]) -> dict[str, Any]:
    """Plays the day on the database that Django is connected to; what came of it."""
    with ids.seeded(600):
        stage = Stage(country, InProcess(application), 600)
        branch = country.branches[0]
        session = _one_session(branch.code, families)
        phones = [phone for officer in stage.officers[:DESKS] for phone in officer.phones]
        with clock.at(stage.now):
            members = [
                GroupMember(UUID(phone.device_id), n, "all") for n, phone in enumerate(phones, 1)
            ]
            seals = lease_to_group(session.id, members, by=country.planner).seals
            for phone in phones:
                phone.pull()
        desks = {n: Desk(n, phone) for n, phone in enumerate(phones, 1)}
        for visit in sorted(
            phones[0].visits.values(), key=lambda v: (v["slot"]["starts"], v["id"])
        ):
            stage.letters[visit["id"]] = visit
            desks[visit["desk"]].queue.append(visit["id"])
        planned = {n: len(desk.queue) for n, desk in desks.items()}
        with clock.at(stage.now):
            # The hall is flooded: no phone hears of it, and the leases reach over the night.
            moved = move_session(
                session.id, session.business_date + timedelta(days=1), by=country.planner
            )
        begins = session.starts_at + timedelta(days=1)
        day = _Day(stage, desks, seals, pace, begins)
        seconds = day.run(families)
        leases_end = clock.parse_iso(phones[0].worklist["lease"]["until"])
        return {
            "families": families,
            "desks": planned,
            "served_at": {n: desk.served for n, desk in desks.items()},
            "moved_by_codes": {n: desk.passed for n, desk in desks.items() if desk.passed},
            "died_at": day.died_at,
            "families_moved_by_a_day": moved,
            "ended_within_lease": begins + timedelta(seconds=seconds) < leases_end,
            "seconds_per_family": day.usual,
            "hours": round(seconds / 3600, 2),
            **_homecoming(stage, phones, begins),
        }


def _one_session(office: str, families: int) -> PaySession:
    """However the planner dealt them out: so many families of the office, all in one session."""
    wanted = list(
        Visit.objects.filter(office_id=office).order_by("number").values_list("id", flat=True)
    )[:families]
    if len(wanted) < families:
        raise RuntimeError(f"only {len(wanted)} families are planned at {office}")
    session = PaySession.objects.filter(office_id=office).order_by("starts_at").first()
    if session is None:
        raise RuntimeError("no session is planned")
    with transaction.atomic():
        Visit.objects.filter(session__office_id=office).update(session=None)
        PaySession.objects.filter(office_id=office).exclude(id=session.id).delete()
        for desk in range(1, DESKS + 1):
            Visit.objects.filter(id__in=wanted[desk - 1 :: DESKS]).update(
                session=session, slot_at=session.starts_at, desk=desk
            )
    return session


@dataclass
class _Day:
    stage: Stage
    desks: dict[int, Desk]
    seals: dict[int, str]
    pace: dict[str, Any]
    begins: Any
    paid: int = 0
    died_at: int | None = None

    @property
    def usual(self) -> float:
        """Of one family, from the moment that the one before has gone."""
        return round(self.pace["walk_up_seconds"] + self.pace["seconds"], 1)

    def run(self, families: int) -> float:
        """Until nobody waits; the seconds that it took."""
        while desk := self._next():
            if not desk.queue:
                self._take_one_over(desk)
            self._serve(desk, desk.queue.popleft())
            if self.paid == int(families * DIES_AT) and self.died_at is None:
                self._die()
        return max(desk.busy_until for desk in self.desks.values())

    def _next(self) -> Desk | None:
        """The desk that is free first, as long as somebody waits for it or could be sent to it."""
        alive = [desk for desk in self.desks.values() if not desk.phone.dead]
        longest = max(len(desk.queue) for desk in alive)
        able = [desk for desk in alive if desk.queue or longest > 1]
        return min(able, key=lambda desk: (desk.busy_until, desk.number)) if longest else None

    def _at(self, seconds: float) -> None:
        self.stage.now = self.begins + timedelta(seconds=round(seconds, 3))

    def _serve(self, desk: Desk, visit_id: str) -> None:
        visit = self.stage.letters[visit_id]
        proxy = self.paid % ONE_PROXY_IN == ONE_PROXY_IN - 1
        began = desk.busy_until + self.pace["walk_up_seconds"]
        takes = self.pace["seconds"] + (self.pace["proxy_extra_seconds"] if proxy else 0)
        payments = [{"id": p["id"], "amount": p["amount"]} for p in visit["payments"]]
        person = visit["recipient"]["person_id"]
        relation = "child" if proxy else "self"
        self._at(began + takes / 2)
        verification = self.stage.sign(
            desk.phone,
            "verification",
            {
                "person_id": person,
                "relation": relation,
                "method": "proxy" if proxy else "document",
                "score_milli": None,
                "verdict": "unchecked",
                "letter": "scanned",
                "documents": ["ktp", "kk"],
                "evidence": [],
                "witness": None,
                "reason": None,
            },
            visit_id,
        )
        body = {"payments": payments, "total": visit["total"]}
        begun = self.stage.sign(desk.phone, "hand_over_begun", body, visit_id)
        self._at(began + takes)
        self.stage.sign(
            desk.phone,
            "handed_over",
            {
                **body,
                "begun": begun,
                "verification": verification,
                "collector": {"person_id": person, "relation": relation},
                "receipt_mark": "signature",
                "evidence": [],
            },
            visit_id,
        )
        desk.busy_until = began + takes
        desk.served += 1
        self.paid += 1

    def _die(self) -> None:
        """The phone is dead; the next desk types the code of its envelope."""
        dead, heir = self.desks[DYING_DESK], self.desks[HEIR_DESK]
        dead.phone.dead = True
        self.died_at = self.paid
        heir.busy_until += self.pace["passing_seconds"]
        self._at(heir.busy_until)
        code = self.seals[DYING_DESK]
        body = {"how": "seal", "desk": DYING_DESK, "seal": code}
        self.stage.sign(heir.phone, "lease_accept", body)
        heir.queue.extend(dead.queue)
        heir.passed += len(dead.queue)
        dead.queue.clear()

    def _take_one_over(self, desk: Desk) -> None:
        """An idle desk is given the last of the longest queue: one code each way, both busy."""
        giver = max(self.desks.values(), key=lambda one: len(one.queue))
        visit = giver.queue.pop()
        body: dict[str, Any] = {"visits": [visit]}
        giver.busy_until += self.pace["passing_seconds"]
        self._at(desk.busy_until)
        self.stage.sign(giver.phone, "lease_release", {**body, "to": desk.phone.device_id}, visit)
        session = giver.phone.worklist["session"]["id"]
        with clock.at(giver.phone.now()):
            slip = giver.phone.slip("release", body, to=desk.phone.device_id, session=session)
        desk.busy_until += self.pace["passing_seconds"]
        self._at(desk.busy_until)
        accepted = {**body, "how": "slip", "from": giver.phone.device_id, "slip": slip}
        self.stage.sign(desk.phone, "lease_accept", accepted)
        desk.queue.append(visit)
        desk.passed += 1


def _homecoming(stage: Stage, phones: list[Phone], begins: Any) -> dict[str, Any]:
    """In the evening the phones find a network, the dead one two days later; all is applied."""
    stage.now = begins + timedelta(hours=10)
    alive = [phone for phone in phones if not phone.dead]
    for wave, back in enumerate((alive, [phone for phone in phones if phone.dead])):
        stage.now += timedelta(days=wave * 2)
        with clock.at(stage.now):
            for phone in back:
                while phone.outbox:
                    phone.deliver(phone.outbox[:EVENTS_PER_PUSH])
            while apply_events():
                pass
    odd = Outcome.objects.filter(result="conflict").values_list("event__kind", "code")
    hands = list(HandOver.objects.values_list("visit_id", flat=True))
    return {
        "paid": Visit.objects.filter(status="paid").count(),
        "twice": len(hands) - len(set(hands)),
        "proxies": HandOver.objects.filter(method="proxy").count(),
        "unpaid_lines": PayoutLine.objects.exclude(outcome="paid").count(),
        "conflicts": sorted({f"{kind} {code}" for kind, code in odd}),
        "flagged": sorted({flag for row in HandOver.objects.all() for flag in row.flags}),
        "books_breaks": [str(item) for item in books_breaks_for_system()],
    }


def keeps_its_promise(answer: dict[str, Any]) -> bool:
    """All paid, none twice, nothing odd in the books, within the hours of a village's patience."""
    return bool(
        answer["paid"] == answer["families"]
        and answer["twice"] == 0
        and not answer["conflicts"]
        and not answer["books_breaks"]
        and answer["hours"] <= HOURS
    )


def event_day(families: int) -> dict[str, Any]:
    """The whole day on a database of its own."""
    logging.disable(logging.CRITICAL)
    databases = Databases.own()
    made: list[Country] = []
    try:
        databases.make_template(
            lambda: made.append(make_country(families=families * 2, officers=DESKS))
        )
        with databases.copy():
            return play_event(made[0], families, json.loads(PACE.read_text()))
    finally:
        databases.drop_template()
        databases.server.release()
