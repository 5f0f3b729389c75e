"""The invariants hold after every step of any story that Hypothesis can think of (M1).

Its engine is the simulator's world: one description of phones, officers and desks. Every step
really commits to PostgreSQL, on a copy of the small country for each story.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from salur.config.wsgi import application
from salur.kernel import ids
from simulator.tests.conftest import Template
from simulator.transports import InProcess
from simulator.world import checks
from simulator.world.conflicts import conflicts
from simulator.world.desk import World
from simulator.world.run import settle
from simulator.world.script import FINAL, STEP, TEMPORARY

STORIES = 14
STEPS = 30
PLAY = settings(
    max_examples=STORIES,
    stateful_step_count=STEPS,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
"""The same stories on every machine; `salur simulate` is for those that nobody has seen yet."""

ANY = st.integers(0, 5)
"""Which phone, officer, visit or session: taken modulo what there is."""
FAULT = st.sampled_from(["", "", "", "cut", "lost", 3, 9])


class Story(RuleBasedStateMachine):
    template: Template
    seen: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.around = ExitStack()
        self.around.enter_context(self.template.databases.copy())
        self.around.enter_context(ids.seeded(1))
        self.world = World(self.template.country, InProcess(application), 1)
        self.keys = 0
        self.waves = 0

    def teardown(self) -> None:
        try:
            settle(self.world)
            assert list(checks.final(self.world)) == []
            assert self.world.book.violations == []
            self.seen.update(conflicts(self.world))
        finally:
            self.around.close()

    def act(self, name: str, *values: Any) -> None:
        self.world.act(name, *values)
        self.world.advance(600)

    def key(self) -> str:
        self.keys += 1
        return str(self.keys)

    def phone(self, which: int) -> Any:
        return self.world.phones[which % len(self.world.phones)]

    def officer(self, which: int) -> Any:
        return self.world.officers[which % len(self.world.officers)]

    def visit(self, phone: Any, which: int) -> Any:
        mine = [v for v in phone.visits.values() if v["payments"] and v["id"] not in phone.done]
        return mine[which % len(mine)] if mine else None

    @invariant()
    def the_books_agree(self) -> None:
        assert self.world.book.violations == []
        assert list(checks.invariants()) == []

    # --- cash ------------------------------------------------------------------------------

    @initialize()
    def two_officers_of_one_office_have_cash_and_families(self) -> None:
        for which in (0, 1):
            self.act("issue", self.officer(which), 200 * STEP, self.key())
            self.lease(which)
            self.act("pull", self.phone(which))
            self.act("accept", self.phone(which))

    @rule(which=ANY, steps=st.sampled_from([20, 100]))
    def issue_float(self, which: int, steps: int) -> None:
        self.act("issue", self.officer(which), steps * STEP, self.key())

    @rule(which=ANY, again=st.booleans())
    def accept(self, which: int, again: bool) -> None:
        self.act("accept", self.phone(which), again)

    @rule(which=ANY)
    def withdraw(self, which: int) -> None:
        self.act("withdraw", self.officer(which))

    @rule(which=ANY)
    def hand_back(self, which: int) -> None:
        self.act("hand_back", self.officer(which), 2 * STEP, self.key())

    @rule(giver=ANY, taker=ANY, signs=st.sampled_from(["both", "giver", "taker"]))
    def pass_cash(self, giver: int, taker: int, signs: str) -> None:
        self.act("pass", self.phone(giver), self.phone(taker), STEP, signs)

    @rule(which=ANY, lost=st.sampled_from([0, STEP]), despite=st.booleans(), sent=st.booleans())
    def count_and_close(self, which: int, lost: int, despite: bool, sent: bool) -> None:
        phone = self.phone(which)
        self.act("count", phone, lost)
        self.act("push", phone, "" if sent else "half")
        self.act("apply")
        self.act("close", self.world.officer_of(phone), despite)

    # --- families --------------------------------------------------------------------------

    @rule(which=ANY)
    def lease(self, which: int) -> None:
        phone = self.phone(which)
        if sessions := self.world.open_sessions(self.world.officer_of(phone).branch):
            self.act("lease", phone, sessions[0])

    @rule(which=ANY, fault=FAULT)
    def pull(self, which: int, fault: Any) -> None:
        self.phone(which).cursor = ""
        self.act("pull", self.phone(which), fault)

    @rule(which=ANY, family=ANY, steps=st.sampled_from([0, 0, 0, -4, -1, 2]))
    def pay(self, which: int, family: int, steps: int) -> None:
        if visit := self.visit(self.phone(which), family):
            self.act("pay", self.phone(which), visit, steps * STEP)

    @rule(which=ANY, family=ANY)
    def pay_with_the_letter_alone(self, which: int, family: int) -> None:
        letters = list(self.world.letters.values())
        self.act("pay", self.phone(which), letters[family % len(letters)])

    @rule(which=ANY, family=ANY)
    def begin(self, which: int, family: int) -> None:
        if visit := self.visit(self.phone(which), family):
            self.act("begin", self.phone(which), visit)

    @precondition(lambda self: any(phone.begun for phone in self.world.phones))
    @rule(paid=st.booleans())
    def resolve(self, paid: bool) -> None:
        phone = next(phone for phone in self.world.phones if phone.begun)
        self.act("resolve", phone, next(iter(phone.begun)), paid)

    @rule(which=ANY, family=ANY, code=st.sampled_from([*TEMPORARY, *FINAL]))
    def fail(self, which: int, family: int, code: str) -> None:
        if visit := self.visit(self.phone(which), family):
            self.act("fail", self.phone(which), visit, code)

    # --- sync, faults ----------------------------------------------------------------------

    @rule(
        which=ANY,
        how=st.sampled_from(["", "", "shuffled", "half", "twice", "again"]),
        fault=FAULT,
        applied=st.booleans(),
    )
    def sync(self, which: int, how: str, fault: Any, applied: bool) -> None:
        self.act("push", self.phone(which), how, fault, 1)
        if applied:
            self.act("apply")

    @rule(limit=st.sampled_from([1, 4, 1000]), dies=st.sampled_from([0, 0, 5, 25]))
    def apply(self, limit: int, dies: int) -> None:
        self.act("apply", limit, dies)

    @precondition(lambda self: len(self.world.phones) < 9)
    @rule(which=ANY)
    def clone(self, which: int) -> None:
        self.act("clone", self.phone(which))

    @rule(which=ANY)
    def release(self, which: int) -> None:
        self.act("release", self.phone(which))

    # --- the office ------------------------------------------------------------------------

    @rule(which=ANY)
    def break_lease(self, which: int) -> None:
        branch = self.officer(which).branch
        if leases := self.world.live_leases(branch):
            self.act("break", branch, leases[0])

    @rule(which=ANY, approve=st.booleans())
    def decide(self, which: int, approve: bool) -> None:
        self.act("decide", self.officer(which).branch, approve)

    @precondition(lambda self: self.waves < 1)
    @rule(first=ANY)
    def correct_by_a_wave(self, first: int) -> None:
        self.waves += 1
        self.act("wave", "SEMBAKO", first, 6)
        self.act("changes")

    @rule()
    def a_day_passes(self) -> None:
        self.world.advance(20 * 3600)
        self.act("tick")


def test_the_invariants_hold_after_every_step_of_any_story(template: Template) -> None:
    seen: Counter[str] = Counter()
    bound = type("Bound", (Story,), {"template": template, "seen": seen})
    run_state_machine_as_test(bound, settings=PLAY)
    assert set(seen) >= {"second", "duplicate_acknowledged", "lost_ack_resent", "in_doubt"}
