"""Simulated paying officers: they accept cash, serve the families of their worklist, count, push.

An officer knows the worklist and what is in the bag. What was signed goes into the officer's own
tally at the moment of signing, as a person would mark a paper list.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from salur.kernel.money import notes_for
from simulator.devices import Device, b64url, evidence_item, position_near
from simulator.fates import Fate, fate_of
from simulator.tally import Tally

_WITNESSES = (
    {"name": "Ketua RT", "role": "rt"},
    {"name": "Kepala Dusun", "role": "village"},
    {"name": "Petugas Verifikasi", "role": "verifier"},
)
# A phone's photo as long as they usually are; bytes that stay on the phone are never made.
_USUAL_PHOTO_BYTES = 150_000


PAPERS = ("ktp", "kk")
"""Photographed where there are pictures at all; elsewhere the officer only looks at them."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """Real pictures for one sampled payout, by evidence kind."""

    by_kind: Mapping[str, bytes]


PictureSource = Callable[[Mapping[str, Any], str, Sequence[str]], Pictures | None]
"""(visit, who stands there, kinds) > pictures, or None where the phone keeps them for later."""


def no_pictures(_visit: Mapping[str, Any], _person: str, _kinds: Sequence[str]) -> None:
    return None


@dataclass
class Officer:
    """One officer with one device. `code` is the officer's user id as the server says it."""

    device: Device
    seed: int
    tally: Tally = field(default_factory=Tally)
    pictures: PictureSource = no_pictures
    points: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Visit > latitude and longitude, where known."""
    live_faces_milli: int = 1000
    """Share of sampled payouts whose face the server is asked about while the person stands
    there; the photos of all of them are judged afterwards."""
    bag: int = 0
    attempts_made: dict[str, int] = field(default_factory=dict)
    """Visit > failed attempts so far, shared by officers where a fate goes on with another one."""
    floats_taken: set[str] = field(default_factory=set)
    """Accepted here; the server may learn of it later than it offers the next one."""
    unsent_pictures: list[tuple[str, bytes]] = field(default_factory=list)

    @property
    def code(self) -> str:
        return str(self.device.officer["id"])

    def accept_floats(self, worklist: Mapping[str, Any]) -> int:
        """Count and accept every offered float; how many."""
        accepted = 0
        for offer in worklist.get("floats", ()):
            if offer["status"] != "issued" or offer["id"] in self.floats_taken:
                continue
            self.floats_taken.add(offer["id"])
            self.device.record(
                "cash_transfer",
                {
                    "float_id": offer["id"],
                    "direction": "accept",
                    "notes": offer["notes"],
                    "total": offer["amount"],
                },
                **_context(worklist),
            )
            self.bag += offer["amount"]
            self.tally.accepted(self.code, offer["amount"])
            accepted += 1
        return accepted

    def serve(self, worklist: Mapping[str, Any], visits: Iterable[Mapping[str, Any]]) -> None:
        """Serve the visits that are still to be paid, each by its fate."""
        for visit in visits:
            if visit["status"] == "planned":
                self._serve_one(worklist, visit, fate_of(self.seed, visit))

    def _serve_one(self, worklist: Mapping[str, Any], visit: Mapping[str, Any], fate: Fate) -> None:
        before = self.attempts_made.get(visit["id"], 0)
        if before < len(fate.codes):
            self._fail(worklist, visit, fate.codes[before])
        elif not fate.paid:
            self._fail(worklist, visit, fate.codes[-1])
        else:
            self._pay(worklist, visit, fate)
            if fate.again:
                self._pay(worklist, visit, fate)

    def _fail(self, worklist: Mapping[str, Any], visit: Mapping[str, Any], code: str) -> None:
        rng = self._rng(visit, "fail")
        self.attempts_made[visit["id"]] = self.attempts_made.get(visit["id"], 0) + 1
        self.device.record(
            "attempt_failed",
            {"code": code, "note": "", "evidence": []},
            position=self._position(rng, visit),
            **_context(worklist, visit),
        )
        self.tally.failed(self.code, visit, code)

    def _pay(self, worklist: Mapping[str, Any], visit: Mapping[str, Any], fate: Fate) -> None:
        rng = self._rng(visit, "pay")
        context = _context(worklist, visit)
        position = self._position(rng, visit)
        person, relation = visit["recipient"]["person_id"], "self"
        if fate.proxy:
            collector = visit["collectors"][int(rng.random() * len(visit["collectors"]))]
            person, relation = collector["person_id"], collector["relation"] or "other"
            self.tally.proxies += 1
        mark = "signature" if rng.random() < 0.7 else "thumbprint"
        kinds = ["recipient_photo", mark]
        if visit["channel"] == "doorstep":
            kinds.append("house")
        if fate.proxy:
            kinds.append("authority")
        pictures = self.pictures(visit, person, ("face", *PAPERS, *kinds))
        if pictures is not None:
            kinds += PAPERS
        verification = self.device.record(
            "verification",
            {
                "person_id": person,
                "relation": relation,
                "letter": "scanned" if rng.random() < 0.9 else "search",
                "documents": ["ktp", "kk"],
                "evidence": [self._evidence(visit, pictures, "face")],
                "reason": None,
                **self._verified(visit, person, pictures, proxy=fate.proxy, rng=rng),
            },
            position=position,
            **context,
        )
        payments = [{"id": item["id"], "amount": item["amount"]} for item in visit["payments"]]
        total = sum(item["amount"] for item in payments)
        begun = self.device.record(
            "hand_over_begun",
            {"payments": payments, "total": total},
            position=position,
            **context,
        )
        self.device.record(
            "handed_over",
            {
                "begun": begun,
                "verification": verification,
                "payments": payments,
                "total": total,
                "collector": {"person_id": person, "relation": relation},
                "receipt_mark": mark,
                "evidence": [self._evidence(visit, pictures, kind) for kind in kinds],
            },
            position=position,
            **context,
        )
        self.bag -= total
        self.tally.handed_over(self.code, visit)
        if pictures is not None:
            self.unsent_pictures += pictures.by_kind.items()
        if "house" in kinds and position is not None:
            self.device.record(
                "geotag",
                {
                    "house": True,
                    "lat": position["lat"],
                    "lon": position["lon"],
                    "accuracy_m": position["accuracy_m"],
                    "evidence": [self._evidence(visit, pictures, "house")],
                },
                position=position,
                **context,
            )

    def _verified(
        self,
        visit: Mapping[str, Any],
        person: str,
        pictures: Pictures | None,
        *,
        proxy: bool,
        rng: Random,
    ) -> dict[str, Any]:
        """How strongly it is known who stands here. The server judges again by itself."""
        witness = _WITNESSES[int(rng.random() * len(_WITNESSES))]
        unchecked = {"score_milli": None, "verdict": "unchecked", "witness": witness}
        known = visit["recipient"]["has_reference"] and not proxy
        if pictures is None or rng.random() * 1000 >= self.live_faces_milli:
            return {"method": _method(proxy=proxy, known=known), **unchecked}
        answer = self.device.post(
            "/faces/verify",
            {
                "visit_id": visit["id"],
                "person_id": person,
                "image": b64url(pictures.by_kind["face"]),
            },
        )
        self.tally.faces_checked += 1
        score = answer["score"]
        matched = answer["verdict"] == "match"
        return {
            "method": _method(proxy=proxy, known=known, matched=matched),
            "score_milli": round(score * 1000) if score is not None else None,
            "verdict": answer["verdict"],
            "witness": None if matched and known else witness,
        }

    def _evidence(
        self, visit: Mapping[str, Any], pictures: Pictures | None, kind: str
    ) -> dict[str, Any]:
        if pictures is not None and kind in pictures.by_kind:
            return evidence_item(pictures.by_kind[kind], kind)
        digest = hashlib.sha256(f"{self.seed}/{visit['id']}/{kind}".encode()).hexdigest()
        return {"sha256": digest, "length": _USUAL_PHOTO_BYTES, "kind": kind}

    def send_pictures(self) -> int:
        """Upload the pictures of sampled payouts, after their events; how many files."""
        different = {content: kind for kind, content in self.unsent_pictures}
        for content, kind in different.items():
            self.device.upload(content, kind)
        sent = len(different)
        self.unsent_pictures.clear()
        self.tally.evidence_sent += sent
        return sent

    def give_back(self, worklist: Mapping[str, Any]) -> None:
        """End of the session: the lease goes back, so that others may serve who was not there."""
        self.device.record("lease_release", {}, **_context(worklist))

    def count_cash(self, worklist: Mapping[str, Any]) -> int:
        """Count what is left, say so and lay it on the cashier's table; the rupiah."""
        left = max(0, self.bag)
        self.device.record(
            "cash_count", {"notes": _notes(left), "total": left}, **_context(worklist)
        )
        self.bag -= left
        self.tally.counted(self.code, left)
        return left

    def _rng(self, visit: Mapping[str, Any], purpose: str) -> Random:
        return Random(f"{purpose}/{self.seed}/{visit['number']}")

    def _position(self, rng: Random, visit: Mapping[str, Any]) -> dict[str, Any] | None:
        point = self.points.get(visit["id"])
        if point is None:
            return None
        return position_near(rng, *point, self.device.now())


def _notes(rupiah: int) -> list[list[int]]:
    return [[value, count] for value, count in notes_for(rupiah)]


def _method(*, proxy: bool, known: bool, matched: bool = False) -> str:
    if proxy:
        return "proxy"
    if not known:
        return "enrolment"
    return "face" if matched else "witness"


def _context(worklist: Mapping[str, Any], visit: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The envelope's references. An event about cash alone belongs to no visit."""
    lease, session = worklist.get("lease"), worklist.get("session")
    context: dict[str, Any] = {
        "lease": lease["id"] if lease else None,
        "session": session["id"] if session else None,
    }
    if visit is not None:
        channels = worklist["sop"]["channels"]
        procedure = channels.get(visit["channel"])
        context["visit"] = visit["id"]
        context["sop"] = procedure["id"] if procedure else f"{visit['channel']}/1"
    return context
