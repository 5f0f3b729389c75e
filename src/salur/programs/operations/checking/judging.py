"""The rules that need the house's own data, but nothing about earlier waves: villages, amounts,
doubles within the list. Each distinct value is judged once.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import polars as pl

from salur.places.queries import region_index_for_system, regions_by_code_for_system
from salur.places.rules import RegionIndex, dotted_code
from salur.programs.importing import COMPONENT_KEYS, TypedRows
from salur.programs.importing.vocabulary import title_key
from salur.programs.models import NominativeList
from salur.programs.queries.benefits import benefits_for_system
from salur.programs.rules import judge_amount
from salur.registry import rules as numbers

_PLACE_KEYS = ("village_code", "province", "regency", "district", "village")
_VILLAGE_CODE_LENGTH = 13


def judge_rows(
    nominative_list: NominativeList, rows: TypedRows, columns: Collection[str]
) -> pl.DataFrame:
    """The rows with their village, components and months, and the reasons found here added."""
    frame = _with_villages(rows.frame)
    frame = _with_components(nominative_list, frame, columns)
    frame = frame.with_columns(
        pl.when(
            pl.col("nik").str.contains(numbers.NIK_WITH_REAL_DATE)
            & ~pl.col("nik").str.contains(numbers.EMPTY_SERIAL)
        )
        .then("nik")
        .alias("good_nik"),
        pl.when(
            pl.col("family_card").str.contains("^[0-9]{16}$")
            & ~pl.col("family_card").str.contains(numbers.EMPTY_SERIAL)
        )
        .then("family_card")
        .alias("good_card"),
    )
    region_of_nik = pl.col("good_nik").str.slice(0, 6)
    region = pl.col("resolved_village").str.replace_all(".", "", literal=True).str.slice(0, 6)
    own = {title_key(nominative_list.program_id), title_key(nominative_list.program.name_id)}
    other_program = pl.col("program").replace_strict(
        written := frame["program"].unique(),
        [bool(text) and title_key(text) not in own for text in written],
        return_dtype=pl.Boolean,
    )
    return frame.with_columns(
        _appended("reasons", [_when(other_program, "other_program"), *_doubles()]),
        _appended(
            "warnings",
            [_when((region != "") & (region != region_of_nik), "nik_region_differs")],
        ),
    )


def _when(condition: pl.Expr, code: str) -> pl.Expr:
    return pl.when(condition).then(pl.lit(code))


def _appended(key: str, codes: list[pl.Expr]) -> pl.Expr:
    return pl.col(key).list.concat(pl.concat_list(codes).list.drop_nulls()).alias(key)


def _doubles() -> list[pl.Expr]:
    """Rows that name one person or one card twice. Of rows that are the same in all that matters
    the first stands; of others nobody can tell which is right, so all are held."""
    live = ~pl.col("withdrawn")
    same = ["good_nik", "good_card", "name", "amount", "resolved_village", "sender_key"]
    whole = live & pl.col("good_nik").is_not_null() & pl.col("good_card").is_not_null()
    repeated = whole & ~pl.struct(same).is_first_distinct()

    def several(key: str) -> pl.Expr:
        """More than one row that is not a mere repetition has this value."""
        counts = (live & ~repeated).sum().over(key)
        return live & ~repeated & pl.col(key).is_not_null() & (counts > 1)

    key = pl.col("sender_key")
    return [
        _when(repeated, "duplicate_row"),
        _when(several("good_nik"), "duplicate_nik"),
        _when(several("good_card"), "duplicate_family_card"),
        _when(
            (key != "") & ~repeated & ((~repeated).sum().over("sender_key") > 1),
            "duplicate_sender_key",
        ),
    ]


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
    )
    joined = frame.join(resolved, on=_PLACE_KEYS, how="left", maintain_order="left")
    unheld = ~pl.col("reasons").list.contains("village_missing")
    return joined.with_columns(
        pl.concat_str(
            [pl.when(pl.col(key) != "").then(key) for key in _PLACE_KEYS],
            separator=" · ",
            ignore_nulls=True,
        ).alias("village_text"),
        _appended("reasons", [pl.when(unheld).then("village_problem")]),
        _appended("warnings", [pl.col("village_warning")]),
    )


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
    readable = ~pl.col("reasons").list.contains("months_unreadable") & ~pl.col(
        "reasons"
    ).list.contains("component_unreadable")
    return joined.with_columns(
        pl.col("components").fill_null("[]"),
        pl.col("judged_months").fill_null(0),
        _appended("reasons", [pl.when(readable & ~pl.col("withdrawn")).then("amount_reason")]),
    )


def _named(components: tuple[dict[str, Any], ...], nominative_list: NominativeList) -> str:
    return json.dumps(
        [
            {**component, "name": component["name"] or nominative_list.program.name_id}
            for component in components
        ],
        ensure_ascii=False,
    )
