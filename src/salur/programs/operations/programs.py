"""Programs and their dated amounts."""

from __future__ import annotations

from django.db import transaction

from salur.audit.operations import record
from salur.kernel.actor import Actor
from salur.programs.benefits import AMOUNTS, PROGRAMS
from salur.programs.models import BenefitAmount, Program


@transaction.atomic
def load_programs(*, by: Actor) -> int:
    """Brings programs and amounts to what `benefits.py` says; how many amounts are new.

    Idempotent. Amounts are dated and never edited: a figure that is there stays as it is.
    """
    for data in PROGRAMS:
        Program.objects.update_or_create(
            code=data.code,
            defaults={
                "name_id": data.name_id,
                "name_en": data.name_en,
                "most_people": data.most_people,
            },
        )
    new = 0
    for amount in AMOUNTS:
        _, created = BenefitAmount.objects.get_or_create(
            program_id=amount.program,
            component=amount.component,
            valid_from=amount.valid_from,
            defaults={
                "name_id": amount.name_id,
                "name_en": amount.name_en,
                "amount": amount.amount,
                "per": amount.per,
                "most_per_family": amount.most_per_family,
            },
        )
        new += created
    if new:
        record("programs.loaded", "programs:all", {"amounts": new}, by=by)
    return new
