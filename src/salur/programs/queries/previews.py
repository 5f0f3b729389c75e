"""The head of a received file, as the page shows it before anybody trusts it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from salur.intake.queries import read_whole_file_for_system
from salur.kernel.actor import Actor
from salur.programs.importing import propose, read_table
from salur.programs.models import NominativeList
from salur.programs.queries.mappings import remembered_mapping_for_system

SAMPLE_ROWS = 3
_LONG_NUMBER = re.compile(r"[0-9]{6,}(?=[0-9]{4})")


@dataclass(frozen=True, slots=True)
class Preview:
    """``columns``: place, title, meaning ("" for none) and the first cells, numbers masked."""

    header_row: int
    first_data_row: int
    columns: list[tuple[int, str, str, list[str]]]
    letters: dict[int, str]
    guesses: frozenset[str]
    remembered: bool


def preview_for(actor: Actor, nominative_list: NominativeList) -> Preview:
    """How the file's columns are read now. Raises BrokenFile when there is no table to show."""
    actor.require("programs.map_columns")
    table = read_table(
        read_whole_file_for_system(nominative_list.file_id), nominative_list.file_name
    )
    proposal = propose(table)
    mapping = nominative_list.mapping or remembered_mapping_for_system(
        nominative_list.sender, proposal.header_hash
    )
    if mapping:
        proposal = proposal.mended(mapping.columns)
    meaning = {at: key for key, at in proposal.columns.items()}
    cells = table.cells.slice(proposal.first_data_row - 1, SAMPLE_ROWS)
    columns = [
        (
            at,
            title.replace("\n", " › ") or f"({table.letter(at)})",
            meaning.get(at, ""),
            [_masked(value or "") for value in cells[f"c{at}"].to_list()],
        )
        for at, title in enumerate(islice(proposal.titles, len(cells.columns)))
        if title or at in meaning
    ]
    return Preview(
        header_row=proposal.header_row,
        first_data_row=proposal.first_data_row,
        columns=columns,
        letters={at: table.letter(at) for at, *_ in columns},
        guesses=proposal.guesses,
        remembered=mapping is not None,
    )


def _masked(text: str) -> str:
    return _LONG_NUMBER.sub("••••", text)[:60]
