"""Whole rupiah, how they are written, said and counted out."""

from __future__ import annotations

DENOMINATIONS = (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000)
"""Banknotes that a cashier packs, in rupiah, largest first."""

_ONES = (
    *("nol", "satu", "dua", "tiga", "empat", "lima"),
    *("enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas"),
)
_SCALES = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (10**3, "ribu"))


def format_number(value: int) -> str:
    """``1.234.567``: dots group thousands, as Indonesian readers expect."""
    return f"{value:,}".replace(",", ".")


def format_rupiah(amount: int) -> str:
    """``Rp825.000``; a negative amount keeps its sign in front: ``-Rp825.000``."""
    return f"{'-' if amount < 0 else ''}Rp{format_number(abs(amount))}"


def _spell_below_thousand(value: int) -> list[str]:
    if value < 12:
        return [_ONES[value]] if value else []
    if value < 20:
        return [_ONES[value - 10], "belas"]
    if value < 100:
        return [_ONES[value // 10], "puluh", *_spell_below_thousand(value % 10)]
    head = ["seratus"] if value < 200 else [_ONES[value // 100], "ratus"]
    return [*head, *_spell_below_thousand(value % 100)]


def spell_number(value: int) -> str:
    """The number in Indonesian words: 825000 is "delapan ratus dua puluh lima ribu"."""
    if value < 0:
        return "minus " + spell_number(-value)
    if value == 0:
        return _ONES[0]
    words: list[str] = []
    for scale, name in _SCALES:
        count, value = divmod(value, scale)
        if count == 1 and scale == 1000:
            words.append("seribu")
        elif count:
            words += [*_spell_below_thousand(count), name]
    return " ".join(words + _spell_below_thousand(value))


def spell_rupiah(amount: int) -> str:
    """The amount in words, as read aloud at the hand-over."""
    return spell_number(amount) + " rupiah"


def notes_for(amount: int) -> list[tuple[int, int]]:
    """The fewest notes that make the amount: ``[(100000, 8), (20000, 1), (5000, 1)]``.

    What is left below the smallest note is not covered; callers that need an exact sum check it.
    """
    notes = []
    for value in DENOMINATIONS:
        count, amount = divmod(amount, value)
        if count:
            notes.append((value, count))
    return notes
