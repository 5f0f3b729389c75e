"""The rows beside what is known: families of the registry, entitlements and held rows of earlier
waves, the block list. One temporary table with blind indexes goes to the database, one relation
comes back.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import polars as pl
from django.db import connection
from psycopg import sql

from salur.kernel.sealing import indexer
from salur.programs.importing import find, per_row
from salur.programs.models import Entitlement, ListRow, NominativeList
from salur.programs.operations.checking.judging import Judged
from salur.registry.queries import CARD_PURPOSE, NIK_PURPOSE, known_families_sql

_INCOMING = "programs_incoming"
CONTENT_PURPOSE = "list_row"

# What matters of a row. Two waves with the same values ask for the same payment.
_CONTENT = (
    "nik", "family_card", "name", "birth_date", "sex", "disabled", "resolved_village", "address",
    "rt", "rw", "phone", "amount", "judged_months", "components", "bank", "account", "sender_key",
)  # fmt: skip


def match_rows(nominative_list: NominativeList, judged: Judged) -> pl.DataFrame:
    """The rows with blind indexes, content hash, what is known of them, their change against the
    earlier waves, ``held``, and ``reasons`` and ``warnings`` as lists, null where there are none.
    """
    frame = _with_indexes(judged.frame)
    found = _found(nominative_list, frame)
    frame = frame.join(found, on="row_number", how="left", maintain_order="left").with_columns(
        pl.col("earlier_hash").str.decode("hex"),
        *(pl.col(key).fill_null(False) for key in _FLAGS),
    )
    earlier = pl.col("earlier_id").is_not_null()
    gone = (pl.col("earlier_state") == Entitlement.State.WITHDRAWN).fill_null(False)
    out = pl.col("withdrawn")
    frame = frame.with_columns(
        pl.when(out & earlier & gone)
        .then(pl.lit(ListRow.Change.SAME))
        .when(out)
        .then(pl.lit(ListRow.Change.WITHDRAWN))
        .when(~earlier)
        .then(pl.lit(ListRow.Change.NEW))
        .when((pl.col("content_hash") == pl.col("earlier_hash")) & ~gone)
        .then(pl.lit(ListRow.Change.SAME))
        .otherwise(pl.lit(ListRow.Change.CHANGED))
        .alias("change")
    )
    reasons = find(
        frame,
        [
            (out & ~earlier & (pl.col("excluded") != ""), pl.col("excluded")),
            (out & ~earlier & (pl.col("excluded") == ""), "withdrawal_unknown"),
            (~out & pl.col("nik_elsewhere"), "nik_in_other_wave"),
            (~out & pl.col("card_elsewhere"), "family_card_in_other_wave"),
            (~out & pl.col("blocked"), "blocked"),
            (~out & pl.col("deceased"), "deceased"),
            (~out & pl.col("ineligible"), "not_eligible"),
        ],
    )
    known_card = pl.col("household_id").is_not_null()
    warnings = find(
        frame,
        [
            (~out & pl.col("name_differs"), "name_differs"),
            (~out & pl.col("on_other_card") & known_card, "person_on_other_card"),
            (out & gone, "withdrawn_already"),
        ],
    )
    # Taking a family out needs no faultless row: the family must only be known.
    taken_out = frame.filter(out & earlier).select("row_number")
    kept = judged.reasons.join(taken_out, on="row_number", how="anti", maintain_order="left")
    for name, all_found in (
        ("reasons", pl.concat([kept, reasons])),
        ("warnings", pl.concat([judged.warnings, warnings])),
    ):
        frame = frame.join(
            per_row(all_found, name), on="row_number", how="left", maintain_order="left"
        )
    return frame.with_columns(pl.col("reasons").is_not_null().alias("held"))


_FLAGS = (
    "on_other_card",
    "name_differs",
    "deceased",
    "ineligible",
    "nik_elsewhere",
    "card_elsewhere",
    "blocked",
)


def _with_indexes(frame: pl.DataFrame) -> pl.DataFrame:
    nik, card, content = indexer(NIK_PURPOSE), indexer(CARD_PURPOSE), indexer(CONTENT_PURPOSE)
    texts = frame.select(
        pl.concat_str(
            [pl.col(key).cast(pl.String).fill_null("") for key in _CONTENT], separator="\x1f"
        )
    ).to_series()
    return frame.with_columns(
        pl.Series(
            "nik_index",
            [nik(text) if text else None for text in frame["good_nik"]],
            dtype=pl.Binary,
        ),
        pl.Series(
            "card_index",
            [card(text) if text else None for text in frame["good_card"]],
            dtype=pl.Binary,
        ),
        pl.Series("content_hash", [content(text) for text in texts], dtype=pl.Binary),
    )


def _found(nominative_list: NominativeList, frame: pl.DataFrame) -> pl.DataFrame:
    narrow = frame.select(
        "row_number",
        pl.format("\\x{}", pl.col("card_index").bin.encode("hex")).alias("card_index"),
        pl.format("\\x{}", pl.col("nik_index").bin.encode("hex")).alias("nik_index"),
        "sender_key",
        "name",
    )
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {_INCOMING}")
        cursor.execute(
            f"""CREATE TEMP TABLE {_INCOMING} (row_number int, card_index bytea, nik_index bytea,
                sender_key text, name text)"""
        )
        with cursor.cursor.copy(copy_statement(_INCOMING, narrow.columns)) as copy:
            for piece in narrow.iter_slices(20_000):
                copy.write(as_csv(piece))
        cursor.execute(f"ANALYZE {_INCOMING}")
        try:
            query = _matching_sql(nominative_list)
            out = io.BytesIO()
            with cursor.cursor.copy(
                sql.SQL("COPY ({}) TO STDOUT (FORMAT csv, HEADER, NULL '')").format(query)
            ) as copy:
                for data in copy:
                    out.write(data)
        finally:
            cursor.execute(f"DROP TABLE IF EXISTS {_INCOMING}")
    out.seek(0)
    found = pl.read_csv(out, schema_overrides=_FOUND_SCHEMA, infer_schema=False)
    return found.with_columns((pl.col(key) == "t").alias(key) for key in _FLAGS)


_FOUND_SCHEMA: dict[str, Any] = {"row_number": pl.Int64, "earlier_row": pl.Int64}


def _matching_sql(nominative_list: NominativeList) -> sql.Composed:
    values = {
        "list": sql.Literal(nominative_list.id),
        "tranche": sql.Literal(nominative_list.tranche_id),
        "program": sql.Literal(nominative_list.program_id),
        "incoming": sql.Identifier(_INCOMING),
        "known": known_families_sql(sql.Identifier(_INCOMING)),
    }
    return sql.SQL(
        """
        WITH known AS MATERIALIZED ({known}),
        earlier AS MATERIALIZED (
            -- whoever was withdrawn and comes back under another card takes up the old one
            SELECT i.row_number, coalesce(k.id, c.id, w.id) AS id,
                -- the card has an entitlement under another key of the sender
                c.id IS NOT NULL AND i.sender_key <> '' AND c.sender_key <> ''
                    AND c.sender_key <> i.sender_key AS card_elsewhere_by_key,
                k.id IS NOT NULL AND c.id IS NOT NULL AND k.id <> c.id AS card_elsewhere
            FROM {incoming} i
            LEFT JOIN programs_entitlement k ON k.tranche_id = {tranche}
                AND k.program_id = {program} AND k.sender_key = i.sender_key AND i.sender_key <> ''
            LEFT JOIN known f ON f.row_number = i.row_number
            LEFT JOIN programs_entitlement c ON c.tranche_id = {tranche}
                AND c.program_id = {program} AND c.household_id = f.household_id
            LEFT JOIN programs_entitlement w ON w.tranche_id = {tranche}
                AND w.program_id = {program} AND w.recipient_id = f.person_id
                AND w.state = 'withdrawn'
            WHERE k.id IS NOT NULL OR c.id IS NOT NULL OR w.id IS NOT NULL
        ),
        held AS MATERIALIZED (
            SELECT r.entitlement_id, r.sender_key, r.card_index, r.row_number, r.id, l.wave
            FROM programs_list_row r
            JOIN programs_nominative_list l ON l.id = r.nominative_list_id
            WHERE l.tranche_id = {tranche} AND l.program_id = {program} AND l.status = 'approved'
              AND l.id <> {list} AND r.verdict = 'held'
              AND NOT EXISTS (SELECT 1 FROM programs_entitlement e WHERE e.id = r.entitlement_id)
        ),
        held_before AS MATERIALIZED (
            SELECT DISTINCT ON (row_number) row_number, entitlement_id, id FROM (
                SELECT i.row_number, h.entitlement_id, h.id, h.wave
                FROM {incoming} i JOIN held h ON h.sender_key = i.sender_key
                WHERE i.sender_key <> ''
                UNION ALL
                SELECT i.row_number, h.entitlement_id, h.id, h.wave
                FROM {incoming} i JOIN held h ON h.card_index = i.card_index
            ) matches ORDER BY row_number, wave DESC
        ),
        block AS MATERIALIZED (
            SELECT nik_index, card_index FROM programs_block_entry
            WHERE lifted_at IS NULL AND (program_id IS NULL OR program_id = {program})
        ),
        blocked AS MATERIALIZED (
            SELECT i.row_number FROM {incoming} i JOIN block b ON b.nik_index = i.nik_index
            UNION
            SELECT i.row_number FROM {incoming} i JOIN block b ON b.card_index = i.card_index
        )
        SELECT i.row_number, f.household_id, f.person_id, f.on_other_card, f.name_differs,
            f.deceased, f.ineligible,
            e.id AS earlier_id, encode(e.content_hash, 'hex') AS earlier_hash,
            e.state AS earlier_state, e.amount AS earlier_amount,
            coalesce(r.id, hb.id) AS earlier_row, hb.entitlement_id AS held_entitlement,
            p.id IS NOT NULL AND p.id IS DISTINCT FROM e.id AS nik_elsewhere,
            coalesce(x.card_elsewhere OR x.card_elsewhere_by_key, false) AS card_elsewhere,
            b.row_number IS NOT NULL AS blocked
        FROM {incoming} i
        LEFT JOIN known f ON f.row_number = i.row_number
        LEFT JOIN earlier x ON x.row_number = i.row_number
        LEFT JOIN programs_entitlement e ON e.id = x.id
        LEFT JOIN programs_list_row r ON r.nominative_list_id = e.nominative_list_id
            AND r.row_number = e.row_number
        LEFT JOIN held_before hb ON hb.row_number = i.row_number AND e.id IS NULL
        LEFT JOIN programs_entitlement p ON p.tranche_id = {tranche}
            AND p.program_id = {program} AND p.recipient_id = f.person_id
            AND p.state <> 'withdrawn'
        LEFT JOIN blocked b ON b.row_number = i.row_number
        WHERE f.row_number IS NOT NULL OR x.row_number IS NOT NULL OR b.row_number IS NOT NULL
           OR hb.row_number IS NOT NULL
        """
    ).format(**values)


def copy_statement(table: str, columns: Sequence[str]) -> sql.Composed:
    return sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, NULL '\\N')").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )


def as_csv(frame: pl.DataFrame) -> bytes:
    """The frame as ``copy_statement`` reads it; its values are text that PostgreSQL understands."""
    out = io.BytesIO()
    frame.write_csv(out, include_header=False, null_value="\\N")
    return out.getvalue()
