"""How long a payout takes: what the phone takes is measured, what people take is assumed."""

from __future__ import annotations

import os
import time
from statistics import median
from typing import Any

from PIL import Image

from salur.kernel.clock import now
from tests.browser.counter import FACES
from tests.browser.point import Phone

HUMAN_SECONDS = {
    "letter": 3.0,  # take the letter, hold the phone over it
    "documents": 8.0,  # lay down two cards, look at each, press twice
    "face": 8.0,  # look up, press; hold the card beside the face, press
    "hand_over": 12.0,  # count eight to twelve notes aloud together, press
    "photo": 4.0,  # hold up cash and card, press
    "mark": 6.0,  # sign with a finger, press
}
"""An officer's pace after a morning's practice. An assumption, written down to be argued with."""

SLOW_DOWN = 6
"""The phone is a cheap one: its processor is throttled to a sixth of this machine's."""


def measure(phone: Phone, letters: list[Image.Image]) -> dict[str, Any]:
    """Pays these families one after the other; medians of all but the first, which warms up."""
    page = phone.officer.page
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOW_DOWN})
    rounds, taps = [], 0
    for letter in letters:
        phone.officer.taps = 0
        rounds.append(_one(phone, letter))
        taps = phone.officer.taps
    machine = {step: round(median(one[step] for one in rounds[1:]), 2) for step in HUMAN_SECONDS}
    total = sum(machine.values()) + sum(HUMAN_SECONDS.values())
    return {
        "measured_on": now().date().isoformat(),
        "how": (
            "python -m tests.browser.campaigns.event_day --pace: Chromium at 390 px, processor"
            f" throttled {SLOW_DOWN} times, no network, medians of {len(rounds) - 1} payouts;"
            " what people take is assumed"
        ),
        "load_average": round(os.getloadavg()[0], 1),
        "machine_seconds": machine,
        "human_seconds": HUMAN_SECONDS,
        "seconds": round(total, 1),
        "taps": taps,
        "walk_up_seconds": 15,
        "proxy_extra_seconds": 25,
        "passing_seconds": 15,
    }


def _one(phone: Phone, letter: Image.Image) -> dict[str, float]:
    officer, took = phone.officer, {}
    paper = officer.button("documents.ktp.take").or_(officer.button("documents.ktp.seen")).first

    def until(step: str, ready: Any) -> None:
        nonlocal began
        ready()
        took[step] = time.monotonic() - began
        began = time.monotonic()

    officer.open()
    phone.open_camera_on(letter)
    began = time.monotonic()
    officer.open("#/scan")
    until("letter", lambda: paper.wait_for(timeout=60_000))
    officer.taps += 1  # the button that opens the scanner

    phone.open_camera_on(Image.open(FACES / "a3.jpg"))

    def documents() -> None:
        officer.photograph_documents()
        officer.button("face.take").wait_for()

    def face() -> None:
        officer.take("face.take")
        same = officer.button("face.compare.same")
        witness = officer.page.get_by_label(officer.word("witness.name"))
        same.or_(witness).first.wait_for()
        if same.is_visible():
            officer.tap("face.compare.same")
        else:
            witness.fill("Pak Karta")
            officer.tap("witness.submit")
        officer.button("cash.counted").wait_for()

    def cash() -> None:
        officer.tap("cash.counted")
        officer.button("photo.take").wait_for()

    def photo() -> None:
        officer.take("photo.take")
        officer.button("mark.save").wait_for()

    def mark() -> None:
        officer.sign()
        officer.tap("mark.save")
        officer.page.locator(".proof-steps").wait_for()

    until("documents", documents)
    until("face", face)
    until("hand_over", cash)
    until("photo", photo)
    until("mark", mark)
    return took
