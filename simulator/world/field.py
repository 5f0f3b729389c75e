"""What officers do with their phones: accept, pay, begin and not end, fail, count, send."""

from random import Random
from typing import Any
from uuid import UUID

from salur.access import operations as access
from salur.kernel import clock, ids
from salur.kernel.money import notes_for
from simulator.world.phones import Phone
from simulator.world.stage import Officer, Stage, rows

_HISTORY = 12
_UNTIL = """
    SELECT v.id::text, l.until, l.id::text, coalesce(l.device_id::text, 'group ' || l.id)
    FROM disbursement_visit v JOIN disbursement_lease l
    ON l.id = v.lease_id WHERE v.id = ANY(%s::uuid[])
"""
"""A group of desks holds its families together: which of its desks pays is not what I7 says."""


class Field(Stage):
    """Operations of phones. Each takes the phone first."""

    def do_pull(self, phone: Phone, fault: str | int = "") -> str:
        phone.link.next_fault = fault
        worklist = phone.pull()
        shown = [visit["id"] for visit in worklist["visits"] if visit["payments"]]
        for visit_id, until, lease, holder in rows(_UNTIL, shown):
            if lease in phone.released:
                # Given back under its own signature; the server has not come to that event yet.
                phone.visits.pop(visit_id, None)
                continue
            if until <= self.now:
                self.book.wrong(f"I7 visit {visit_id}: pulled after the end of its lease")
            self.book.hold(holder, visit_id, until, self.now)
        for visit in worklist["visits"]:
            if visit["payments"]:
                self.letters[visit["id"]] = visit
        return f"{len(worklist['visits'])} visits"

    def do_accept(self, phone: Phone, again: bool = False) -> str:
        """Counts and takes every float on offer; `again` signs it a second time, as a retry of a
        person who saw no answer would."""
        officer, taken = self.officer_of(phone), 0
        for offer in phone.worklist.get("floats", ()):
            known = offer["id"] in officer.floats
            if offer["status"] != "issued" or (known and not again):
                continue
            if not known and self.vaults[officer.branch.code] < offer["amount"]:
                continue  # the offer had lapsed, and somebody else has the notes
            self.sign(
                phone,
                "cash_transfer",
                {
                    "float_id": offer["id"],
                    "direction": "accept",
                    "notes": offer["notes"],
                    "total": offer["amount"],
                },
            )
            if not known:
                officer.floats.add(offer["id"])
                officer.bag += offer["amount"]
                self.vaults[officer.branch.code] -= offer["amount"]
            taken += 1
        return f"{taken} floats"

    def do_pay(
        self, phone: Phone, visit: dict[str, Any], change: int = 0, payment: str = ""
    ) -> str:
        """Hands over everything of the visit, `change` rupiah more or less on its first payment;
        `payment` names another one than the lease did."""
        payments = [{"id": p["id"], "amount": p["amount"]} for p in visit["payments"]]
        if not payments:
            return "nothing left"
        if payment:
            payments = [{"id": payment, "amount": payments[0]["amount"]}]
        payments[0]["amount"] = max(1_000, payments[0]["amount"] + change)
        total = sum(p["amount"] for p in payments)
        officer = self.officer_of(phone)
        if officer.bag < total:
            return "not enough in the bag"
        begun, verification = self._begin(phone, visit, payments, total)
        self._end(phone, officer, visit, payments, total, begun, verification)
        return f"{total}"

    def do_begin(self, phone: Phone, visit: dict[str, Any]) -> str:
        """Notes are about to leave the bag, and then the screen goes dark."""
        if not visit["payments"] or visit["id"] in phone.begun:
            return "nothing left"
        payments = [{"id": p["id"], "amount": p["amount"]} for p in visit["payments"]]
        total = sum(p["amount"] for p in payments)
        if self.officer_of(phone).bag < total:
            return "not enough in the bag"
        phone.begun[visit["id"]] = self._begin(phone, visit, payments, total)
        self.book.counts["in_doubt"] += 1
        return "in doubt"

    def do_resolve(self, phone: Phone, visit_id: str, paid: bool) -> str:
        """At restart the app asks: were the notes handed over?"""
        begun, verification = phone.begun.pop(visit_id)
        visit, officer = self.letters[visit_id], self.officer_of(phone)
        payments = [{"id": p["id"], "amount": p["amount"]} for p in visit["payments"]]
        total = sum(p["amount"] for p in payments)
        if paid and payments and officer.bag >= total:
            self._end(phone, officer, visit, payments, total, begun, verification)
            return "paid"
        self.sign(phone, "hand_over_cancelled", {"begun": begun, "reason": "kembali"}, visit_id)
        return "cancelled"

    def _begin(
        self, phone: Phone, visit: dict[str, Any], payments: list[dict[str, Any]], total: int
    ) -> tuple[str, str]:
        verification = self.sign(
            phone,
            "verification",
            {
                "person_id": visit["recipient"]["person_id"],
                "relation": "self",
                "method": "document",
                "score_milli": None,
                "verdict": "unchecked",
                "letter": "scanned",
                "documents": ["ktp", "kk"],
                "evidence": [],
                "witness": None,
                "reason": None,
            },
            visit["id"],
        )
        body = {"payments": payments, "total": total}
        return self.sign(phone, "hand_over_begun", body, visit["id"]), verification

    def _end(
        self,
        phone: Phone,
        officer: Officer,
        visit: dict[str, Any],
        payments: list[dict[str, Any]],
        total: int,
        begun: str,
        verification: str,
    ) -> None:
        self.sign(
            phone,
            "handed_over",
            {
                "begun": begun,
                "verification": verification,
                "payments": payments,
                "total": total,
                "collector": {
                    "person_id": visit["recipient"]["person_id"],
                    "relation": "self",
                },
                "receipt_mark": "signature",
                "evidence": [],
            },
            visit["id"],
        )
        officer.bag -= total
        phone.done.add(visit["id"])

    def do_fail(self, phone: Phone, visit: dict[str, Any], code: str) -> str:
        self.sign(phone, "attempt_failed", {"code": code, "note": "", "evidence": []}, visit["id"])
        return code

    def do_count(self, phone: Phone, lost: int = 0) -> str:
        """Counts the bag; `lost` rupiah are not in it any more, and nobody knows why."""
        officer = self.officer_of(phone)
        officer.bag = max(0, officer.bag - lost)
        left = officer.bag // 1_000 * 1_000
        self.sign(phone, "cash_count", _notes(left))
        return f"{left}"

    def do_pass(self, giver: Phone, taker: Phone, amount: int, signs: str, lost: int = 0) -> str:
        """Notes go from bag to bag. `signs`: `both`, or only `giver` or `taker`; the taker counts
        `lost` rupiah less than the giver says."""
        one, other = self.officer_of(giver), self.officer_of(taker)
        if one is other or one.bag < amount or not (giver.device_id and taker.device_id):
            return "no"
        body = {"transfer": self.new_id(), **_notes(amount)}
        counted = {"transfer": body["transfer"], **_notes(amount - lost)}
        given = giver.slip("cash_give", body, to=taker.device_id)
        taken = taker.slip("cash_take", counted, to=giver.device_id)
        if signs != "taker":
            slip = taken if signs == "both" else None
            more = {"direction": "give", "peer": taker.device_id, "slip": slip}
            self.sign(giver, "cash_transfer", body | more)
        if signs != "giver":
            slip = given if signs == "both" else None
            more = {"direction": "take", "peer": giver.device_id, "slip": slip}
            self.sign(taker, "cash_transfer", counted | more)
        one.bag -= amount
        other.bag += amount - lost
        self.book.counts[f"cash_passed_{signs}" if not lost else "cash_passed_differs"] += 1
        return signs

    def do_release(self, phone: Phone) -> str:
        lease = phone.worklist.get("lease")
        if not lease:
            return "no lease"
        self.sign(phone, "lease_release", {})
        self.book.let_go(self.visits_of_lease(lease["id"]))
        phone.released.add(lease["id"])
        phone.worklist, phone.visits, phone.cursor = {}, {}, ""
        return "released"

    # --- desks of a group ----------------------------------------------------------------------

    def do_desk_release(self, phone: Phone, other: Phone, visit: dict[str, Any]) -> str:
        """A desk signs a family away to another one and shows it as a code."""
        if (phone.worklist.get("lease") or {}).get("kind") != "group":
            return "no group"
        slip = phone.slip("release", {"visits": [visit["id"]]}, to=other.device_id)
        self.sign(phone, "lease_release", {"visits": [visit["id"]], "to": other.device_id})
        self.slips.append((phone, other, visit["id"], slip))
        return "released"

    def do_desk_accept(self, which: int, stranger: Phone | None = None) -> str:
        """The other desk reads the code and takes the family over; or a third one does."""
        giver, taker, visit, slip = self.slips[which]
        taker = stranger or taker
        if (taker.worklist.get("lease") or {}).get("kind") != "group":
            return "no group"
        self.sign(
            taker,
            "lease_accept",
            {"how": "slip", "visits": [visit], "from": giver.device_id, "slip": slip},
        )
        return "accepted"

    def do_desk_seal(self, phone: Phone, desk: int, code: str) -> str:
        """A desk is dead: the envelope is opened, and its code moves its families here."""
        if (phone.worklist.get("lease") or {}).get("kind") != "group":
            return "no group"
        self.sign(phone, "lease_accept", {"how": "seal", "desk": desk, "seal": code})
        return "taken over"

    # --- the link ----------------------------------------------------------------------------

    def do_push(self, phone: Phone, how: str = "", fault: str | int = "", draw: int = 0) -> str:
        """Sends what the outbox holds. `how`: `shuffled`, `half` (every second event), `twice`
        (each event twice in one request), `again` (what was acknowledged before, once more)."""
        rng, outbox = Random(draw), list(phone.outbox)
        before = self.history.setdefault(phone.name, [])
        if how == "shuffled":
            rng.shuffle(outbox)
        elif how == "half":
            outbox = outbox[(len(outbox) + 1) % 2 :: 2]  # the newest among them
        elif how == "twice":
            outbox += outbox
        elif how == "again":
            outbox += before
        phone.link.next_fault = fault
        resent = self.history.pop(f"unheard {phone.name}", [])
        if fault == "lost":
            self.history[f"unheard {phone.name}"] = [event.event_id for event in outbox]
        results = phone.deliver(outbox)
        known = [r["event_id"] for r in results if r["status"] == "known"]
        self.book.counts["duplicate_acknowledged"] += len(known)
        self.book.counts["lost_ack_resent"] += len(set(known) & set(resent))
        if phone.quarantined:
            self.book.wrong(f"{phone.name}: an honest event was quarantined")
        kept = {r["event_id"] for r in results if r["status"] in ("stored", "known")}
        self.book.acknowledged |= kept
        before += [event for event in outbox if event.event_id in kept]
        del before[:-_HISTORY]
        return ",".join(sorted({r["status"] for r in results})) or "nothing"

    def do_restart(self, phone: Phone) -> str:
        phone.restart()
        return "restarted"

    def do_clock(self, phone: Phone, shift: Any) -> str:
        phone.shift = shift
        return str(shift)

    def do_clone(self, phone: Phone) -> str:
        """Somebody copies the phone's memory; the officer goes on with both."""
        twin = phone.twin(f"phone-{len(self.phones)}")
        self.phones.append(twin)
        self.officer_of(phone).phones.append(twin)
        return twin.name

    def do_enrol(self, officer: Officer) -> str:
        """The head hands out a code; a new phone of the officer is enrolled by the real door."""
        issued = access.issue_enrolment_code(UUID(officer.id), by=officer.branch.head)
        phone = self.add_phone(officer, f"{self.seed}/{len(self.phones)}")
        phone.enrol(issued.code, "Ponsel pengganti")
        return phone.device_id

    def new_id(self) -> str:
        with clock.at(self.now):
            return str(ids.new_id())


def _notes(amount: int) -> dict[str, Any]:
    return {"total": amount, "notes": [[worth, count] for worth, count in notes_for(amount)]}
