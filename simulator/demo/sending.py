"""The ministry's side of the demo: a tranche, orders, lists with their usual flaws, two waves."""

import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from django.db.models import Max

from salur.kernel import clock
from salur.programs import operations as programs
from salur.programs.models import NominativeList, PaymentOrder, Tranche
from salur.programs.operations.receiving import Covering
from simulator.benefits import PKH, SEMBAKO
from simulator.demo.ground import Ground
from simulator.flaws import plant
from simulator.lists import MINISTRY_XLSX, PLAIN_CSV, Entry, Layout, entries_of, write_list
from simulator.population import Household, generate_households
from simulator.villages import share_out
from simulator.waves import later_wave

_LAYOUTS: dict[str, Layout] = {PKH: MINISTRY_XLSX, SEMBAKO: PLAIN_CSV}
_SENDERS = {PKH: "Ditjen Linjamsos", SEMBAKO: "Ditjen Dayasos"}
# What of an order no list asks for yet: the ministry rounds up and sends more waves later.
_ORDER_ROUNDING_RUPIAH = 50_000_000
_LATER_FAMILIES_MILLI = 10
_FEW_FLAWS = {"nik_length": 5, "unknown_village": 5, "duplicate_nik": 5}


@dataclass(frozen=True, slots=True)
class SentList:
    """A written list file with the totals that its sender declares."""

    program: str
    wave: int
    path: Path
    layout: Layout
    rows: int
    rupiah: int


@dataclass(slots=True)
class Sending:
    """A tranche as the ministry sends it."""

    tranche: Tranche
    households: list[Household]
    lists: list[SentList]
    orders: dict[str, PaymentOrder] = field(default_factory=dict)
    received: list[NominativeList] = field(default_factory=list)


def open_next_tranche(ground: Ground, *, today: date) -> Tranche:
    """The next tranche of this year, open for three weeks."""
    year = today.year
    last = Tranche.objects.filter(year=year).aggregate(last=Max("number"))["last"] or 3
    return programs.open_tranche(
        year=year,
        number=last + 1,
        name=f"Tahap {last + 1} {year}",
        opens_on=today,
        planned_end_on=today + timedelta(days=20),
        return_by=today + timedelta(days=50),
        by=ground.people["rina"],
    )


def write_lists(
    ground: Ground, tranche: Tranche, households: int, *, seed: int, folder: Path, today: date
) -> Sending:
    """Families and the ministry's files: a first wave of each program and a small second one."""
    shares = share_out(households, ground.villages, seed=seed)
    families = list(generate_households(shares, seed=seed, on=today))
    late = max(1, len(families) * _LATER_FAMILIES_MILLI // 1000)
    # Late families stand at the end of a village list like everybody else: take them evenly.
    step = max(1, len(families) // late)
    late_ones = {family.number for family in families[::step]}
    sent: list[SentList] = []
    for program, layout in _LAYOUTS.items():
        entries = list(entries_of(families, program))
        first = [e for e in entries if _number(e) not in late_ones]
        additions = [e for e in entries if _number(e) in late_ones]
        flawed, _truth = plant(first, seed=seed)
        sent.append(_write(folder, tranche, program, 1, layout, flawed))
        wave = later_wave(first, additions, seed=seed, changed_milli=5, withdrawn_milli=2)
        sent.append(_write(folder, tranche, program, 2, layout, wave.entries))
    return Sending(tranche, families, sent)


def write_waves(
    tranche: Tranche,
    families: Sequence[Household],
    wave_of: Mapping[str, int],
    *,
    seed: int,
    folder: Path,
) -> Sending:
    """Files in partial waves, village by village: `wave_of` is village code > wave."""
    by_wave: dict[int, list[Household]] = defaultdict(list)
    for family in families:
        by_wave[wave_of[family.village.code]].append(family)
    sent: list[SentList] = []
    for wave, members in sorted(by_wave.items()):
        for program, layout in _LAYOUTS.items():
            flawed, _truth = plant(
                list(entries_of(members, program)),
                seed=seed + wave,
                per_ten_thousand=_FEW_FLAWS,
            )
            sent.append(_write(folder, tranche, program, wave, layout, flawed))
    return Sending(tranche, list(families), sent)


def _number(entry: Entry) -> int:
    return int(entry.sender_id.removeprefix("KPM"))


def _write(
    folder: Path,
    tranche: Tranche,
    program: str,
    wave: int,
    layout: Layout,
    entries: Sequence[Entry],
) -> SentList:
    name = f"{program.lower()}-{tranche.year}-{tranche.number}-gelombang-{wave}.{layout.kind}"
    file = write_list(folder / name, entries, layout, program=program)
    return SentList(program, wave, file.path, layout, file.rows, file.rupiah)


def record_orders(ground: Ground, sending: Sending, *, today: date) -> None:
    """One order per program; its money is confirmed by a second person."""
    tranche = sending.tranche
    for program in _LAYOUTS:
        asked = sum(sent.rupiah for sent in sending.lists if sent.program == program)
        amount = -(-asked // _ORDER_ROUNDING_RUPIAH) * _ORDER_ROUNDING_RUPIAH
        order = programs.record_order(
            tranche_id=tranche.id,
            program=program,
            number=f"SP2D-{tranche.year}-{tranche.number:02d}-{program}",
            amount=amount,
            dated_on=today,
            by=ground.people["rina"],
        )
        sending.orders[program] = programs.confirm_funds(order.id, by=ground.people["bambang"])


def receive_list(ground: Ground, sending: Sending, sent: SentList) -> UUID:
    """Upload by the clerk; the check is queued as for everybody. The list's id."""
    received = programs.receive_nominative_list(
        sent.path,
        sent.path.name,
        Covering(
            order_id=sending.orders[sent.program].id,
            sender=_SENDERS[sent.program],
            rows=sent.rows,
            rupiah=sent.rupiah,
            wave=sent.wave,
        ),
        by=ground.people["rina"],
    )
    return received.id


def approve_list(ground: Ground, list_id: UUID) -> NominativeList:
    """A different person approves exactly the figures that the page shows."""
    checked = NominativeList.objects.get(id=list_id)
    if checked.status != NominativeList.Status.CHECKED:
        raise RuntimeError(f"{checked.file_name}: {checked.status} {checked.refusal}")
    payable = checked.counts["payable"]
    return programs.approve_nominative_list(
        list_id, rows=payable["rows"], rupiah=payable["rupiah"], by=ground.people["bambang"]
    )


def list_folder() -> tempfile.TemporaryDirectory[str]:
    """Where the ministry's files lie until they are uploaded; gone afterwards."""
    return tempfile.TemporaryDirectory(prefix="salur-demo-")


def today_in_capital() -> date:
    return clock.business_date(clock.now(), "Asia/Jakarta")
