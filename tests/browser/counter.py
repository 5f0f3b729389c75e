"""A post office on the day of payment, and phones to work there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pypdfium2
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext

from salur.access.models import Device
from salur.access.operations import issue_enrolment_code
from salur.disbursement.models import PaySession, Visit
from salur.disbursement.operations import lease_visits
from salur.disbursement.rules.tokens import open_token
from salur.disbursement.tests.country import PLANNER, Country
from salur.identity.operations import NewReference, enrol_reference
from salur.intake.queries import read_whole_file_for_system
from salur.kernel.actor import SYSTEM
from tests.browser.films import Film
from tests.browser.officer import Officer

FACES = Path(__file__).parents[1] / "faces"
PALEMBANG = {"latitude": -2.990934, "longitude": 104.756554, "accuracy": 8}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]


def program(film: Film) -> dict[str, Any]:
    return {
        "executable_path": shutil.which("chromium") or shutil.which("chromium-browser"),
        "args": [*FLAGS, f"--use-file-for-fake-video-capture={film.path}"],
    }


def settings_of_a_phone(width: int = 390) -> dict[str, Any]:
    return {
        "permissions": ["camera", "geolocation"],
        "geolocation": PALEMBANG,
        "locale": "id-ID",
        "timezone_id": "Asia/Jakarta",
        "viewport": {"width": width, "height": 844},
        "service_workers": "allow",
    }


def phone(browser: Browser, width: int = 390) -> BrowserContext:
    return browser.new_context(**settings_of_a_phone(width))


@dataclass
class Counter:
    """A post office on the day of payment: families planned, letters printed, one officer."""

    address: str
    country: Country
    officer: UUID
    letters: dict[UUID, Image.Image]
    """Of each visit, the part of the printed page at which one points a phone."""

    def code(self) -> str:
        return issue_enrolment_code(self.officer, by=SYSTEM).printed

    def visits(self) -> list[Visit]:
        return list(Visit.objects.order_by("slot_at", "number"))

    def enrol(self, officer: Officer, *, known: bool = False) -> Visit:
        """The officer's phone, with everything leased to it; the family that comes first.

        Where its recipient is known, there is a reference face of an earlier payment.
        """
        officer.open()
        officer.page.get_by_label(officer.word("enrol.code")).fill(self.code())
        officer.tap("enrol.submit")
        officer.choose_pin()
        officer.page.get_by_text(officer.word("worklist.empty.title")).wait_for()
        device = Device.objects.get(holder_id=self.officer)
        visits = self.visits()
        if known:
            enrol_face(visits[0])
        for session in PaySession.objects.all():
            lease_visits(session.id, device.id, by=PLANNER)
        officer.tap("worklist.empty.refresh")
        officer.page.locator(".next").wait_for()
        return visits[0]


def letters_in(file_id: str) -> Iterator[tuple[UUID, Image.Image]]:
    document = pypdfium2.PdfDocument(read_whole_file_for_system(file_id))
    for page in document:
        image = page.render(scale=3).to_pil()
        code = zxingcpp.read_barcodes(image)[0]
        claims, _, _ = open_token(code.text)
        corners = (code.position.top_left, code.position.bottom_right)
        side = corners[1].x - corners[0].x
        box = (
            corners[0].x - side // 2,
            corners[0].y - side // 4,
            corners[1].x + side // 2,
            corners[1].y + side // 4,
        )
        yield claims.visit, image.crop(box)


def enrol_face(visit: Visit) -> None:
    """Photographed by somebody else than the one who pays."""
    photo = (FACES / "a1.jpg").read_bytes()
    new = NewReference(person_id=visit.recipient_id, enrolled_by="registry-desk")
    enrol_reference(new, photo, by=SYSTEM)
