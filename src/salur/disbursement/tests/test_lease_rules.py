"""Who holds a visit follows from what was signed, not from when it was heard of."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as some

from salur.disbursement.rules.leases import (
    ACCEPT,
    RELEASE,
    SEAL,
    Passing,
    believed_to_hold,
    code_of,
    holding_desk,
    normal_code,
    seal_hash,
)

START = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)


def said(kind: str, desk: int, minute: int, from_desk: int | None = None, slip: int = 0) -> Passing:
    return Passing(
        kind=kind,
        desk=desk,
        from_desk=from_desk,
        at=START + timedelta(minutes=minute),
        event_id=UUID(int=minute * 1000 + desk * 10 + (from_desk or 0) + 1),
        sequence=minute,
        device_id=UUID(int=desk),
        slip_id=UUID(int=slip) if slip else None,
    )


words = some.lists(
    some.builds(
        said,
        kind=some.sampled_from([RELEASE, ACCEPT, SEAL]),
        desk=some.integers(1, 4),
        minute=some.integers(0, 60),
        from_desk=some.integers(1, 4),
        slip=some.integers(0, 5),
    ),
    max_size=9,
    unique_by=lambda item: item.event_id,
)


@settings(max_examples=200, deadline=None)
@given(words, some.integers(1, 4), some.randoms(use_true_random=False))
def test_any_order_of_arrival_ends_at_the_same_desk(
    told: list[Passing], home: int, shuffle: random.Random
) -> None:
    expected = holding_desk(home, told)
    for _ in range(5):
        shuffle.shuffle(told)
        assert holding_desk(home, told) == expected


def test_a_chain_joins_when_its_missing_link_arrives() -> None:
    first, second = said(ACCEPT, 2, 1, 1), said(ACCEPT, 3, 2, 2)
    assert holding_desk(1, [second]).desk == 1
    assert holding_desk(1, [second, first]).desk == 3


def test_clocks_that_differ_do_not_break_a_chain() -> None:
    """Desk 2's clock is ten minutes slow: its acceptance seems older than what led to it."""
    there, back = said(ACCEPT, 2, 1, 1), said(ACCEPT, 1, 5, 2)
    late = said(ACCEPT, 2, 0, 1)
    assert holding_desk(1, [there, back, late]).desk == 2


def test_what_a_device_last_signed_is_what_it_believes() -> None:
    assert believed_to_hold(1, 1, [])
    assert not believed_to_hold(1, 2, [])
    assert not believed_to_hold(1, 1, [said(RELEASE, 1, 1)])
    assert believed_to_hold(1, 1, [said(RELEASE, 1, 1), said(ACCEPT, 1, 2, 1)])
    assert believed_to_hold(1, 2, [said(ACCEPT, 2, 2, 1)])


@given(some.integers(0, 2**62 - 1))
def test_a_code_is_the_same_however_it_is_typed(bits: int) -> None:
    code = code_of(bits)
    assert len(code) == 14
    assert set(code.replace("-", "")).isdisjoint("01ILO")
    assert normal_code(code.lower().replace("-", " ")) == code


def test_the_hash_names_lease_and_desk() -> None:
    lease, other = UUID(int=1), UUID(int=2)
    hashes = {seal_hash(*of, "K7QM-2XHD-9RTA") for of in ((lease, 1), (lease, 2), (other, 1))}
    assert len(hashes) == 3
