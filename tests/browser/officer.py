"""An officer with a phone: does what a person does, by the words that stand on the screen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from salur.field.operations import apply_events
from salur.intake.models import Outcome

APP = Path(__file__).parents[2] / "field-app"
AXE = APP / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = {"serious", "critical"}


PIN = "274918"
_THUMB = """
const type = () => {
  const pad = document.querySelector("[data-pad=unlock][data-busy=false]");
  if (!pad || pad.typing) return;
  pad.typing = true;
  const keys = [...pad.querySelectorAll(".pin-key")];
  for (const digit of "%s") keys.find((key) => key.textContent === digit).click();
  setTimeout(() => { pad.typing = false; }, 2_000);
};
new MutationObserver(type).observe(document, {childList: true, subtree: true, attributes: true});
"""


class Officer:
    """Drives one page of the app. Words come from the app's own file of the language.

    A thumb that knows the PIN types it whenever the lock asks; ``thumb=False`` leaves it to the
    test.
    """

    def __init__(
        self, page: Page, address: str, language: str = "id", *, thumb: bool = True
    ) -> None:
        self.thumb = thumb
        self.page = page
        self.address = f"{address}/app/"
        self.words: dict[str, str] = json.loads(
            (APP / "src" / "i18n" / f"{language}.json").read_text()
        )
        self.taps = 0
        page.add_init_script(f"localStorage.setItem('language', '{language}')")

    @property
    def page(self) -> Page:
        return self._page

    @page.setter
    def page(self, page: Page) -> None:
        self._page = page
        if self.thumb:
            page.context.add_init_script(_THUMB % PIN)

    def type_pin(self, pad: str, pin: str = PIN) -> None:
        """On the pad of this name, which is waited for."""
        keys = self.page.locator(f"[data-pad={pad}][data-busy=false] .pin-key")
        for digit in pin:
            keys.get_by_text(digit, exact=True).click()

    def choose_pin(self) -> None:
        """The two screens after the enrolment code."""
        self.type_pin("set")
        self.type_pin("repeat")

    def word(self, key: str, **values: str) -> str:
        text = self.words[key]
        for name, value in values.items():
            text = text.replace("{" + name + "}", value)
        return text

    def button(self, key: str, **values: str) -> Locator:
        return self.page.get_by_role("button", name=self.word(key, **values), exact=True)

    def tap(self, key: str, **values: str) -> None:
        self.taps += 1
        self.button(key, **values).click()

    def open(self, fragment: str = "#/") -> None:
        self.page.goto(self.address + fragment)

    def enrol(self, code: str) -> None:
        self.open()
        self.page.get_by_label(self.word("enrol.code")).fill(code)
        self.page.get_by_label(self.word("enrol.name")).fill("Loket 2")
        self.tap("enrol.submit")
        self.choose_pin()
        self.page.locator(".next").wait_for()

    def wait_for_camera(self) -> None:
        self.page.locator("[data-status=live]").wait_for()

    def take(self, key: str) -> None:
        """Waits until the camera shows something, and presses the shutter."""
        self.button(key).wait_for()
        self.wait_for_camera()
        self.tap(key)

    def scan(self) -> None:
        self.tap("worklist.scan")
        self.button("documents.ktp.take").wait_for(timeout=20_000)

    def photograph_documents(self) -> None:
        self.take("documents.ktp.take")
        self.take("documents.kk.take")

    def sign(self) -> None:
        pad = self.page.locator(".pad canvas")
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        assert box
        x, y = box["x"] + 30, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for step in range(14):
            self.page.mouse.move(x + 16 * step, y + (28 if step % 2 else -28))
        self.page.mouse.up()
        self.taps += 1

    def hand_over_and_sign(self) -> None:
        """From the amount on the screen to the receipt."""
        self.tap("cash.counted")
        self.take("photo.take")
        self.button("mark.save").wait_for()
        self.sign()
        self.tap("mark.save")
        self.page.locator(".proof-steps").wait_for()

    def wait_until_applied(self, kind: str, seconds: int = 20) -> None:
        """An event of this kind has reached the server and has its outcome."""
        for _ in range(seconds * 5):
            apply_events()
            if Outcome.objects.filter(event__kind=kind).exists():
                return
            self.page.wait_for_timeout(200)
        raise AssertionError(f"no {kind} has arrived")

    def wait_until_kept_for_offline(self) -> None:
        """The service worker rules the page and holds the scanner."""
        self.page.evaluate(
            """async () => {
              const pause = () => new Promise((next) => setTimeout(next, 50));
              while (!navigator.serviceWorker.controller) await pause();
              while (!(await (await caches.open("scanner")).keys()).length) await pause();
            }"""
        )

    def wait_for_proof(self, key: str) -> None:
        """Waits until the receipt says so, in so many words."""
        reached = self.page.locator(".proof-steps .reached", has_text=self.word(key))
        reached.wait_for(timeout=20_000)

    def barriers(self) -> list[str]:
        """What axe-core finds serious or critical on the screen as it stands."""
        # Evaluated from outside the page, as the page itself allows no foreign script.
        self.page.evaluate(AXE.read_text() + "; undefined")
        found: dict[str, Any] = self.page.evaluate(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})"
        )
        return [
            f"{rule['id']}: {node['html'][:120]}"
            for rule in found["violations"]
            if rule["impact"] in SERIOUS
            for node in rule["nodes"]
        ]
