"""Where the table starts, and which column means what.

A header is one row or two; with two, a merged cell of the upper row speaks for all columns below
it. Recognition proposes; the clerk may mend the proposal, and the mend is remembered for files of
the same sender whose titles are the same.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from salur.kernel.canonical import canonical_json, sha256_hex
from salur.programs.importing.problems import BrokenFile
from salur.programs.importing.tables import Table
from salur.programs.importing.vocabulary import BY_KEY, BY_PHRASE, REQUIRED, column_for, title_key

SEARCHED_ROWS = 60
_FEWEST_COLUMNS = 3
_LONG_NUMBER = re.compile(r"[0-9]{6,}")
_POSITION = re.compile(r"\(?\s*([0-9]{1,3})(?:\.0)?\s*\)?")
_SIMILAR = 0.84


@dataclass(frozen=True, slots=True)
class Proposal:
    """What each column seems to mean, and where the data start.

    ``columns`` maps a column's key to its place; ``guesses`` are keys found by a similar title
    only; ``rivals`` are places whose title also claims a key that another column got.
    """

    header_row: int  # the last title row, counted from 1
    first_data_row: int
    titles: tuple[str, ...]
    columns: Mapping[str, int]
    guesses: frozenset[str] = frozenset()
    rivals: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def header_hash(self) -> str:
        """Equal for two files with the same titles in the same places."""
        return sha256_hex(canonical_json([title_key(title) for title in self.titles]))

    def mended(self, columns: Mapping[str, int]) -> Proposal:
        """The same header read as a person says; nothing of it is a guess any more."""
        return replace(self, columns=dict(columns), guesses=frozenset(), rivals={})

    def as_json(self) -> dict[str, Any]:
        return {
            "header_row": self.header_row,
            "first_data_row": self.first_data_row,
            "titles": list(self.titles),
            "columns": dict(self.columns),
            "guesses": sorted(self.guesses),
            "rivals": {key: list(places) for key, places in self.rivals.items()},
        }


def propose(table: Table) -> Proposal:
    """Finds the header and reads it. Raises BrokenFile("header_missing")."""
    rows = table.head(SEARCHED_ROWS)
    best: tuple[int, int] | None = None
    for at, row in enumerate(rows):
        score = len({key for cell in row if (key := column_for(cell))})
        if score >= _FEWEST_COLUMNS and not _holds_data(row) and (best is None or score > best[0]):
            best = (score, at)
    if best is None:
        raise BrokenFile(
            "header_missing",
            file=table.name,
            searched=len(rows),
            row=_first_filled(rows),
            column=table.letter(0),
        )
    top = bottom = best[1]
    above = rows[top - 1] if top else []
    below = rows[bottom + 1] if bottom + 1 < len(rows) else []
    if _is_second_header_row(below, rows[top]):
        bottom += 1
    elif _is_group_row(above, rows[bottom]):
        top -= 1
    titles = _titles(rows[top] if top != bottom else None, rows[bottom])
    first_data = bottom + 1
    while first_data < len(rows) and _is_position_row(rows[first_data]):
        first_data += 1
    return _read_titles(titles, header_row=bottom + 1, first_data_row=first_data + 1)


def require_columns(table: Table, proposal: Proposal) -> None:
    """Raises BrokenFile for a missing column, one claimed twice, or a mend that names none."""
    shown = ", ".join(title.split("\n")[-1] for title in proposal.titles if title)
    place = {"file": table.name, "row": proposal.header_row}
    for key, at in proposal.columns.items():
        if key not in BY_KEY or not 0 <= at < len(table.cells.columns):
            raise BrokenFile("column_unknown", column=f"{key} ({at})", **place)
    for key, places in proposal.rivals.items():
        if key in (*REQUIRED, "village_code"):
            letters = ", ".join(table.letter(at) for at in (proposal.columns[key], *places))
            raise BrokenFile("column_twice", column=letters, meaning=BY_KEY[key].label, **place)
    for key in REQUIRED:
        if key not in proposal.columns:
            raise BrokenFile("column_missing", column=BY_KEY[key].label, titles=shown, **place)
        if key in proposal.guesses:
            at = proposal.columns[key]
            title = f"{table.letter(at)} ({proposal.titles[at]})"
            raise BrokenFile("column_guessed", column=title, meaning=BY_KEY[key].label, **place)
    if "village_code" not in proposal.columns and "village" not in proposal.columns:
        raise BrokenFile(
            "column_missing", column=BY_KEY["village_code"].label, titles=shown, **place
        )


def _titles(upper: Sequence[str] | None, lower: Sequence[str]) -> tuple[str, ...]:
    """One title a column; a group's title stands on a line above its own."""
    if upper is None:
        return tuple(lower)
    titles = []
    group = ""
    for at, own in enumerate(lower):
        above = upper[at] if at < len(upper) else ""
        # A merged cell keeps its text in the first of its cells only. Where the lower row is
        # empty too, the upper cell was merged downward and is a title by itself.
        if above:
            group = above
        titles.append(f"{group}\n{own}" if group and own and (above or own) else own or above)
        if above and not own:
            group = ""
    return tuple(titles)


def _meaning(title: str) -> str | None:
    """A title's column: by both lines, by its own line, else by the group's."""
    group, _, own = title.rpartition("\n")
    if not group:
        return column_for(own)
    return column_for(f"{own} {group}") or column_for(f"{group} {own}") or column_for(own)


def _read_titles(titles: tuple[str, ...], *, header_row: int, first_data_row: int) -> Proposal:
    columns: dict[str, int] = {}
    rivals: dict[str, list[int]] = {}
    unknown = []
    for at, title in enumerate(titles):
        key = _meaning(title)
        if key is None:
            if title_key(title):
                unknown.append(at)
        elif key in columns:
            rivals.setdefault(key, []).append(at)
        else:
            columns[key] = at
    guesses: set[str] = set()
    for at in unknown:
        own = title_key(titles[at].split("\n")[-1])
        near = (
            difflib.get_close_matches(own, BY_PHRASE, n=1, cutoff=_SIMILAR) if len(own) > 3 else []
        )
        if near and (guess := BY_PHRASE[near[0]]) not in columns:
            columns[guess] = at
            guesses.add(guess)
    return Proposal(
        header_row=header_row,
        first_data_row=first_data_row,
        titles=titles,
        columns=columns,
        guesses=frozenset(guesses),
        rivals={key: tuple(places) for key, places in rivals.items()},
    )


def _holds_data(row: Sequence[str]) -> bool:
    return any(_LONG_NUMBER.fullmatch(re.sub(r"[\s.'’-]", "", cell)) for cell in row if cell)


def _is_position_row(row: Sequence[str]) -> bool:
    """The row under the titles that numbers the columns: 1, 2, 3 … or (1), (2), (3) …"""
    numbers = []
    for cell in row:
        if not cell:
            continue
        match = _POSITION.fullmatch(cell)
        if not match:
            return False
        numbers.append(int(match[1]))
    if len(numbers) < _FEWEST_COLUMNS:
        return False
    return all(after == before + 1 for before, after in pairwise(numbers))


def _is_second_header_row(row: Sequence[str], first: Sequence[str]) -> bool:
    """Titles below titles: every filled cell is a short text, and most fill a gap or a group."""
    filled = [cell for cell in row if cell]
    if not filled or _holds_data(row) or _is_position_row(row):
        return False
    known = sum(1 for cell in filled if column_for(cell))
    beside = sum(1 for at, cell in enumerate(row) if cell and at < len(first) and not first[at])
    digits = any(re.search(r"[0-9]{3,}", cell) for cell in filled)
    return not digits and known * 2 >= len(filled) and (beside > 0 or known == len(filled))


def _is_group_row(row: Sequence[str], titles: Sequence[str]) -> bool:
    """A row of groups above the titles: it stands over them, and one of its cells is merged."""
    filled = [at for at, cell in enumerate(row) if cell]
    if len(filled) < 2 or _holds_data(row):
        return False
    merged = any(at not in filled and at > filled[0] and title for at, title in enumerate(titles))
    return merged and max(filled) < len(titles)


def _first_filled(rows: Sequence[Sequence[str]]) -> int:
    for at, row in enumerate(rows):
        if any(row):
            return at + 1
    return 1
