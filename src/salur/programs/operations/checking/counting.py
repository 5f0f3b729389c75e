"""What a check found, as the reviewer sees it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import polars as pl
from django.db.models import Q, Sum

from salur.kernel.money import format_rupiah
from salur.programs.errors import BrokenFile
from salur.programs.importing import TypedRows
from salur.programs.models import Entitlement, ListRow, NominativeList
from salur.programs.queries.orders import held_rupiah_for_system


def count_rows(
    nominative_list: NominativeList, rows: TypedRows, frame: pl.DataFrame
) -> dict[str, Any]:
    """Rows and rupiah by change and verdict; the held by their first reason.

    ``payable`` is what approval lets be paid of this list: accepted and not withdrawn. ``absent``
    are the earlier families that a full list leaves out.
    """
    held = pl.col("held")
    live = ~pl.col("withdrawn")
    first = pl.col("reasons").list.first()
    by_reason = (
        frame.filter(held)
        .group_by(first.alias("reason"))
        .agg(pl.len().alias("rows"), pl.col("amount").filter(live).sum().alias("rupiah"))
        .sort("rows", descending=True)
    )
    changes = dict(frame.group_by("change").len().iter_rows())
    warnings = Counter(frame["warnings"].explode().drop_nulls().to_list())

    def total(condition: pl.Expr) -> dict[str, int]:
        chosen = frame.filter(condition)
        return {"rows": chosen.height, "rupiah": int(chosen["amount"].sum() or 0)}

    counts: dict[str, Any] = {
        "rows": rows.rows,
        "rupiah": rows.rupiah,
        **{change: int(changes.get(change, 0)) for change in ListRow.Change.values},
        "payable": total(~held & live),
        "held": total(held & live) | {"all_rows": frame.filter(held).height},
        "held_by_reason": {
            row["reason"]: {"rows": row["rows"], "rupiah": int(row["rupiah"] or 0)}
            for row in by_reason.iter_rows(named=True)
        },
        "taken_out": total(~held & ~live),
        "warnings": dict(warnings.most_common()),
        "footers": [list(footer) for footer in rows.footers],
        "money_before": _rupiah_before(nominative_list),
        "money_after": _rupiah_after(nominative_list, frame),
    }
    if nominative_list.kind == NominativeList.Kind.FULL:
        counts["absent"] = _absent(nominative_list, frame)
    return counts


def _others(nominative_list: NominativeList) -> Q:
    return Q(tranche=nominative_list.tranche_id, program=nominative_list.program_id) & ~Q(
        state=Entitlement.State.WITHDRAWN
    )


def _rupiah_before(nominative_list: NominativeList) -> int:
    """What the order owes before this list."""
    owed = Entitlement.objects.filter(
        _others(nominative_list), order=nominative_list.order_id
    ).aggregate(sum=Sum("amount"))["sum"]
    return int(owed or 0)


def _rupiah_after(nominative_list: NominativeList, frame: pl.DataFrame) -> int:
    """What the order would owe after this list, held rows counted as if they were accepted.

    Rows that repeat or correct an earlier one count by the difference; what earlier lists hold
    still counts, unless this list names the family again.
    """
    held = pl.col("held")
    earlier = pl.when(pl.col("earlier_state") != Entitlement.State.WITHDRAWN).then(
        pl.col("earlier_amount").cast(pl.Int64)
    )
    sums = frame.select(
        pl.col("amount").filter(~pl.col("withdrawn")).sum().alias("asked"),
        earlier.filter(~held | ~pl.col("withdrawn")).sum().alias("replaced"),
    ).row(0)
    named_again = frame["held_entitlement"].drop_nulls().to_list()
    still_held = held_rupiah_for_system(nominative_list.order_id, except_for=named_again)
    before = _rupiah_before(nominative_list) + still_held
    return before + int(sums[0] or 0) - int(sums[1] or 0)


def refuse_beyond_order(nominative_list: NominativeList, counts: dict[str, Any]) -> None:
    """Accepted + held − withdrawn of all lists of an order may not be more than the order.

    Raises BrokenFile: the file cannot be right, whoever approves it.
    """
    if counts["money_after"] > nominative_list.order.amount:
        raise BrokenFile(
            "order_exceeded",
            file=nominative_list.file_name,
            rupiah=format_rupiah(counts["money_after"]),
            order=nominative_list.order.number,
            limit=format_rupiah(nominative_list.order.amount),
        )


def _absent(nominative_list: NominativeList, frame: pl.DataFrame) -> dict[str, int]:
    """Earlier families that a full list does not name; a held row names its family."""
    named = set(frame["earlier_id"].drop_nulls().to_list())
    earlier = Entitlement.objects.filter(_others(nominative_list)).values_list("id", "amount")
    rows = rupiah = of = 0
    for entitlement_id, amount in earlier.iterator(chunk_size=20_000):
        of += 1
        if str(entitlement_id) not in named:
            rows += 1
            rupiah += amount
    return {"rows": rows, "rupiah": rupiah, "of": of}
