"""Signature sheets: one file an office, its sessions one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from io import BytesIO
from uuid import UUID

from django.db import connection, transaction

from salur.audit.operations import record
from salur.disbursement.danom import DanomHead, DanomLine, write_danom
from salur.disbursement.errors import UnknownSession
from salur.disbursement.models import PaySession, PrintRun
from salur.disbursement.rules.numbers import format_payment_number
from salur.intake.operations import keep_file
from salur.kernel.actor import Actor
from salur.kernel.clock import now
from salur.kernel.ids import new_id

_LINES = """
SELECT v.session_id, v.number, v.recipient_name, v.nik_last4, v.address, v.slot_at, v.desk,
       v.priority, pay.programs, pay.amounts
FROM disbursement_visit v
JOIN LATERAL (
    SELECT array_agg(y.program_id::text ORDER BY y.program_id, y.part) AS programs,
           array_agg(y.amount ORDER BY y.program_id, y.part) AS amounts
    FROM disbursement_payment y
    WHERE y.visit_id = v.id AND y.status = 'planned'
) pay ON pay.amounts IS NOT NULL
WHERE v.session_id = ANY(%s) AND v.status IN ('planned', 'partly')
ORDER BY v.session_id, v.slot_at, v.desk, v.recipient_name, v.number
"""


@transaction.atomic
def print_danom(session_ids: Sequence[UUID], *, by: Actor) -> list[PrintRun]:
    """Prints the signature sheets of the sessions, one file for each office.

    Printing again makes a new file with what is planned now; the older one stays on record.
    Raises UnknownSession when one of them is outside the actor's offices.
    """
    by.require("disbursement.print_letters")
    sessions = list(
        PaySession.objects.filter(pk__in=session_ids)
        .select_related("office", "point", "tranche")
        .order_by("starts_at", "id")
    )
    if len(sessions) != len(set(session_ids)) or not all(
        by.sees_office(session.office.path) for session in sessions
    ):
        raise UnknownSession
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [[session.id for session in sessions]])
        lines = defaultdict(list)
        for session, number, name, nik, address, slot, desk, first, programs, amounts in cursor:
            lines[session].append(
                DanomLine(
                    number=format_payment_number(number),
                    name=name,
                    nik_last4=nik,
                    address=address,
                    payments=tuple(zip(programs, amounts, strict=True)),
                    total=sum(amounts),
                    slot=slot,
                    desk=desk,
                    priority=first,
                )
            )
    per_file = defaultdict(list)
    for session in sessions:
        per_file[(session.tranche_id, session.office_id)].append(session)
    return [_print_file(group, lines, by=by) for group in per_file.values()]


def _print_file(
    sessions: Sequence[PaySession], lines: dict[UUID, list[DanomLine]], *, by: Actor
) -> PrintRun:
    first = sessions[0]
    earlier = PrintRun.objects.filter(
        tranche=first.tranche, office=first.office, kind=PrintRun.Kind.DANOM
    ).count()
    name = f"danom-{first.tranche.year}-{first.tranche.number}-{first.office_id}-{earlier + 1:03d}"
    buffer = BytesIO()
    write_danom(
        buffer,
        (
            (
                DanomHead(
                    tranche=session.tranche.name,
                    office=session.office.name,
                    point=session.point.name,
                    address=session.point.address,
                    starts=session.starts_at,
                    ends=session.ends_at,
                    zone=session.office.zone,
                    desks=session.desks,
                    reference=f"{name} · {str(session.id)[-6:]}",
                ),
                lines[session.id],
            )
            for session in sessions
        ),
        f"Daftar nominatif {first.tranche.name} {first.office.name}",
    )
    families = sum(len(lines[session.id]) for session in sessions)
    rupiah = sum(line.total for session in sessions for line in lines[session.id])
    file = keep_file(
        buffer.getvalue(), kind="print", media_type="application/pdf", by=by, name=f"{name}.pdf"
    )
    run = PrintRun.objects.create(
        id=new_id(),
        kind=PrintRun.Kind.DANOM,
        tranche=first.tranche,
        office=first.office,
        session=first if len(sessions) == 1 else None,
        file=file,
        file_name=f"{name}.pdf",
        visits=families,
        amount=rupiah,
        printed_by=f"{by.kind}:{by.id}",
        printed_at=now(),
    )
    record(
        "danom.printed",
        f"print_run:{run.id}",
        {
            "tranche": str(first.tranche_id),
            "office": first.office_id,
            "sessions": [str(session.id) for session in sessions],
            "families": families,
            "rupiah": rupiah,
            "file": file.sha256,
        },
        by=by,
    )
    return run
