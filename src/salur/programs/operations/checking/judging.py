"""The rules that need the house's own data, but nothing about earlier waves: villages, amounts,
doubles within the list. Each distinct value is judged once.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import polars as pl

from salur.places.queries import region_index_for_system, regions_by_code_for_system
from salur.places.rules import RegionIndex, dotted_code
from salur.programs.importing import COMPONENT_KEYS, TypedRows, find
from salur.programs.importing.findings import nothing
from salur.programs.importing.rows import CARD_DIGITS
from salur.programs.importing.vocabulary import title_key
from salur.programs.models import NominativeList
from salur.programs.queries.benefits import benefits_for_system
from salur.programs.rules import judge_amount
from salur.registry import rules as numbers

_PLACE_KEYS = ("village_code", "province", "regency", "district", "village")
_VILLAGE_CODE_LENGTH = 13


@dataclass(frozen=True, slots=True)
class Judged:
    """The rows so far, with what was found about them as (row number, code)."""

    frame: pl.DataFrame
    reasons: pl.DataFrame
    warnings: pl.DataFrame


def judge_rows(
    nominative_list: NominativeList, rows: TypedRows, columns: Collection[str]
) -> Judged:
    """The rows with their village, components and months, and what was found here added."""
    frame = _with_villages(rows.frame)
    frame = _with_components(nominative_list, frame, columns)
    nik, card = pl.col("nik"), pl.col("family_card")
    good_nik = nik.str.contains(numbers.NIK_WITH_REAL_DATE) & ~nik.str.ends_with("0000")
    good_card = card.str.contains(CARD_DIGITS) & ~card.str.ends_with("0000")
    frame = frame.with_columns(
        pl.when(good_nik).then(nik).alias("good_nik"),
        pl.when(good_card).then(card).alias("good_card"),
    )
    own = {title_key(nominative_list.program_id), title_key(nominative_list.program.name_id)}
    others = [text for text in frame["program"].unique() if text and title_key(text) not in own]
    live = ~pl.col("withdrawn")
    named = (pl.col("village_code") != "") | (pl.col("village") != "")
    readable = ~pl.col("months_unreadable") & ~pl.col("component_unreadable")
    village = pl.col("resolved_village")
    region = village.str.replace_all(".", "", literal=True).str.head(6)
    reasons = find(
        frame,
        [
            (named & pl.col("village_problem").is_not_null(), pl.col("village_problem")),
            (
                readable & live & pl.col("amount_reason").is_not_null(),
                pl.col("amount_reason"),
            ),
            (pl.col("program").is_in(others), "other_program"),
        ],
    )
    warnings = find(
        frame,
        [
            (pl.col("village_warning").is_not_null(), pl.col("village_warning")),
            ((village != "") & (region != pl.col("good_nik").str.head(6)), "nik_region_differs"),
        ],
    )
    return Judged(
        frame,
        pl.concat([rows.reasons, reasons, _doubles(frame)]),
        pl.concat([rows.warnings, warnings]),
    )


def _doubles(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows that name one person or one card twice. Of rows that are the same in all that matters
    the first stands; of others nobody can tell which is right, so all are held."""
    live = ~pl.col("withdrawn")
    key = pl.when(pl.col("sender_key") != "").then("sender_key")
    narrow = frame.select(
        "row_number", "good_nik", "good_card", "name", "amount", "resolved_village", "withdrawn",
        key.alias("sender_key"),
    )  # fmt: skip
    # Only rows that share a value with another one are looked at closer.
    keys = ("good_nik", "good_card", "sender_key")
    shared = narrow.filter(
        pl.any_horizontal(pl.col(one).is_duplicated() & pl.col(one).is_not_null() for one in keys)
    )
    if shared.is_empty():
        return nothing()
    same = ["good_nik", "good_card", "name", "amount", "resolved_village", "sender_key"]
    whole = live & pl.col("good_nik").is_not_null() & pl.col("good_card").is_not_null()
    shared = shared.with_columns(
        (whole & ~pl.struct(*same, "withdrawn").is_first_distinct()).alias("repeated")
    )
    fresh = ~pl.col("repeated")

    def several(one: str, of: pl.Expr) -> pl.Expr:
        return of & pl.col(one).is_not_null() & (of.sum().over(one) > 1)

    return find(
        shared,
        [
            (pl.col("repeated"), "duplicate_row"),
            (several("good_nik", live & fresh), "duplicate_nik"),
            (several("good_card", live & fresh), "duplicate_family_card"),
            (several("sender_key", fresh), "duplicate_sender_key"),
        ],
    )


def _with_villages(frame: pl.DataFrame) -> pl.DataFrame:
    index = region_index_for_system()
    distinct = frame.select(_PLACE_KEYS).unique()
    written = distinct["village_code"].unique().to_list()
    codes = {text: dotted_code(text) for text in written if text}
    missing = [code for code in codes.values() if code and code not in index]
    successors = {
        code: region.replaced_by_id
        for code, region in (regions_by_code_for_system(missing) if missing else {}).items()
        if region.replaced_by_id and len(region.replaced_by_id) == _VILLAGE_CODE_LENGTH
    }
    found = [_village(index, codes, successors, row) for row in distinct.iter_rows(named=True)]
    resolved = distinct.with_columns(
        pl.Series("resolved_village", [village for village, _, _ in found], dtype=pl.String),
        pl.Series("village_problem", [problem or None for _, problem, _ in found], dtype=pl.String),
        pl.Series("village_warning", [warning or None for _, _, warning in found], dtype=pl.String),
        pl.concat_str(
            [pl.when(pl.col(key) != "").then(key) for key in _PLACE_KEYS],
            separator=" · ",
            ignore_nulls=True,
        ).alias("village_text"),
    )
    return frame.join(resolved, on=_PLACE_KEYS, how="left", maintain_order="left")


def _village(
    index: RegionIndex,
    codes: dict[str, str | None],
    successors: dict[str, str],
    row: dict[str, str],
) -> tuple[str, str, str]:
    """(code of the village, problem, warning): by code, by the code's successor, by names."""
    code = codes.get(row["village_code"])
    if code in index and code is not None and len(code) == _VILLAGE_CODE_LENGTH:
        return code, "", ""
    if code in successors:
        return successors[code], "", "village_code_replaced"
    if not row["village"]:
        return "", "village_unknown", ""
    found = index.find(
        province=row["province"],
        regency=row["regency"],
        district=row["district"],
        village=row["village"],
    )
    if found.code:
        return found.code, "", "village_code_unknown" if row["village_code"] else ""
    return "", "village_ambiguous" if found.problem == "ambiguous" else "village_unknown", ""


def _with_components(
    nominative_list: NominativeList, frame: pl.DataFrame, columns: Collection[str]
) -> pl.DataFrame:
    benefits = benefits_for_system(nominative_list.program_id, on=nominative_list.tranche.opens_on)
    counted = any(key in columns for key in COMPONENT_KEYS)
    keys = ["amount", "months", *COMPONENT_KEYS]
    distinct = frame.filter(pl.col("amount").is_not_null()).select(keys).unique()
    components, months, problems = [], [], []
    for row in distinct.iter_rows(named=True):
        owed = judge_amount(
            row["amount"],
            months=row["months"],
            counts={key: row[key] for key in COMPONENT_KEYS},
            counted=counted,
            benefits=benefits,
            most_people=nominative_list.program.most_people,
        )
        components.append(_named(owed.components, nominative_list))
        months.append(owed.months)
        problems.append(owed.problem or None)
    judged = distinct.with_columns(
        pl.Series("components", components, dtype=pl.String),
        pl.Series("judged_months", months, dtype=pl.Int64),
        pl.Series("amount_reason", problems, dtype=pl.String),
    )
    joined = frame.join(judged, on=keys, how="left", maintain_order="left")
    return joined.with_columns(
        pl.col("components").fill_null("[]"), pl.col("judged_months").fill_null(0)
    )


def _named(components: tuple[dict[str, Any], ...], nominative_list: NominativeList) -> str:
    return json.dumps(
        [
            {**component, "name": component["name"] or nominative_list.program.name_id}
            for component in components
        ],
        ensure_ascii=False,
    )
