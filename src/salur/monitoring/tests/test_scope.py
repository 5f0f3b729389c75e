"""Who sees which figures: a head only the own subtree, nobody without a scope."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.cache import cache

from salur.kernel.actor import SYSTEM, Actor
from salur.kernel.errors import Forbidden, Missing
from salur.monitoring.models import Standing, Target
from salur.monitoring.operations import follow_journal
from salur.monitoring.queries import Dashboard, Filters, dashboard, filters_from
from salur.monitoring.tests.conftest import (
    BRANCH_HEAD,
    DAY,
    MINISTRY,
    OUTSIDER,
    PROVINCE_VIEWER,
    Cell,
    Journal,
    Told,
)
from salur.programs.models import Tranche


@pytest.fixture(autouse=True)
def no_cache() -> None:
    cache.clear()


@pytest.fixture
def paid_everywhere(country: Tranche, journal: Journal) -> Tranche:
    """Three families of three offices, all paid; one more planned at the first office."""
    for village, office in (
        ("16.71.01.1001", "KC1671"),
        ("16.71.01.1002", "KC1672"),
        ("95.01.01.1001", "KC9501"),
    ):
        payment = Told(country.id, village=village)
        journal.write([(payment, Cell(office=office)), (payment, Cell("paid", office=office))])
    journal.write([(Told(country.id), Cell())])
    follow_journal(by=SYSTEM)
    Standing.objects.create(
        kind="cash", village_id="95.01", office_id="KC9501", count=1, rupiah=5_000_000
    )
    return country


def seen_by(actor: Actor, **asked: str) -> Dashboard:
    return dashboard(actor, filters_from(actor, asked))


def test_the_ministry_sees_all_provinces(paid_everywhere: Tranche) -> None:
    board = seen_by(MINISTRY)
    assert [(row.code, row.figures.paid.families) for row in board.rows] == [("16", 2), ("95", 1)]
    assert board.total.paid.families == 3
    assert board.standing["cash"].rupiah == 5_000_000


def test_a_branch_head_sees_only_the_own_subtree(paid_everywhere: Tranche) -> None:
    board = seen_by(BRANCH_HEAD)
    assert board.filters.view == "kantor"
    assert [row.code for row in board.rows] == ["KC1671"]
    assert (board.total.paid.families, board.total.listed.families) == (1, 2)
    assert "cash" not in board.standing
    by_region = seen_by(BRANCH_HEAD, menurut="wilayah", wilayah="16")
    assert by_region.total.paid.families == 1


def test_a_head_of_a_line_sees_all_offices_below(paid_everywhere: Tranche) -> None:
    head = replace(BRANCH_HEAD, offices=("PST/KCU16",))
    board = seen_by(head)
    assert [row.code for row in board.rows] == ["KC1671", "KC1672"]
    assert board.total.paid.families == 2


def test_an_office_code_is_no_prefix_of_another(country: Tranche, journal: Journal) -> None:
    journal.write([(Told(country.id), Cell("paid", office="KC1672"))])
    follow_journal(by=SYSTEM)
    assert seen_by(replace(BRANCH_HEAD, offices=("PST/KCU16/KC167",))).rows == []


def test_a_province_viewer_sees_only_that_province(paid_everywhere: Tranche) -> None:
    board = seen_by(PROVINCE_VIEWER)
    assert board.total.paid.families == 1
    assert [row.code for row in board.rows] == ["95.01"]


@pytest.mark.parametrize(
    ("actor", "asked"),
    [
        (PROVINCE_VIEWER, {"wilayah": "16"}),
        (BRANCH_HEAD, {"kantor": "KC9501"}),
        (BRANCH_HEAD, {"kantor": "KC1672"}),
        (OUTSIDER, {"wilayah": "16"}),
        (OUTSIDER, {"kantor": "KC1671"}),
        (MINISTRY, {"wilayah": "99"}),
        (MINISTRY, {"program": "NONE"}),
    ],
)
def test_what_is_out_of_scope_does_not_exist(
    paid_everywhere: Tranche, actor: Actor, asked: dict[str, str]
) -> None:
    with pytest.raises(Missing):
        filters_from(actor, asked)


def test_even_filters_that_slip_through_show_nothing_of_others(paid_everywhere: Tranche) -> None:
    filters = Filters(paid_everywhere, region="16", office="")
    assert dashboard(PROVINCE_VIEWER, filters).total.listed.families == 0
    filters = Filters(paid_everywhere, office="PST/KC9501", view="kantor")
    assert dashboard(BRANCH_HEAD, filters).total.listed.families == 0


def test_without_a_scope_nothing_is_seen(paid_everywhere: Tranche) -> None:
    Target.objects.create(
        tranche_id=paid_everywhere.id,
        program_id="PKH",
        wave=1,
        village_id="16.71.01.1001",
        state="accepted",
        payments=9,
        families=9,
        rupiah=9,
    )
    for view in ("wilayah", "kantor"):
        board = seen_by(OUTSIDER, menurut=view)
        assert board.rows == []
        assert board.total.listed.families == 0
        assert board.standing == {}
        assert board.days == []


def test_without_the_permission_nothing_opens(paid_everywhere: Tranche) -> None:
    with pytest.raises(Forbidden):
        dashboard(replace(MINISTRY, permissions=frozenset()), Filters(paid_everywhere))


def test_filters_narrow_by_program_channel_and_level(country: Tranche, journal: Journal) -> None:
    family, second = Told(country.id), Told(country.id, program="PKH", families=0, amount=225_000)
    other = Told(country.id, village="16.71.01.1002")
    journal.write([(family, Cell("paid")), (second, Cell("paid"))])
    journal.write([(other, Cell("paid", channel="doorstep", day=DAY))])
    follow_journal(by=SYSTEM)
    assert seen_by(MINISTRY).total.paid.families == 2
    assert seen_by(MINISTRY).count(seen_by(MINISTRY).total.paid) == 2
    pkh = seen_by(MINISTRY, program="PKH")
    assert not pkh.counts_families
    assert (pkh.count(pkh.total.paid), pkh.total.paid.rupiah) == (1, 225_000)
    assert seen_by(MINISTRY, kanal="doorstep").total.paid.rupiah == 600_000
    district = seen_by(MINISTRY, wilayah="16.71.01")
    assert [row.code for row in district.rows] == ["16.71.01.1001", "16.71.01.1002"]
    assert not any(row.deeper for row in district.rows)
