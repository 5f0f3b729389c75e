"""The judged rows go to their table by COPY: numbers sealed, under the ids that they will keep."""

from __future__ import annotations

import polars as pl
from django.db import connection, transaction

from salur.kernel.canonical import root_of
from salur.kernel.ids import new_ids
from salur.kernel.sealing import sealer
from salur.programs.models import ListRow, NominativeList
from salur.programs.operations.checking.matching import copy_frame
from salur.programs.operations.progress import show_progress
from salur.registry.queries import CARD_FIELD, NIK_FIELD, PHONE_FIELD

ACCOUNT_FIELD = "programs.account"
#: Rows per transaction: a few seconds at most, so that followers are not kept waiting.
ROWS_PER_COMMIT = 50_000

_COLUMNS = (
    "nominative_list_id", "row_number", "sender_key", "card_id", "card_index", "card_sealed",
    "card_last4", "person_id", "nik_index", "nik_sealed", "nik_last4", "name", "birth_date", "sex",
    "disabled", "address", "rt", "rw", "phone_sealed", "village_code", "village_text", "amount",
    "months", "components", "bank_code", "account_sealed", "ministry_status", "withdrawn",
    "content_hash", "entitlement_id", "known_household", "known_person", "change", "verdict",
    "reasons", "warnings", "earlier_row_id",
)  # fmt: skip


def write_rows(nominative_list: NominativeList, frame: pl.DataFrame) -> str:
    """Writes all rows anew, in steps; the root hash over their contents in the file's order."""
    with transaction.atomic():
        ListRow.objects.filter(nominative_list=nominative_list).delete()
    done = 0
    for part in frame.iter_slices(ROWS_PER_COMMIT):
        sealed = _sealed(part)
        ready = _as_text(nominative_list, sealed).select(_COLUMNS)
        with transaction.atomic(), connection.cursor() as cursor:
            copy_frame(cursor, "programs_list_row", ready, _COLUMNS)
        done += part.height
        show_progress(nominative_list.id, "sealing", frame.height, done)
    return root_of(frame["content_hash"].to_list()).hex()


def _sealed(frame: pl.DataFrame) -> pl.DataFrame:
    """Ids for what is new, and the numbers sealed under them. What the registry knows is sealed
    there already and keeps its id."""
    frame = frame.with_columns(
        _allotted(frame["household_id"]).alias("card_id"),
        _allotted(frame["person_id"]).alias("new_person_id"),
        _allotted(frame.select(pl.coalesce("earlier_id", "held_entitlement")).to_series()).alias(
            "entitlement_id"
        ),
    )
    card, nik = sealer(CARD_FIELD), sealer(NIK_FIELD)
    phone, account = sealer(PHONE_FIELD), sealer(ACCOUNT_FIELD)
    return frame.with_columns(
        pl.Series(
            "card_sealed",
            [
                card(number, subject) if number and known is None else None
                for number, subject, known in zip(
                    frame["family_card"], frame["card_id"], frame["household_id"]
                )
            ],
            dtype=pl.Binary,
        ),
        pl.Series(
            "nik_sealed",
            [
                nik(number, subject) if number and known is None else None
                for number, subject, known in zip(
                    frame["nik"], frame["new_person_id"], frame["person_id"]
                )
            ],
            dtype=pl.Binary,
        ),
        pl.Series(
            "phone_sealed",
            [
                phone(number, subject) if number else None
                for number, subject in zip(frame["phone"], frame["card_id"])
            ],
            dtype=pl.Binary,
        ),
        pl.Series(
            "account_sealed",
            [
                account(number, subject) if number else None
                for number, subject in zip(frame["account"], frame["new_person_id"])
            ],
            dtype=pl.Binary,
        ),
    )


def _allotted(known: pl.Series) -> pl.Series:
    """The known ids, and a new one for each row without."""
    fresh = iter(new_ids(known.null_count()))
    return pl.Series(
        [str(next(fresh)) if value is None else value for value in known], dtype=pl.String
    )


def _as_text(nominative_list: NominativeList, frame: pl.DataFrame) -> pl.DataFrame:
    """Every value as the text that COPY reads."""
    held = pl.col("reasons").list.len() > 0
    binary = ("card_index", "card_sealed", "nik_index", "nik_sealed", "phone_sealed",
              "account_sealed", "content_hash")  # fmt: skip
    return frame.with_columns(
        pl.lit(str(nominative_list.id)).alias("nominative_list_id"),
        pl.col("new_person_id").alias("person_id"),
        pl.col("person_id").is_not_null().alias("known_person"),
        pl.col("household_id").is_not_null().alias("known_household"),
        *(pl.format("\\x{}", pl.col(key).bin.encode("hex")).alias(key) for key in binary),
        _last_four("family_card").alias("card_last4"),
        _last_four("nik").alias("nik_last4"),
        pl.col("name").str.slice(0, 200),
        pl.col("address").str.slice(0, 500),
        pl.col("resolved_village").alias("village_code"),
        pl.col("judged_months").alias("months"),
        pl.col("bank").str.slice(0, 12).alias("bank_code"),
        pl.when(held).then(pl.lit("held")).otherwise(pl.lit("accepted")).alias("verdict"),
        _array("reasons"),
        _array("warnings"),
        pl.col("earlier_row").alias("earlier_row_id"),
    )


def _last_four(key: str) -> pl.Expr:
    return (
        pl.when(pl.col(key).str.len_chars() >= 4)
        .then(pl.col(key).str.slice(-4))
        .otherwise(pl.lit(""))
    )


def _array(key: str) -> pl.Expr:
    """A list of codes as PostgreSQL writes an array."""
    return pl.concat_str(pl.lit("{"), pl.col(key).list.join(","), pl.lit("}")).alias(key)
