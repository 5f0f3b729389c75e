"""The judged rows go to their table by COPY: numbers sealed, under the ids that they will keep."""

from __future__ import annotations

from typing import Any

import polars as pl
from django.db import connection, transaction

from salur.kernel.canonical import root_of
from salur.kernel.ids import new_id_texts
from salur.kernel.sealing import seal_many
from salur.programs.models import ListRow, NominativeList
from salur.programs.operations.checking.matching import as_csv, copy_statement
from salur.programs.operations.progress import show_progress
from salur.registry.queries import CARD_FIELD, NIK_FIELD, PHONE_FIELD

ACCOUNT_FIELD = "programs.account"
#: Rows per transaction: a few seconds at most, so that followers are not kept waiting.
ROWS_PER_COMMIT = 50_000
ROWS_PER_PIECE = 2_500

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
        with transaction.atomic(), connection.cursor() as cursor:
            _copy_sealed(cursor, nominative_list, part)
        done += part.height
        show_progress(nominative_list.id, "sealing", frame.height, done)
    return root_of(frame["content_hash"].to_list()).hex()


def _copy_sealed(cursor: Any, nominative_list: NominativeList, frame: pl.DataFrame) -> None:
    """Small pieces, so that the database writes one while the next is sealed."""
    statement = copy_statement("programs_list_row", _COLUMNS)
    with cursor.cursor.copy(statement) as copy:
        for piece in frame.iter_slices(ROWS_PER_PIECE):
            ready = _as_text(nominative_list, _sealed(piece)).select(_COLUMNS)
            copy.write(as_csv(ready))


def _sealed(frame: pl.DataFrame) -> pl.DataFrame:
    """Ids for what is new, and the numbers sealed under them. What the registry knows is sealed
    there already and keeps its id."""
    cards = _allotted(frame["household_id"])
    people = _allotted(frame["person_id"])
    new_card = pl.when(pl.col("household_id").is_null()).then("family_card")
    new_nik = pl.when(pl.col("person_id").is_null()).then("nik")
    unknown = frame.select(new_card, new_nik)

    def sealed(name: str, values: pl.Series, subjects: list[str], field: str) -> pl.Series:
        if values.null_count() == len(values):
            return pl.Series(name, [None] * len(values), dtype=pl.Binary)
        return pl.Series(name, seal_many(values, subjects, field=field), dtype=pl.Binary)

    return frame.with_columns(
        pl.Series("card_id", cards, dtype=pl.String),
        pl.Series("new_person_id", people, dtype=pl.String),
        pl.Series(
            "entitlement_id",
            _allotted(frame.select(pl.coalesce("earlier_id", "held_entitlement")).to_series()),
            dtype=pl.String,
        ),
        sealed("card_sealed", unknown["family_card"], cards, CARD_FIELD),
        sealed("nik_sealed", unknown["nik"], people, NIK_FIELD),
        sealed("phone_sealed", _filled(frame["phone"]), cards, PHONE_FIELD),
        sealed("account_sealed", _filled(frame["account"]), people, ACCOUNT_FIELD),
    )


def _filled(texts: pl.Series) -> pl.Series:
    return texts.replace("", None)


def _allotted(known: pl.Series) -> list[str]:
    """The known ids, and a new one for each row without."""
    fresh = iter(new_id_texts(known.null_count()))
    return [next(fresh) if value is None else value for value in known]


def _as_text(nominative_list: NominativeList, frame: pl.DataFrame) -> pl.DataFrame:
    """Every value as the text that COPY reads."""
    held = pl.col("held")
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
    codes = pl.col(key).list.join(",").fill_null("")
    return pl.concat_str(pl.lit("{"), codes, pl.lit("}")).alias(key)
