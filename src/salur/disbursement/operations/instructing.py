"""Payments by bank: gathered into a file for one bank, instructed once."""

from __future__ import annotations

from uuid import UUID

from django.db import connection, transaction

from salur.audit.operations import record
from salur.disbursement.channels.bank.instructions import Instruction, write_instructions
from salur.disbursement.errors import NothingToInstruct, UnknownTranche
from salur.disbursement.models import PrintRun
from salur.disbursement.operations.journal import Move, append_moves
from salur.disbursement.rules.numbers import format_payment_number
from salur.intake.operations import keep_file
from salur.kernel.actor import Actor
from salur.kernel.clock import now
from salur.kernel.ids import new_id
from salur.kernel.sealing import unseal
from salur.places.models import Office
from salur.programs.models import Tranche

_WAITING = """
SELECT p.id, v.number, e.bank_code, e.account_sealed, e.recipient_id, v.recipient_name,
       p.program_id, p.amount, v.id, v.office_id, o.path
FROM disbursement_payment p
JOIN disbursement_visit v ON v.id = p.visit_id
JOIN programs_entitlement e ON e.id = p.entitlement_id
JOIN places_office o ON o.code = v.office_id
WHERE v.tranche_id = %s AND v.channel = 'bank' AND p.status = 'planned' AND e.bank_code = %s
ORDER BY p.id FOR NO KEY UPDATE OF p
"""


@transaction.atomic
def instruct_bank(tranche_id: UUID, bank_code: str, *, by: Actor) -> PrintRun:
    """Writes the bank's file of all its planned payments in the actor's offices, sealed.

    Each payment stands in one file only: written, it is ``instructed``. Raises UnknownTranche,
    NothingToInstruct.
    """
    by.require("disbursement.plan_payments")
    tranche = Tranche.objects.filter(pk=tranche_id).first()
    if tranche is None:
        raise UnknownTranche
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [tranche.id, bank_code])
        rows = [row for row in cursor.fetchall() if by.sees_office(row[-1])]
    if not rows:
        raise NothingToInstruct
    data, count, rupiah = write_instructions(
        Instruction(
            number=format_payment_number(number),
            bank=bank,
            account=unseal(account, field="programs.account", subject=recipient) if account else "",
            name=name,
            program=program,
            amount=amount,
            reference=str(payment),
        )
        for payment, number, bank, account, recipient, name, program, amount, *_ in rows
    )
    earlier = PrintRun.objects.filter(tranche=tranche, kind=PrintRun.Kind.BANK).count()
    name = f"bank-{bank_code}-{tranche.year}-{tranche.number}-{earlier + 1:03d}.csv"
    file = keep_file(data, kind="print", media_type="text/csv", by=by, name=name)
    office = Office.objects.get(pk=min((row[9] for row in rows), key=len))
    run = PrintRun.objects.create(
        id=new_id(),
        kind=PrintRun.Kind.BANK,
        tranche=tranche,
        office=office,
        file=file,
        file_name=name,
        visits=len({row[8] for row in rows}),
        amount=rupiah,
        printed_by=f"{by.kind}:{by.id}",
        printed_at=now(),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE disbursement_payment SET status = 'instructed', updated_at = %s"
            " WHERE id = ANY(%s)",
            [now(), [row[0] for row in rows]],
        )
    append_moves([Move("instructed", row[0], "instructed", row[9], "bank", None) for row in rows])
    record(
        "bank.instructed",
        f"print_run:{run.id}",
        {
            "tranche": str(tranche.id),
            "bank": bank_code,
            "payments": count,
            "rupiah": rupiah,
            "file": file.sha256,
        },
        by=by,
    )
    return run
