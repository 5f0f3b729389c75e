"""Letters in files of one office each: signed, sealed, remembered, one audit entry a file.

A book is read and made without holding anything; keeping it is a compare-and-set on every visit
in it. Where a visit changed meanwhile, the book is made again under the visits' locks, so that no
letter leaves the house that says something older than its visit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from salur.audit.operations import record
from salur.disbursement.channels import CHANNELS
from salur.disbursement.errors import UnknownTranche
from salur.disbursement.letters import Letter, Letterhead
from salur.disbursement.models import PrintRun
from salur.disbursement.press import Book, Printed, make_book, press
from salur.disbursement.queries.policy import current_policy
from salur.disbursement.rules.dates import say_day
from salur.disbursement.rules.numbers import format_payment_number
from salur.disbursement.rules.policy import PlanPolicy
from salur.intake.operations import keep_file
from salur.kernel.actor import Actor
from salur.kernel.canonical import root_of
from salur.kernel.clock import now
from salur.kernel.ids import new_id
from salur.kernel.keys import keys
from salur.places.models import Office
from salur.places.queries import PathNames, path_names_for_system
from salur.programs.models import Tranche

LETTERS_PER_FILE = 2_500
"""About a ream and a half of paper and 3 MB."""
BOOKS_AHEAD = 3
"""Books being made while one is kept: the press never waits, memory stays bounded."""


@dataclass
class PrintResult:
    """What was printed, or would be in a dry run."""

    dry_run: bool = False
    letters: int = 0
    rupiah: int = 0
    files: list[PrintRun] = field(default_factory=list)


@dataclass(frozen=True)
class _Run:
    tranche: Tranche
    policy: PlanPolicy
    again: bool
    session: UUID | None
    by: Actor


def print_letters(
    tranche_id: UUID,
    *,
    by: Actor,
    offices: Sequence[str] | None = None,
    sessions: Sequence[UUID] | None = None,
    again: bool = False,
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> PrintResult:
    """Prints the letter of every planned visit that has none for what it now says.

    ``again`` prints those that have one, too; each printing is a new version of the letter. Files
    hold one office each, villages and neighbourhoods together, as the bearers need them. Each
    file commits by itself with its audit entry; running again prints what is left.
    """
    by.require("disbursement.print_letters")
    tranche = Tranche.objects.filter(pk=tranche_id).first()
    if tranche is None:
        raise UnknownTranche(tranche=str(tranche_id))
    session = sessions[0] if sessions and len(sessions) == 1 else None
    run = _Run(tranche, current_policy(tranche), again, session, by)
    result = PrintResult(dry_run)
    waiting = _waiting(tranche, by, offices, sessions, again)
    total = sum(len(ids) for _, ids in waiting)
    if dry_run:
        result.letters = total
        return result

    def keep_next() -> None:
        office, rows, printed = making.popleft()
        _keep(run, office, rows, printed.result(), result)
        if progress:
            progress(result.letters, total)

    making: deque[tuple[Office, list[Any], Future[Printed]]] = deque()
    with press(len(waiting)) as machine:
        for office, ids in waiting:
            rows = _read(ids, again)
            if rows:
                making.append((office, rows, machine.submit(_book(run, office, rows))))
            if len(making) > BOOKS_AHEAD:
                keep_next()
        while making:
            keep_next()
    return result


def _waiting(
    tranche: Tranche,
    by: Actor,
    offices: Sequence[str] | None,
    sessions: Sequence[UUID] | None,
    again: bool,
) -> list[tuple[Office, list[UUID]]]:
    """Visits in need of a letter, in files: by office, then as they are carried out."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT v.office_id, v.id
            FROM disbursement_visit v JOIN registry_household h ON h.id = v.household_id
            WHERE v.tranche_id = %(tranche)s AND v.status IN ('planned', 'partly')
              AND (%(offices)s::text[] IS NULL OR v.office_id = ANY(%(offices)s::text[]))
              AND (%(sessions)s::uuid[] IS NULL OR v.session_id = ANY(%(sessions)s::uuid[]))
              AND (%(again)s OR v.letter_printed_at IS NULL)
            ORDER BY v.office_id, v.village_id, h.rw, h.rt, v.recipient_name, v.number
            """,
            {
                "tranche": tranche.id,
                "offices": list(offices) if offices is not None else None,
                "sessions": list(sessions) if sessions is not None else None,
                "again": again,
            },
        )
        rows = cursor.fetchall()
    known = Office.objects.in_bulk({office for office, _ in rows})
    files: list[tuple[Office, list[UUID]]] = []
    for code, visit in rows:
        office = known[code]
        if not by.sees_office(office.path):
            continue
        if not files or files[-1][0] != office or len(files[-1][1]) >= LETTERS_PER_FILE:
            files.append((office, []))
        files[-1][1].append(visit)
    return files


_CONTENT = """
SELECT v.id, v.number, v.letter_version + 1, v.recipient_name, v.address, v.village_id, v.channel,
       v.slot_at, v.desk, s.ends_at, p.name, p.address, s.desks, h.rt, h.rw,
       pay.ids, pay.labels, pay.months, pay.amounts, v.version
FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS wanted(id, place)
JOIN disbursement_visit v ON v.id = wanted.id
JOIN registry_household h ON h.id = v.household_id
LEFT JOIN disbursement_pay_session s ON s.id = v.session_id
LEFT JOIN disbursement_pay_point p ON p.id = s.point_id
JOIN LATERAL (
    SELECT array_agg(y.id ORDER BY y.program_id, y.part) AS ids,
           array_agg(g.name_id ORDER BY y.program_id, y.part) AS labels,
           array_agg(y.months ORDER BY y.program_id, y.part) AS months,
           array_agg(y.amount ORDER BY y.program_id, y.part) AS amounts
    FROM disbursement_payment y JOIN programs_program g ON g.code = y.program_id
    WHERE y.visit_id = v.id AND y.status IN ('planned', 'instructed')
) pay ON pay.ids IS NOT NULL
WHERE v.status IN ('planned', 'partly') AND (%(again)s OR v.letter_printed_at IS NULL)
ORDER BY wanted.place
"""


def _read(ids: Sequence[UUID], again: bool) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(_CONTENT, {"ids": list(ids), "again": again})
        return list(cursor.fetchall())


def _book(run: _Run, office: Office, rows: Sequence[Any]) -> Book:
    ring = keys.letters
    return Book(
        title=f"Surat undangan {run.tranche.name} {office.name}",
        head=Letterhead(
            sender=run.policy.letter_sender,
            pay_agency=run.policy.letter_agency,
            complaint_number=run.policy.complaint_number,
            complaint_note=run.policy.complaint_note,
            public_url=settings.PUBLIC_URL,
        ),
        key_id=ring.current,
        key=ring.key,
        letters=[
            (letter, CHANNELS[channel].letter)
            for letter, channel in _letters(rows, run.tranche, office, run.policy)
        ],
    )


def _keep(
    run: _Run, office: Office, rows: Sequence[Any], printed: Printed, result: PrintResult
) -> None:
    ids = [row[0] for row in rows]
    with transaction.atomic():
        _lock(ids)
        if not _mark(rows):
            rows = _read(ids, run.again)
            if not rows:
                return
            printed = make_book(_book(run, office, rows))
            assert _mark(rows)
        kept = _remember(run, office, rows, printed)
    result.letters += kept.visits
    result.rupiah += kept.amount
    result.files.append(kept)


def _lock(ids: Sequence[UUID]) -> None:
    """In the order of ids, as everywhere."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM disbursement_visit WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
            [list(ids)],
        )


def _mark(rows: Sequence[Any]) -> bool:
    """Gives every visit its new letter version, or none when one of them is not as it was read."""
    moment = now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE disbursement_visit v SET letter_version = w.letter, letter_printed_at = %s,
                updated_at = %s
            FROM unnest(%s::uuid[], %s::int[], %s::int[]) AS w(id, letter, version)
            WHERE v.id = w.id AND v.letter_version = w.letter - 1 AND v.version = w.version
              AND v.status IN ('planned', 'partly')
            """,
            [
                moment,
                moment,
                [row[0] for row in rows],
                [row[2] for row in rows],
                [row[-1] for row in rows],
            ],
        )
        if cursor.rowcount != len(rows):
            transaction.set_rollback(True)
            return False
    return True


def _remember(run: _Run, office: Office, rows: Sequence[Any], printed: Printed) -> PrintRun:
    tranche, by = run.tranche, run.by
    number = PrintRun.objects.filter(tranche=tranche, office=office, kind="letters").count() + 1
    name = f"surat-{tranche.year}-{tranche.number}-{office.code}-{number:03d}.pdf"
    file = keep_file(printed.pdf, kind="print", media_type="application/pdf", by=by, name=name)
    kept = PrintRun.objects.create(
        id=new_id(),
        kind=PrintRun.Kind.LETTERS,
        tranche=tranche,
        office=office,
        session_id=run.session,
        file=file,
        file_name=name,
        visits=len(rows),
        amount=sum(sum(row[18]) for row in rows),
        printed_by=f"{by.kind}:{by.id}",
        printed_at=now(),
    )
    record(
        "letters.printed",
        f"print_run:{kept.id}",
        {
            "tranche": str(tranche.id),
            "office": office.code,
            "letters": kept.visits,
            "rupiah": kept.amount,
            "file": file.sha256,
            "key": keys.letters.current,
            "root": root_of(printed.digests).hex(),
        },
        by=by,
    )
    return kept


def _letters(
    rows: Sequence[tuple[Any, ...]], tranche: Tranche, office: Office, policy: PlanPolicy
) -> Iterator[tuple[Letter, str]]:
    """Rows of `_CONTENT` as letters; names of regions are looked up once for all."""
    names = path_names_for_system({row[5] for row in rows})
    last_day = f"Dapat diterima sampai {say_day(tranche.planned_end_on)}."
    for (
        visit,
        number,
        version,
        name,
        address,
        village,
        channel,
        slot,
        desk,
        session_ends,
        point,
        point_address,
        desks,
        rt,
        rw,
        payment_ids,
        labels,
        months,
        amounts,
        _version,
    ) in rows:
        path = names.get(village, PathNames())
        at_home = channel == "doorstep"
        lines = _address_lines(address, path)
        letter = Letter(
            visit=visit,
            number=format_payment_number(number),
            version=version,
            name=name,
            address=lines,
            payments=tuple(
                (id_, f"{label}, {count} bulan" if count else label, amount)
                for id_, label, count, amount in zip(
                    payment_ids, labels, months, amounts, strict=True
                )
            ),
            tranche_number=tranche.number,
            tranche_name=tranche.name,
            starts=slot,
            ends=_window_ends(slot, session_ends, channel, policy),
            zone=office.zone,
            place="Di rumah Anda" if at_home else (point or "Rekening bank Anda"),
            place_address=address if at_home else (point_address or ", ".join(lines[1:])),
            desk=desk if desks and desks > 1 and not at_home else None,
            group=" · ".join(
                part
                for part in (
                    path.village,
                    f"RT {rt}/RW {rw}" if rt or rw else "",
                )
                if part
            ),
            last_day="" if channel == "bank" else last_day,
        )
        yield letter, channel


def _address_lines(address: str, path: PathNames) -> tuple[str, ...]:
    near = ", ".join(name for name in (path.village, path.district) if name)
    return tuple(line for line in (address, near, path.regency) if line)


def _window_ends(
    slot: datetime | None, session_ends: datetime | None, channel: str, policy: PlanPolicy
) -> datetime | None:
    if slot is None or session_ends is None:
        return None
    minutes = max(CHANNELS[channel].window_minutes, policy.slot_minutes)
    return min(slot + timedelta(minutes=minutes), session_ends)
