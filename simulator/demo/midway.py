"""A tranche in the middle of its run, for `make run`: some days done, today's sessions waiting.

Everything happens in this process with the clock moved back, through the same operations and the
same device API; the last days of the plan are left for whoever looks at the demo.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.wsgi import get_wsgi_application

from salur.access import operations as access
from salur.casework import operations as casework
from salur.config.work import catch_up
from salur.disbursement import operations as disbursement
from salur.disbursement.models import Visit
from salur.disbursement.operations.sessions import assign_officers, set_policy
from salur.disbursement.rules.channels import DEFAULT_RULES
from salur.kernel import clock
from salur.places.queries import office_of_villages_for_system
from simulator.demo.books import compare
from simulator.demo.days import Midway, at_hour, this_day, whole_day
from simulator.demo.fieldwork import FieldOfficer, points_of_visits
from simulator.demo.ground import Ground, GroundSize, prepare_ground
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
PLANNED_DAYS_AGO = (10, 8, 6, 3, 1)
"""When the waves were planned; one more has come and waits for a second person's approval."""
_WITH_PICTURES_MILLI = 880
_SENT_DAYS_BEFORE = 2
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
_COMPANIONS_VILLAGES = 3


def make_midway(*, households: int, seed: int, steps: Steps) -> dict[str, Any]:
    """Make the demo tranche; figures of what was made. Commits as it goes."""
    logging.getLogger("salur.request").setLevel(logging.WARNING)
    today = today_in_capital()
    opened = at_hour(today - timedelta(days=PLANNED_DAYS_AGO[0] + _SENT_DAYS_BEFORE), 9)
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
                whole_day(made, day)
                advance(done + 1, opened_days + 1)
            _office_morning(made, sending, today, today)
            this_day(made, today)
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
            with clock.at(min(at_hour(day, 9.5), clock.now())):
                for sent in lists:
                    made.received[sent] = receive_list(made.ground, sending, sent)
                run_waiting_jobs()
        if day == planned_on:
            _approve_wave(made, lists, at_hour(day, 9))
        for turn, group in enumerate(_turns(made.ground, last=days_ago == PLANNED_DAYS_AGO[-1])):
            if group and day == planned_on + timedelta(days=turn):
                _plan_wave(made, group, at_hour(day, 10))


def _turns(ground: Ground, *, last: bool) -> tuple[list[str], list[str]]:
    """Every other office plans a day later, so that every day has its events; but not today."""
    codes = list(ground.branches)
    return (codes, []) if last else (codes[::2], codes[1::2])


def _approve_wave(made: Midway, lists: Sequence[SentList], moment: datetime) -> None:
    with clock.at(moment):
        for sent in lists:
            approve_list(made.ground, made.received[sent])
        run_waiting_jobs()


def _plan_wave(made: Midway, offices: Sequence[str], moment: datetime) -> None:
    planner = made.people["dewi"]
    with clock.at(moment):
        disbursement.plan_payments(made.tranche.id, offices=offices, by=planner)
        assign_officers(made.tranche.id, by=planner)
        disbursement.print_letters(made.tranche.id, by=planner)
    made.points.update(points_of_visits(made.tranche.id))
    with clock.at(moment + timedelta(hours=1)):
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
                points=made.points,
                live_faces_milli=0,
            )
            made.crew[user.id] = FieldOfficer(user.id, branch, officer)
