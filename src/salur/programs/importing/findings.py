"""What was found about rows, as a long table: one line per row and code.

Nearly all rows of a list are faultless, so nothing is written down for those.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

_SCHEMA = {"row_number": pl.Int64, "code": pl.String}


def nothing() -> pl.DataFrame:
    return pl.DataFrame(schema=_SCHEMA)


def find(frame: pl.DataFrame, rules: Sequence[tuple[pl.Expr, str | pl.Expr]]) -> pl.DataFrame:
    """(row_number, code) for every row that a condition holds for, rule by rule in their order.

    The code is a text, or an expression that gives one per row. A condition that is null does not
    hold.
    """
    masks = frame.select(
        condition.fill_null(False).alias(str(at)) for at, (condition, _) in enumerate(rules)
    )
    found = [nothing()]
    for at, (_, code) in enumerate(rules):
        mask = masks[str(at)]
        if not mask.any():
            continue
        text = pl.lit(code) if isinstance(code, str) else code
        hits = frame.filter(mask).select("row_number", text.cast(pl.String).alias("code"))
        found.append(hits)
    return pl.concat(found)


def per_row(found: pl.DataFrame, name: str) -> pl.DataFrame:
    """(row_number, list of codes) in the order in which they were found, each code once."""
    return found.group_by("row_number", maintain_order=True).agg(
        pl.col("code").unique(maintain_order=True).alias(name)
    )
