"""Who does what next: drawn from the seed, within the faults that were asked for."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from salur.kernel import clock
from simulator.world.country import Branch
from simulator.world.desk import World
from simulator.world.phones import EPOCH, Phone
from simulator.world.stage import Officer

FAULTS = (
    "network",
    "acks",
    "crashes",
    "duplicates",
    "reorder",
    "clones",
    "revoked",
    "officers",
    "amounts",
    "clocks",
    "late",
    "waves",
    "breaks",
    "doubts",
    "losses",
    "passings",
    "desks",
)
"""network: requests that do not arrive · acks: answers that do not arrive · crashes: phone, web or
task process ends in the middle · duplicates: events sent again · reorder: events arrive in any
order · clones: a phone's memory copied · revoked: phones taken out of service with events in them ·
officers: two officers at one family · amounts: too little, too much, a payment nobody knows ·
clocks: wrong by days, backwards, 1970 · late: closed before everything has arrived · waves: lists
that correct what is planned or paid · breaks: leases taken away and given back · doubts: hand-overs
begun and not ended · losses: cash that is not in the bag · passings: cash from officer to officer,
signed by both of them or by one · desks: families leased to a group, passed between its desks."""

TEMPORARY = ("absent", "ill", "away", "no_document")
FINAL = ("refused", "not_eligible", "deceased_single")
SHIFTS = (
    timedelta(days=3),
    timedelta(days=-3),
    timedelta(minutes=-20),
    timedelta(minutes=7),
    timedelta(hours=7),
)
STEP = 50_000
FLOAT_STEPS = (200, 400, 800)


class Script:
    """Draws one operation after the other and plays it on a world."""

    def __init__(self, world: World, rng: Random, faults: frozenset[str]) -> None:
        self.world, self.rng, self.faults = world, rng, faults
        self.draw_clock = Random(rng.random())
        self.keys = 0
        menu: tuple[tuple[float, Callable[[], str], str], ...] = (
            (280, self.pay_own, ""),
            (44, self.pay_differently, "amounts"),
            (50, self.pay_elsewhere, "officers"),
            (24, self.begin, "doubts"),
            (20, self.resolve, ""),
            (26, self.fail, ""),
            (5, self.pull, ""),
            (8, self.accept, ""),
            (22, self.push, ""),
            (8, self.apply, ""),
            (3, self.issue, ""),
            (2, self.withdraw, ""),
            (2, self.hand_back, ""),
            (8, self.pass_cash, "passings"),
            (8, self.release_to_desk, "desks"),
            (10, self.accept_at_desk, "desks"),
            (6, self.open_envelope, "desks"),
            (5, self.count, ""),
            (9, self.close, ""),
            (5, self.lease, ""),
            (2, self.release, "breaks"),
            (5, self.break_lease, "breaks"),
            (5, self.decide, ""),
            (1, self.replan, ""),
            (4, self.tick, ""),
            (1, self.wave, "waves"),
            (3, self.changes, "waves"),
            (6, self.restart, "crashes"),
            (9, self.shift, "clocks"),
            (2.5, self.clone, "clones"),
            (2.5, self.revoke, "revoked"),
        )
        self.menu = [item for item in menu if not item[2] or item[2] in faults]
        self.weights = [weight for weight, *_ in self.menu]

    def step(self) -> str:
        [(_, play, _)] = self.rng.choices(self.menu, self.weights)
        return play()

    def has(self, fault: str, milli: int) -> bool:
        """Whether this fault strikes now. Draws in any case, so that a run without one kind of
        fault is not another story altogether."""
        return self.rng.random() * 1000 < milli and fault in self.faults

    # --- whom ----------------------------------------------------------------------------------

    def officer(self) -> Officer:
        return self.rng.choice(self.world.officers)

    def branch(self) -> Branch:
        return self.rng.choice(self.world.country.branches)

    def phone(self) -> Phone:
        """Mostly a phone that has something to do."""
        alive = [phone for phone in self.world.phones if not phone.dead]
        busy = [phone for phone in alive if phone.visits]
        return self.rng.choice(busy if busy and self.rng.random() < 0.7 else alive)

    def key(self) -> str:
        self.keys += 1
        return f"{self.world.seed}-{self.keys}"

    # --- phones --------------------------------------------------------------------------------

    def _open(self, phone: Phone) -> list[dict[str, Any]]:
        return [
            visit
            for visit_id, visit in phone.visits.items()
            if visit["payments"] and visit_id not in phone.done and visit_id not in phone.begun
        ]

    def pay_own(self) -> str:
        phone = self.phone()
        if not (mine := self._open(phone)):
            return self.lease_for(phone)
        return self.world.act("pay", phone, self.rng.choice(mine))

    def pay_differently(self) -> str:
        phone = self.phone()
        if not (mine := self._open(phone)):
            return self.lease_for(phone)
        visit, draw = self.rng.choice(mine), self.rng.random()
        if draw < 0.25:
            return self.world.act("pay", phone, visit, 0, self.world.new_id())
        steps = self.rng.choice((-6, -4, -2, -1) if draw < 0.7 else (1, 2, 5))
        return self.world.act("pay", phone, visit, steps * STEP)

    def pay_elsewhere(self) -> str:
        """A family stands with its letter before somebody whose phone does not know it."""
        phone = self.phone()
        letters = [v for v in self.world.letters.values() if v["id"] not in phone.done]
        if not letters:
            return self.push()
        short = -2 * STEP if self.rng.random() < 0.2 and "amounts" in self.faults else 0
        return self.world.act("pay", phone, self.rng.choice(letters), short)

    def begin(self) -> str:
        phone = self.phone()
        mine = self._open(phone)
        return self.world.act("begin", phone, self.rng.choice(mine)) if mine else self.pay_own()

    def resolve(self) -> str:
        phones = [phone for phone in self.world.phones if phone.begun]
        if not phones:
            return self.pay_own()
        phone = self.rng.choice(phones)
        return self.world.act(
            "resolve", phone, self.rng.choice(list(phone.begun)), self.rng.random() < 0.6
        )

    def fail(self) -> str:
        phone = self.phone()
        if not (mine := self._open(phone)):
            return self.pay_elsewhere()
        code = self.rng.choice(FINAL if self.rng.random() < 0.45 else TEMPORARY)
        return self.world.act("fail", phone, self.rng.choice(mine), code)

    def pull(self) -> str:
        phone = self.phone()
        over = [one for one in self.world.phones if not one.dead and self._lease_is_over(one)]
        if over and self.rng.random() < 0.5:
            phone = self.rng.choice(over)
        if self.rng.random() < 0.5:
            phone.cursor = ""
        return self.world.act("pull", phone, self._fault())

    def _lease_is_over(self, phone: Phone) -> bool:
        lease = phone.worklist.get("lease")
        return bool(lease) and clock.parse_iso(lease["until"]) <= self.world.now

    def accept(self) -> str:
        phone = self.phone()
        return self.world.act("accept", phone, self.has("duplicates", 300))

    def _fault(self) -> str | int:
        if self.has("network", 120):
            return "cut"
        if self.has("acks", 170):
            return "lost"
        if self.has("crashes", 100):
            return 1 + int(self.rng.random() * 24)
        return ""

    def push(self) -> str:
        alive = [phone for phone in self.world.phones if phone.outbox]
        phone = self.rng.choice(alive) if alive else self.phone()
        how = ""
        if self.has("reorder", 350):
            how = "shuffled" if self.rng.random() < 0.5 else "half"
        elif self.has("duplicates", 300):
            how = "twice" if self.rng.random() < 0.5 else "again"
        return self.world.act("push", phone, how, self._fault(), int(self.rng.random() * 2**31))

    def restart(self) -> str:
        return self.world.act("restart", self.phone())

    def shift(self) -> str:
        """The clock of a phone changes; drawn apart, so that nothing else does."""
        phones = [phone for phone in self.world.phones if not phone.dead]
        phone = self.draw_clock.choice(phones)
        draw = self.draw_clock.random()
        to_1970 = EPOCH - self.world.now
        shift = (
            to_1970
            if draw < 0.15
            else timedelta()
            if draw < 0.3
            else self.draw_clock.choice(SHIFTS)
        )
        return self.world.act("clock", phone, shift)

    def count(self) -> str:
        return self.world.act("count", self.phone(), self._lost())

    def pass_cash(self) -> str:
        phones = [phone for phone in self.world.phones if not phone.dead]
        giver, taker = self.rng.choice(phones), self.rng.choice(phones)
        signs = self.rng.choice(("both", "both", "giver", "taker"))
        lost = STEP if self.rng.random() < 0.2 else 0
        return self.world.act("pass", giver, taker, 4 * STEP, signs, lost)

    def release(self) -> str:
        return self.world.act("release", self.phone())

    def clone(self) -> str:
        return self.world.act("clone", self.phone())

    def revoke(self) -> str:
        """A phone is reported lost while it holds events; its officer gets another one."""
        phone = self.phone()
        result = self.world.act("revoke", phone)
        self._retire(phone)
        return result

    def _retire(self, phone: Phone) -> None:
        """Its officer goes on with a new phone; what the old one holds is still delivered."""
        officer = self.world.officer_of(phone)
        for other in officer.phones:
            if other.device_id == phone.device_id:
                other.dead, other.visits = True, {}
        if all(other.dead for other in officer.phones):
            self.world.act("enrol", officer)

    # --- desks ---------------------------------------------------------------------------------

    def apply(self) -> str:
        dies = 1 + int(self.rng.random() * 40) if self.has("crashes", 200) else 0
        limit = self.rng.choice((3, 20, 1000, 1000))
        return self.world.act("apply", limit, dies)

    def issue(self) -> str:
        return self.world.act(
            "issue", self.officer(), STEP * self.rng.choice(FLOAT_STEPS), self.key()
        )

    def withdraw(self) -> str:
        return self.world.act("withdraw", self.officer())

    def hand_back(self) -> str:
        officer = self.officer()
        return self.world.act(
            "hand_back", officer, officer.bag // 2 // STEP * STEP or STEP, self.key()
        )

    def close(self) -> str:
        """The end of a session: count, send, close. A careful cashier waits until everything is
        here; another one does not, or the phone has no network for all of it."""
        officer = self.officer()
        phones = [phone for phone in officer.phones if not phone.dead] or officer.phones
        hasty = self.has("late", 600)
        self.world.act("count", self.rng.choice(phones), self._lost())
        for phone in officer.phones:
            if phone.outbox and not (hasty and self.rng.random() < 0.3):
                how = "half" if hasty and self.rng.random() < 0.7 else ""
                self.world.act("push", phone, how)
        self.world.act("apply")
        result = self.world.act("close", officer, False)
        if result == "refused:events_missing" and hasty and self.rng.random() < 0.6:
            result = self.world.act("close", officer, True)
        return result

    def _lost(self) -> int:
        return STEP * int(self.rng.random() * 3) if self.has("losses", 250) else 0

    def lease(self) -> str:
        """Sometimes a session that somebody else holds: only what is free may change hands."""
        phone = self.phone()
        held = self.world.open_sessions(self.world.officer_of(phone).branch, held=True)
        if held and not phone.dead and self.rng.random() < 0.5:
            self.world.act("lease", phone, self.rng.choice(held))
            return self.world.act("pull", phone, "")
        return self.lease_for(phone)

    def release_to_desk(self) -> str:
        phone = self.phone()
        others = [
            other
            for officer in self.world.officers
            if officer.branch is self.world.officer_of(phone).branch
            for other in officer.phones
            if other.device_id != phone.device_id and not other.dead
        ]
        if not (mine := self._open(phone)) or not others:
            return self.pay_own()
        return self.world.act("desk_release", phone, self.rng.choice(others), self.rng.choice(mine))

    def accept_at_desk(self) -> str:
        if not self.world.slips:
            return self.release_to_desk()
        recent = len(self.world.slips)
        which = self.rng.randrange(max(0, recent - 4), recent)
        stranger = self.phone() if self.rng.random() < 0.45 else None
        return self.world.act("desk_accept", which, stranger)

    def open_envelope(self) -> str:
        phone = self.phone()
        lease = str((phone.worklist.get("lease") or {}).get("id"))
        seals = self.world.seals.get(lease)
        if not seals:
            return self.release_to_desk()
        desk = self.rng.choice(sorted(seals))
        code = seals[desk] if self.rng.random() < 0.5 else "ABCD-EFGH-JKLM"
        return self.world.act("desk_seal", phone, desk, code)

    def lease_for(self, phone: Phone) -> str:
        """A phone without work is leased the next session, or asks whether it was."""
        branch = self.world.officer_of(phone).branch
        sessions = self.world.open_sessions(branch)
        if not sessions or phone.dead:
            if self.rng.random() < 0.03:
                return self.world.act("replan", branch)
            return self.pay_elsewhere()
        officer = self.world.officer_of(phone)
        group = [
            next(one for one in other.phones if not one.dead)
            for other in self.world.officers
            if other.branch is branch and any(not one.dead for one in other.phones)
        ]
        if self.has("desks", 450) and len(group) > 1:
            self.world.act("lease_group", branch, sessions[0], group)
            self.world.act("pull", group[0] if group[1] is phone else group[1], "")
        else:
            self.world.act("lease", phone, sessions[0])
        if officer.bag < FLOAT_STEPS[0] * STEP:
            self.world.act("issue", officer, FLOAT_STEPS[-1] * STEP, self.key())
        result = self.world.act("pull", phone, "")
        if result.startswith("answer:"):  # quarantined or revoked: its time is over
            self._retire(phone)
        self.world.act("accept", phone)
        return result

    def break_lease(self) -> str:
        branch = self.branch()
        leases = self.world.live_leases(branch)
        if not leases:
            return self.tick()
        return self.world.act("break", branch, self.rng.choice(leases))

    def decide(self) -> str:
        return self.world.act("decide", self.branch(), self.rng.random() < 0.85)

    def replan(self) -> str:
        return self.world.act("replan", self.branch())

    def tick(self) -> str:
        return self.world.act("tick")

    def wave(self) -> str:
        programs = sorted(self.world.country.entries)
        first = int(self.rng.random() * 50)
        result = self.world.act("wave", self.rng.choice(programs), first, 6)
        if self.rng.random() < 0.5:
            self.world.act("changes")
        return result

    def changes(self) -> str:
        self.world.act("changes")
        return self.world.act("plan") if self.rng.random() < 0.4 else ""
