"""Dated amounts."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from salur.programs.models import BenefitAmount
from salur.programs.rules import Benefit


def benefits_for_system(program: str, *, on: date) -> list[Benefit]:
    """What the program's components are worth on that day, in the order they are listed."""
    rows = BenefitAmount.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on), program=program, valid_from__lte=on
    ).order_by("id")
    newest = {row.component: row for row in sorted(rows, key=lambda row: row.valid_from)}
    return [
        Benefit(row.component, row.name_id, row.amount, row.per, row.most_per_family)  # type: ignore[arg-type]
        for row in rows
        if newest[row.component] is row
    ]
