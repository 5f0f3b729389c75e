"""Everybody at once: money before lists, lists before photos, and nobody all the time."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from datetime import timedelta
from uuid import uuid4

import pytest

from salur.access.doors import devices
from salur.access.doors.rates import BURST, Rates
from salur.field import admission
from salur.field.admission import Doorkeeper
from salur.field.errors import TooBusy
from salur.field.rules import (
    LISTS,
    LONGEST_WAIT_SECONDS,
    MONEY,
    PHOTOS,
    class_of,
    seconds_to_wait,
)
from salur.kernel import clock
from salur.kernel.clock import now
from simulator.devices import API

THREADS = 8


@pytest.fixture
def keeper(monkeypatch):
    """The door of a web process with eight threads."""
    keeper = Doorkeeper(THREADS)
    monkeypatch.setattr(admission, "doorkeeper", keeper)
    return keeper


def held(keeper, count):
    """So many requests about money are being worked on."""
    stack = ExitStack()
    for _ in range(count):
        stack.enter_context(keeper.slot(MONEY))
    return stack


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("events", MONEY),
        ("sealed", MONEY),
        ("worklist", LISTS),
        ("visits/find", LISTS),
        ("evidence/ab", PHOTOS),
        ("uploads", PHOTOS),
        ("uploads/ab", PHOTOS),
        ("faces/verify", PHOTOS),
        ("what-nobody-thought-of-yet", LISTS),
    ],
)
def test_each_request_has_its_class(path, kind):
    assert class_of(f"{API}/{path}") == kind


def test_pages_of_the_back_office_pass():
    assert class_of("/laporan/") is None


class TestFullHouse:
    def test_photos_wait_while_half_of_the_threads_are_busy(self, branch, keeper):
        with held(keeper, THREADS // 2):
            photo = branch.device.send_once("HEAD", f"/evidence/{'ab' * 32}")
            assert photo.status == 429
            assert branch.device.send_once("GET", "/worklist?cursor=").status == 200
        assert branch.device.send_once("HEAD", f"/evidence/{'ab' * 32}").status == 404

    def test_lists_leave_the_last_thread_to_money(self, branch, keeper):
        branch.device.record("verification", {"method": "face"}, visit=str(branch.visits[0].id))
        with held(keeper, THREADS - 1):
            assert branch.device.send_once("GET", "/worklist?cursor=").status == 429
            assert [row["status"] for row in branch.device.push()] == ["stored"]

    def test_it_says_when_to_come_back_before_it_looks_at_anything(self, branch, keeper, client):
        with held(keeper, THREADS):
            answer = client.put(f"{API}/evidence/{'ab' * 32}", b"x", content_type="image/jpeg")
        assert answer.status_code == 429
        assert answer["Retry-After"] == "1"
        assert answer.json()["code"] == "field.busy"
        assert answer.json()["details"] == {"retry_after": 1}

    def test_a_slot_is_free_again_after_a_failure(self, keeper):
        with pytest.raises(ZeroDivisionError), keeper.slot(PHOTOS):
            1 / 0  # noqa: B018 - whatever a view may run into
        assert keeper.held == 0

    def test_threads_never_hold_more_than_their_class_may(self, keeper):
        most, refused = [], []
        ready = threading.Barrier(16)

        def knock():
            ready.wait()
            try:
                with keeper.slot(PHOTOS):
                    most.append(keeper.held)
                    leave.wait()
            except TooBusy as refusal:
                refused.append(refusal.details["retry_after"])

        leave = threading.Event()
        threads = [threading.Thread(target=knock) for _ in range(16)]
        for thread in threads:
            thread.start()
        while len(most) + len(refused) < 16:
            leave.wait(0.01)
        leave.set()
        for thread in threads:
            thread.join()
        assert max(most) == len(most) == THREADS // 2
        assert len(refused) == 16 - THREADS // 2

    def test_the_more_are_sent_away_the_later_they_come_back(self):
        waits = [seconds_to_wait(refused) for refused in (1, 100, 400, 100_000)]
        assert waits == sorted(set(waits))
        assert waits[0] == 1
        assert waits[-1] == LONGEST_WAIT_SECONDS


class TestOneDevice:
    @pytest.fixture
    def rates(self, monkeypatch):
        rates = Rates(burst=3, per_second=0.5, ticks=lambda: 0.0)
        monkeypatch.setattr(devices, "rates", rates)
        return rates

    def ask(self, device):
        return device.send_once("GET", "/worklist?cursor=")

    def test_a_device_that_asks_without_end_must_wait(self, branch, rates):
        answers = [self.ask(branch.device).status for _ in range(5)]
        assert answers == [200, 200, 200, 429, 429]
        with clock.at(now() + timedelta(seconds=2)):
            assert [self.ask(branch.device).status for _ in range(2)] == [200, 429]

    def test_the_answer_names_the_seconds(self, branch, rates, client):
        for _ in range(3):
            self.ask(branch.device)
        assert b'"retry_after":2' in self.ask(branch.device).body

    def test_others_are_served_meanwhile(self, branch, rates):
        other = branch.enrol(branch.officer, "lain")
        for _ in range(4):
            self.ask(branch.device)
        assert self.ask(other).status == 200

    def test_nobody_empties_the_bucket_of_another(self, branch, rates):
        thief = branch.enrol(branch.officer, "lain")
        thief.device_id, own = branch.device.device_id, thief.device_id
        assert {self.ask(thief).status for _ in range(9)} == {401}
        assert own != thief.device_id
        assert self.ask(branch.device).status == 200

    def test_buckets_are_bounded(self, monkeypatch):
        monkeypatch.setattr("salur.access.doors.rates.MOST_DEVICES", 10)
        rates = Rates()
        for _ in range(50):
            assert rates.seconds_to_wait(uuid4(), now()) == 0
        assert len(rates._buckets) == 10

    def test_a_whole_day_of_photos_fits(self):
        rates, device, moment = Rates(ticks=lambda: 0.0), uuid4(), now()
        assert {rates.seconds_to_wait(device, moment) for _ in range(BURST)} == {0}
        assert rates.seconds_to_wait(device, moment) == 1

    def test_a_clock_that_stands_still_or_runs_back_holds_nobody_for_ever(self):
        ticks = iter([0.0, 0.0, 60.0, 60.0, 60.0])
        rates, device, moment = Rates(1, 0.5, lambda: next(ticks)), uuid4(), now()
        assert [rates.seconds_to_wait(device, moment) for _ in range(4)] == [0, 2, 0, 2]
        assert rates.seconds_to_wait(device, moment - timedelta(days=3)) == 0
