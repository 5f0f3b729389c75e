"""Signing in, people, devices, offices, families, cases and messages in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from salur.access.models import User
from salur.access.operations import create_user, enrol_device, grant_role, issue_enrolment_code
from salur.access.queries import actor_for
from salur.access.tests.people import Phone
from salur.casework.operations import form_groups, open_grievance, propose_change
from salur.disbursement.models import Attempt, Visit
from salur.disbursement.operations import plan_payments, print_letters
from salur.disbursement.tests.country import PLANNER, make_country
from salur.kernel.actor import SYSTEM
from salur.kernel.clock import now
from salur.kernel.ids import new_id
from salur.messaging.operations import NewMessage, queue_messages
from salur.registry.models import Person
from tests.browser.test_dashboard import browser, playwright  # noqa: F401 - fixtures
from tests.browser.test_planning_pages import grave, visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]
VILLAGE = "16.71.05.1001"


@pytest.fixture
def people(committed: None) -> dict[str, User]:
    """A branch with a phone, a companion with families, one failed payment, a case, a message."""
    country = make_country()
    country.add_families(12, VILLAGE, programs=("PKH", "SEMBAKO"))
    country.add_families(3, country.villages[1])
    plan_payments(country.tranche.id, by=PLANNER)
    print_letters(country.tranche.id, by=PLANNER)
    made = {}
    for name, role, scope in (
        ("hendra", "branch_head", {"office": "30000"}),
        ("rudi", "officer", {"office": "30000"}),
        ("sari", "companion", {"region": "16.71"}),
        ("putri", "admin", {}),
    ):
        user = create_user(
            name, name=name.title(), password="kata-sandi-uji-9132", office="30000", by=SYSTEM
        )
        grant_role(user.id, role, by=SYSTEM, **scope)
        made[name] = User.objects.get(id=user.id)
    head, sari = actor_for(made["hendra"]), actor_for(made["sari"])
    code = issue_enrolment_code(made["rudi"].id, by=head).code
    enrol_device(code, device_name="HP Rudi", public_key=Phone().jwk)
    form_groups(made["sari"].id, VILLAGE, by=head)
    person = Person.objects.filter(household__village=VILLAGE).order_by("id").first()
    assert person is not None
    propose_change(person.household_id, "died", person_id=person.id, note="surat RT", by=sari)
    open_grievance("Uangnya kurang Rp50.000.", VILLAGE, by=sari)
    failed = Visit.objects.get(household=person.household)
    Attempt.objects.create(
        id=new_id(),
        visit=failed,
        code="absent",
        final=False,
        recorded_by=f"user:{made['rudi'].id}",
        office_id="30000",
        attempted_at=now(),
        business_date=now().date(),
    )
    params = {"name": "SITI", "amount": 825_000, "date": "2026-11-30"}
    queue_messages(
        [NewMessage("x:1", "paid", person.household_id, None, params, village_code=VILLAGE)]
    )
    return made


@pytest.mark.parametrize(("width", "language"), [(390, "id"), (390, "en"), (1280, "en")])
def test_everybody_can_read_the_pages_of_people_and_families(
    people: dict[str, User],
    live_server: Any,
    browser: Browser,  # noqa: F811
    width: int,
    language: str,
    tmp_path: Any,
) -> None:
    family = Person.objects.filter(household__village=VILLAGE).order_by("id").first()
    assert family is not None
    doors = {
        "sari": (
            "/keluarga/",
            "/keluarga/?hanya=letters",
            f"/keluarga/{family.household_id}/",
            "/keluarga/gagal/",
            "/kasus/keluhan/",
            "/saya/",
            "/saya/perangkat/",
        ),
        "hendra": (
            "/usulan/",
            "/kasus/",
            "/pendamping/",
            "/perangkat/",
            "/pesan/",
            "/pengguna/",
            "/pengguna/peran/",
            f"/pengguna/{people['rudi'].id}/",
            "/pengguna/baru/",
        ),
        "putri": ("/kantor/",),
        "rudi": ("/saya/perangkat/",),
    }
    for name, paths in doors.items():
        page = visit(browser, live_server.url, name, width, language)
        for path in paths:
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
            assert grave(page) == [], path
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{path} is wider than the screen: {wide}"
            shot = path.strip("/").replace("/", "-").replace("?", "-")[:30]
            page.screenshot(path=tmp_path / f"{name}-{shot}-{width}-{language}.png", full_page=True)


@pytest.mark.parametrize(("width", "language"), [(390, "id"), (1280, "en")])
def test_a_head_signs_in_hands_out_a_code_and_meets_a_closed_door(
    people: dict[str, User],
    live_server: Any,
    browser: Browser,  # noqa: F811
    width: int,
    language: str,
    tmp_path: Any,
) -> None:
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": 900}, locale=language
    )
    page = context.new_page()
    page.goto("/perangkat/")
    assert grave(page) == []
    page.screenshot(path=tmp_path / f"sign-in-{width}-{language}.png", full_page=True)
    page.fill("#id_login", "hendra")
    page.fill("#id_password", "salah")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    assert grave(page) == []
    page.fill("#id_password", "kata-sandi-uji-9132")
    page.keyboard.press("Enter")
    page.wait_for_url("**/perangkat/")
    page.select_option("#holder", label="Rudi")
    page.click("form[action='/perangkat/kode/'] button")
    page.wait_for_selector("img[src^='data:image/png']")
    assert grave(page) == []
    page.screenshot(path=tmp_path / f"code-{width}-{language}.png", full_page=True)
    page.goto("/daftar/unggah")
    assert grave(page) == []
    page.screenshot(path=tmp_path / f"refused-{width}-{language}.png", full_page=True)
    page.goto("/akun/2fa/totp/activate/")
    page.fill("#id_password", "kata-sandi-uji-9132")
    page.keyboard.press("Enter")
    page.wait_for_selector("img[src^='data:image/svg']")
    assert grave(page) == []
    page.screenshot(path=tmp_path / f"second-key-{width}-{language}.png", full_page=True)
