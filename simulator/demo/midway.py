"""A tranche in the middle of its run, for `make run`: some days done, today's sessions waiting.

Everything happens in this process with the clock moved back, through the same operations and the
same device API; the last days of the plan are left for whoever looks at the demo.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from django.core.wsgi import get_wsgi_application

from salur.access import operations as access
from salur.casework import operations as casework
from salur.config.work import catch_up
from salur.disbursement import operations as disbursement
from salur.disbursement.models import Attempt, PaySession, Visit
from salur.disbursement.operations.sessions import assign_officer, assign_officers, set_policy
from salur.disbursement.queries.cash import cash_needed_for_system
from salur.disbursement.rules.channels import DEFAULT_RULES
from salur.kernel import clock
from salur.places.queries import office_of_villages_for_system
from salur.programs.models import Tranche
from salur.reconciliation import operations as reconciliation
from simulator.demo.books import compare
from simulator.demo.fieldwork import FieldOfficer, counted_float_of, draw_for
from simulator.demo.ground import Branch, Ground, GroundSize, prepare_ground
from simulator.demo.sending import (
    Sending,
    SentList,
    approve_list,
    list_folder,
    open_next_tranche,
    receive_list,
    record_orders,
    today_in_capital,
    write_waves,
)
from simulator.demo.servers import run_waiting_jobs
from simulator.demo.steps import Steps
from simulator.devices import Device
from simulator.officers import Officer
from simulator.pictures import PictureBook
from simulator.population import generate_households
from simulator.tally import Tally
from simulator.transports import InProcess
from simulator.villages import share_out

SIZE = GroundSize(regencies=3, families_per_village=43, officers_per_office=3)
OFFICERS = 9
HOUSEHOLDS = 900
PLANNED_DAYS_AGO = (10, 8, 6, 4, 1)
"""When the waves were planned; one more has come and waits for a second person's approval."""
DAYS_DONE = PLANNED_DAYS_AGO[0] - 1
_WITH_PICTURES_MILLI = 880
_SENT_DAYS_BEFORE = 2
_DECIDED_AFTER = timedelta(days=2)
# A small tranche: what counts as many or few in a village is scaled down with it.
_SCALED = {"many_in_village": {"village_families_from": 30}}
_RULES = [
    {**rule, "when": _SCALED.get(rule["reason"], rule["when"])}
    for rule in DEFAULT_RULES
    if rule["reason"] != "few_in_village"
]
_POLICY = {
    "working_days": [1, 2, 3, 4, 5, 6, 7],
    "community_per_day": 1,
    "doorstep_per_day": 1,
    "channel_rules": _RULES,
}
# Who looks at the demo takes these people's places: their sessions of today stay untouched.
_COMPANIONS_VILLAGES = 3
_LEFT_FOR_VISITORS = ("rudi", "yusuf")
_EXPLANATIONS = {
    "absent": "informed_will_come",
    "away": "working_away",
    "moved": "moved_unknown",
}


@dataclass
class Midway:
    """The demo while it is being made."""

    seed: int
    steps: Steps
    ground: Ground
    tranche: Tranche
    crew: dict[UUID, FieldOfficer] = field(default_factory=dict)
    attempts: dict[str, int] = field(default_factory=dict)
    received: dict[SentList, UUID] = field(default_factory=dict)

    @property
    def people(self) -> dict[str, Any]:
        return self.ground.people


def make_midway(*, households: int, seed: int, steps: Steps) -> dict[str, Any]:
    """Make the demo tranche; figures of what was made. Commits as it goes."""
    logging.getLogger("salur.request").setLevel(logging.WARNING)
    today = today_in_capital()
    opened = _at(today - timedelta(days=PLANNED_DAYS_AGO[0] + _SENT_DAYS_BEFORE), 9)
    with steps.step("ground", "Wilayah, kantor, petugas"), clock.at(opened):
        ground = prepare_ground(households, OFFICERS, seed=seed, size=SIZE)
        tranche = open_next_tranche(ground, today=today_in_capital())
    made = Midway(seed, steps, ground, tranche)
    with list_folder() as folder:
        sending = _write(made, households, Path(folder), opened)
        with steps.step("pay", "Gelombang demi gelombang, hari demi hari") as advance:
            _open(made, opened)
            for done in range(opened_days := (today - opened.date()).days):
                day = opened.date() + timedelta(days=done)
                _office_morning(made, sending, day, today)
                _whole_day(made, day)
                advance(done + 1, opened_days + 1)
            _office_morning(made, sending, today, today)
            _this_day(made, today)
            advance(opened_days + 1, opened_days + 1)
    with steps.step("check", "Buku dibandingkan"):
        catch_up()
        tally = Tally().merged([one.officer.tally for one in made.crew.values()])
        comparison = compare(tally, tranche.id)
    for sentence in (*comparison.books, *comparison.audit):
        steps.say(f"[red]✗[/] {sentence}")
    return {
        "tranche": tranche.name,
        "households": households,
        "paid_families": len(tally.paid_visits),
        "failed": tally.failed_by_reason,
        "books_balanced": comparison.books_balanced,
        "audit_ok": comparison.audit_ok,
        "seconds": {**steps.rounded, "total": round(sum(steps.seconds.values()), 2)},
    }


def _at(day: date, hour: float, zone: str = "Asia/Jakarta") -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=clock.zone(zone))
    return midnight + timedelta(hours=hour)


# --- waves ------------------------------------------------------------------------------------


def _write(made: Midway, households: int, folder: Path, opened: datetime) -> Sending:
    with made.steps.step("generate", "Keluarga dan daftar dibuat"), clock.at(opened):
        day = today_in_capital()
        shares = share_out(households, made.ground.villages, seed=made.seed, spread=0.2)
        families = list(generate_households(shares, seed=made.seed, on=day))
        sending = write_waves(
            made.tranche, families, _waves(made.ground), seed=made.seed, folder=folder
        )
        record_orders(made.ground, sending, today=day)
    return sending


def _waves(ground: Ground) -> dict[str, int]:
    """Village > wave: each office has a village in every wave, and two in the one of today."""
    waves = [*range(1, len(PLANNED_DAYS_AGO) + 1), len(PLANNED_DAYS_AGO), len(PLANNED_DAYS_AGO) + 1]
    office_of = office_of_villages_for_system(village.code for village in ground.villages)
    seen: dict[str, int] = defaultdict(int)
    wave_of: dict[str, int] = {}
    for village in ground.villages:
        office = office_of[village.code]
        wave_of[village.code] = waves[seen[office] % len(waves)]
        seen[office] += 1
    return wave_of


def _open(made: Midway, opened: datetime) -> None:
    """Settings of the tranche, phones for the officers."""
    with clock.at(opened + timedelta(hours=1)):
        set_policy(_POLICY, tranche_id=made.tranche.id, by=made.people["dewi"])
        _enrol(made)


def _office_morning(made: Midway, sending: Sending, day: date, today: date) -> None:
    """What head office does that day: a wave comes in, is approved, is planned."""
    for wave, days_ago in enumerate((*PLANNED_DAYS_AGO, -1), 1):
        planned_on = today - timedelta(days=days_ago)
        lists = [sent for sent in sending.lists if sent.wave == wave]
        if day == planned_on - timedelta(days=_SENT_DAYS_BEFORE):
            with clock.at(min(_at(day, 9.5), clock.now())):
                for sent in lists:
                    made.received[sent] = receive_list(made.ground, sending, sent)
                run_waiting_jobs()
        if day == planned_on:
            _plan_wave(made, lists, _at(day, 9))


def _plan_wave(made: Midway, lists: Sequence[SentList], moment: datetime) -> None:
    planner = made.people["dewi"]
    ids = [made.received[sent] for sent in lists]
    with clock.at(moment):
        for list_id in ids:
            approve_list(made.ground, list_id)
        run_waiting_jobs()
    with clock.at(moment + timedelta(hours=1)):
        disbursement.plan_payments(made.tranche.id, by=planner)
        assign_officers(made.tranche.id, by=planner)
        disbursement.print_letters(made.tranche.id, by=planner)
    with clock.at(moment + timedelta(hours=2)):
        catch_up()
        _form_groups(made)


def _form_groups(made: Midway) -> None:
    """The cast's companion looks after families of the first office; letters reach them."""
    companion, head = made.people["sari"], made.people["hendra"]
    villages = Visit.objects.filter(tranche=made.tranche, office__path=head.offices[0])
    codes = list(villages.order_by("village_id").values_list("village_id", flat=True).distinct())
    for code in codes[:_COMPANIONS_VILLAGES]:
        casework.form_groups(UUID(companion.id), code, by=head)
    letters = villages.filter(village_id__in=codes[: _COMPANIONS_VILLAGES - 1])
    casework.hand_out_invitations(list(letters.values_list("id", flat=True)), by=companion)


def _enrol(made: Midway) -> None:
    transport = InProcess(get_wsgi_application())
    pictures = PictureBook(made.seed, share_milli=_WITH_PICTURES_MILLI)
    for branch in made.ground.branches.values():
        for user in branch.officers:
            issued = access.issue_enrolment_code(user.id, by=branch.head)
            device = Device.make(transport, seed=f"{made.seed}/{made.tranche.id}/{user.username}")
            device.enrol(issued.code, f"Ponsel {user.name}")
            officer = Officer(
                device,
                made.seed,
                pictures=pictures,
                attempts_made=made.attempts,
                checks_faces=False,
            )
            made.crew[user.id] = FieldOfficer(user.id, branch, officer)


# --- days -------------------------------------------------------------------------------------


def _sessions_of(made: Midway, day: date) -> list[PaySession]:
    return list(
        PaySession.objects.filter(
            tranche=made.tranche, business_date=day, officer__in=list(made.crew)
        )
        .filter(visits__status="planned")
        .distinct()
        .order_by("starts_at", "id")
    )


def _whole_day(made: Midway, day: date) -> None:
    sessions = _sessions_of(made, day)
    _draw(made, sessions)
    for session in sessions:
        _serve(made, session, until=session.ends_at)
        _finish(made, session)
    evening = _at(day, 19)
    with clock.at(evening):
        catch_up()
        _close(made, day)
        _decide(made, before=evening - _DECIDED_AFTER)
        _explain(made)
        _ask_again(made)
        catch_up()


def _this_day(made: Midway, today: date) -> None:
    """Sessions that have begun are served as far as the hour; some are left for visitors."""
    now = clock.now()
    _keep_for_visitors(made, today)
    visitors = {UUID(made.people[name].id) for name in _LEFT_FOR_VISITORS}
    begun = [
        session
        for session in _sessions_of(made, today)
        if session.starts_at < now and session.officer_id not in visitors
    ]
    _draw(made, begun)
    for session in begun:
        _serve(made, session, until=min(now, session.ends_at))


def _keep_for_visitors(made: Midway, today: date) -> None:
    """The cast's officers have a session today, the largest of their office."""
    for name in _LEFT_FOR_VISITORS:
        officer = made.crew[UUID(made.people[name].id)]
        mine = [s for s in _sessions_of(made, today) if s.office_id == officer.branch.office.code]
        if not mine:
            continue
        largest = max(mine, key=lambda session: session.visits.count())
        previous = largest.officer_id
        own = [session for session in mine if session.officer_id == officer.user_id]
        if own and own[0].id != largest.id and previous is not None:
            assign_officer([own[0].id], previous, by=made.people["dewi"])
        assign_officer([largest.id], officer.user_id, by=made.people["dewi"])


def _draw(made: Midway, sessions: Sequence[PaySession]) -> None:
    by_office: dict[str, list[PaySession]] = defaultdict(list)
    for session in sessions:
        by_office[session.office_id].append(session)
    for office, group in by_office.items():
        with clock.at(min(session.starts_at for session in group) - timedelta(hours=1)):
            draw_for(
                made.ground.branches[office],
                [session.id for session in group],
                key=f"{made.tranche.id}/{group[0].business_date}",
            )


def _serve(made: Midway, session: PaySession, *, until: datetime) -> None:
    """One session with its families, each at its time, until the hour is over."""
    one = made.crew[session.officer_id]  # type: ignore[index]
    officer, cashier = one.officer, one.branch.cashier
    with clock.at(session.starts_at - timedelta(minutes=30)):
        disbursement.lease_visits(session.id, one.device_id, by=cashier)
        needed = cash_needed_for_system([session.id])[session.id].amount
        disbursement.issue_float(
            one.user_id,
            amount=needed,
            session_id=session.id,
            idempotency_key=f"{session.id}/{made.tranche.number}",
            by=cashier,
        )
        worklist = officer.device.get("/worklist?cursor=")
        officer.accept_floats(worklist)
    rng = Random(f"pace/{made.seed}/{session.id}")
    visits = [visit for visit in worklist["visits"] if visit["status"] == "planned"]
    pace = (session.ends_at - session.starts_at) / (len(visits) + 1)
    moment = session.starts_at
    for visit in visits:
        moment += pace * (0.6 + rng.random() * 0.6)
        if moment >= until:
            break
        with clock.at(moment):
            officer.serve(worklist, [visit])
    with clock.at(min(moment, until)):
        officer.device.push()
        officer.send_pictures()


def _finish(made: Midway, session: PaySession) -> None:
    """The bag is counted, the lease goes back."""
    officer = made.crew[session.officer_id].officer  # type: ignore[index]
    worklist = {
        "lease": {"id": str(session.leases.order_by("-issued_at").values_list("id", flat=True)[0])},
        "session": {"id": str(session.id)},
    }
    with clock.at(session.ends_at + timedelta(minutes=15)):
        officer.count_cash(worklist)
        officer.give_back(worklist)
        officer.device.push()


# --- evenings -------------------------------------------------------------------------------------


def _close(made: Midway, day: date) -> None:
    for one in made.crew.values():
        if (float_id := counted_float_of(one.user_id)) is not None:
            reconciliation.close_session(float_id, by=one.branch.cashier)
    for branch in made.ground.branches.values():
        reconciliation.close_office_day(branch.office.code, day, by=branch.head)


def _waiting_of(made: Midway, branch: Branch) -> Any:
    return Attempt.objects.filter(
        office=branch.office, visit__tranche=made.tranche, decision=Attempt.Decision.WAITING
    )


def _decide(made: Midway, *, before: datetime) -> None:
    """Heads make final codes final after two days; the newest stay for whoever looks."""
    for branch in made.ground.branches.values():
        waiting = _waiting_of(made, branch).filter(attempted_at__lt=before)
        if ids := list(waiting.values_list("id", flat=True)):
            disbursement.decide_attempts(ids, approve=True, by=branch.head)


def _explain(made: Midway) -> None:
    """The companion explains what she knows; the rest waits for her."""
    companion = made.people["sari"]
    attempts = Attempt.objects.filter(
        visit__household__companion_membership__group__companion_id=UUID(companion.id),
        explanation=None,
        code__in=_EXPLANATIONS,
    )
    for attempt in attempts.order_by("id")[:1]:
        casework.explain_failure(attempt.id, _EXPLANATIONS[attempt.code], "", by=companion)


def _ask_again(made: Midway) -> None:
    """Whoever was not there is asked to come once more; the letters go out with the next wave's."""
    planner = made.people["dewi"]
    disbursement.replan_payments(made.tranche.id, by=planner)
    assign_officers(made.tranche.id, by=planner)
