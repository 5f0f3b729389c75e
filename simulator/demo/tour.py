"""A whole tranche, step by step, through the same doors that people use."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from salur.disbursement import operations as disbursement
from salur.disbursement.models import Attempt, HandOver, Visit
from salur.identity.models import FaceCheck
from salur.kernel.clock import business_date, now
from salur.programs.models import NominativeList
from salur.reconciliation import operations as reconciliation
from salur.reconciliation.errors import DayClosed
from simulator.demo.books import Comparison, compare
from simulator.demo.fieldwork import Fieldwork, until, waiting_events
from simulator.demo.ground import Ground, prepare_ground
from simulator.demo.sending import (
    Sending,
    SentList,
    approve_list,
    list_folder,
    open_next_tranche,
    receive_list,
    record_orders,
    today_in_capital,
    write_lists,
)
from simulator.demo.servers import House, Servers
from simulator.demo.steps import Advance, Steps

EVIDENCE_SAMPLE = 200
ROUNDS = 2
"""The first sessions, and one more for whoever was not there."""

_PATIENCE_ROUNDS = 600
Wait = Callable[[Callable[[], int], Advance], None]
_WORKING = (NominativeList.Status.RECEIVED, NominativeList.Status.CHECKING)


@dataclass(slots=True)
class Tour:
    """What a demo did, and whether the books agree."""

    ground: Ground
    sending: Sending
    fieldwork: Fieldwork
    comparison: Comparison


def tour(
    *,
    households: int,
    officers: int,
    seed: int,
    steps: Steps,
    evidence: int = EVIDENCE_SAMPLE,
    house: House | None = None,
) -> Tour:
    """From a generated population to compared books, with web and task processes of its own
    unless another `house` is given."""
    with steps.step("ground", "Wilayah, kantor, petugas"):
        ground = prepare_ground(households, officers, seed=seed)
    with list_folder() as folder, house or Servers() as home:

        def wait(left: Callable[[], int], advance: Advance) -> None:
            until(left, advance, home.rest, rounds=_PATIENCE_ROUNDS)

        sending = _send(ground, households, seed, Path(folder), steps, wait)
        _plan(ground, sending, steps)
        fieldwork = Fieldwork(ground, sending.tranche, home.transport, seed=seed, evidence=evidence)
        with steps.step("enrol", "Perangkat petugas didaftarkan") as advance:
            fieldwork.enrol(advance)
        for turn in range(ROUNDS):
            if turn:
                _replan(ground, sending, steps)
            _work(fieldwork, steps, wait)
            _close(fieldwork, steps, wait)
            _decide(fieldwork, steps)
        _close_days(ground, steps)
        with steps.step("check", "Buku dibandingkan") as advance:
            wait(waiting_events, advance)
            comparison = compare(fieldwork.tally(), sending.tranche.id)
    return Tour(ground, sending, fieldwork, comparison)


# --- the ministry's list ------------------------------------------------------------------------


def _send(
    ground: Ground, households: int, seed: int, folder: Path, steps: Steps, wait: Wait
) -> Sending:
    today = today_in_capital()
    with steps.step("generate", "Keluarga dan daftar dibuat"):
        tranche = open_next_tranche(ground, today=today)
        sending = write_lists(ground, tranche, households, seed=seed, folder=folder, today=today)
        record_orders(ground, sending, today=today)
    for wave in sorted({sent.wave for sent in sending.lists}):
        lists = [sent for sent in sending.lists if sent.wave == wave]
        _receive(ground, sending, lists, steps, wait)
    return sending


def _receive(
    ground: Ground, sending: Sending, lists: Sequence[SentList], steps: Steps, wait: Wait
) -> None:
    with steps.step("import", "Daftar diunggah dan diperiksa") as advance:
        ids = [receive_list(ground, sending, sent) for sent in lists]
        wait(lambda: _lists_in(ids, *_WORKING), advance)
    with steps.step("approve", "Daftar disetujui orang lain") as advance:
        for list_id in ids:
            sending.received.append(approve_list(ground, list_id))
        wait(lambda: _lists_in(ids, NominativeList.Status.APPROVING), advance)


def _lists_in(ids: Sequence[UUID], *statuses: str) -> int:
    return NominativeList.objects.filter(id__in=ids, status__in=statuses).count()


# --- plan and letters ---------------------------------------------------------------------------


def _plan(ground: Ground, sending: Sending, steps: Steps) -> None:
    planner = ground.people["dewi"]
    with steps.step("plan", "Kunjungan direncanakan") as advance:
        disbursement.plan_payments(sending.tranche.id, by=planner, progress=advance)
    _print(ground, sending, steps)


def _print(ground: Ground, sending: Sending, steps: Steps) -> None:
    with steps.step("letters", "Surat undangan dicetak") as advance:
        disbursement.print_letters(sending.tranche.id, by=ground.people["dewi"], progress=advance)


def _replan(ground: Ground, sending: Sending, steps: Steps) -> None:
    """Families who were not there are asked to come once more."""
    unpaid = Visit.objects.filter(tranche=sending.tranche, status="planned").exclude(
        last_attempt_code=""
    )
    with steps.step("replan", "Yang belum datang dijadwalkan lagi"):
        disbursement.replan_payments(
            sending.tranche.id,
            visits=list(unpaid.values_list("id", flat=True)),
            by=ground.people["dewi"],
        )
    _print(ground, sending, steps)


# --- the field ----------------------------------------------------------------------------------


def _work(fieldwork: Fieldwork, steps: Steps, wait: Wait) -> None:
    with steps.step("cash", "Kas diambil kantor") as advance:
        fieldwork.draw_cash(advance)
    with steps.step("pay", "Petugas membayar") as advance:
        fieldwork.serve_all(advance)
    with steps.step("apply", "Peristiwa dibukukan") as advance:
        wait(waiting_events, advance)


def _close(fieldwork: Fieldwork, steps: Steps, wait: Wait) -> None:
    with steps.step("count", "Sisa kas dihitung") as advance:
        fieldwork.count_bags()
        wait(waiting_events, advance)
    with steps.step("close", "Sesi kas ditutup") as advance:
        floats = list(fieldwork.counted_floats())
        for done, (officer, float_id) in enumerate(floats, 1):
            reconciliation.close_session(float_id, by=officer.branch.cashier)
            advance(done, len(floats))


def _decide(fieldwork: Fieldwork, steps: Steps) -> None:
    """Final codes are made final by the head of the branch."""
    with steps.step("decide", "Gagal akhir diputuskan kepala kantor"):
        for branch in fieldwork.ground.branches.values():
            waiting = Attempt.objects.filter(
                office=branch.office,
                visit__tranche=fieldwork.tranche,
                decision=Attempt.Decision.WAITING,
            )
            ids = list(waiting.values_list("id", flat=True))
            if ids:
                disbursement.decide_attempts(ids, approve=True, by=branch.head)


def _close_days(ground: Ground, steps: Steps) -> None:
    with steps.step("day", "Hari kantor ditutup") as advance:
        branches = list(ground.branches.values())
        for done, branch in enumerate(branches, 1):
            day = business_date(now(), branch.office.zone)
            try:
                reconciliation.close_office_day(branch.office.code, day, by=branch.head)
            except DayClosed:
                steps.say(f"{branch.office.name}: {day} sudah ditutup.")
            advance(done, len(branches))


# --- the result ---------------------------------------------------------------------------------


def report(done: Tour, steps: Steps, *, households: int, seed: int) -> dict[str, Any]:
    """The figures as one value; each comes from the side that should know it."""
    tally = done.fieldwork.tally()
    orders = done.comparison.orders
    visits = Visit.objects.filter(tranche=done.sending.tranche)
    return {
        "households": households,
        "seed": seed,
        "officers": len(done.fieldwork.officers),
        "entitled_rupiah": sum(item.amount - item.unassigned - item.held for item in orders),
        "paid_rupiah": sum(item.paid for item in orders),
        "paid_count": sum(tally.paid_count.values()),
        "paid_families": len(tally.paid_visits),
        "failed": tally.failed_by_reason,
        "second": {"count": sum(tally.second_count.values()), "rupiah": tally.second_total},
        "outstanding": {
            "families": visits.filter(status__in=["planned", "partly"]).count(),
            "rupiah": sum(item.outstanding for item in orders),
        },
        "evidence": {
            "files": tally.evidence_sent,
            "faces_checked_live": tally.faces_checked,
            "faces_judged": _faces_judged(done.sending.tranche.id),
            **_judgements(done.sending.tranche.id),
        },
        "orders": [
            {
                "number": item.number,
                "received": item.received,
                "paid": item.paid,
                "final_failed": item.failed,
                "outstanding": item.outstanding,
                "held": item.held,
                "unassigned": item.unassigned,
                "difference": item.difference,
            }
            for item in orders
        ],
        "books_balanced": done.comparison.books_balanced,
        "audit_ok": done.comparison.audit_ok,
        "seconds": {**steps.rounded, "total": round(sum(steps.seconds.values()), 2)},
    }


def _faces_judged(tranche_id: UUID) -> int:
    """Face photos that the server opened by itself, after they had been uploaded."""
    events = HandOver.objects.filter(visit__tranche=tranche_id).values("verification_id")
    return FaceCheck.objects.filter(event_id__in=events).values("event_id").distinct().count()


def _judgements(tranche_id: UUID) -> dict[str, int]:
    verdicts: dict[str, int] = {}
    rows = Visit.objects.filter(tranche=tranche_id, hand_overs__judgement__isnull=False)
    for verdict in rows.values_list("hand_overs__judgement__verdict", flat=True):
        verdicts[verdict] = verdicts.get(verdict, 0) + 1
    return dict(sorted(verdicts.items()))
