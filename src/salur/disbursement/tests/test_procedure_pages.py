"""The procedure is edited in fields, looked at before it counts, and agreed on by two people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from salur.disbursement.describing import SITUATIONS, as_seen, changes
from salur.disbursement.forms import read_procedure, rows_of
from salur.disbursement.models import SopVersion
from salur.disbursement.operations import load_procedures
from salur.disbursement.rules.sop import SHIPPED, read_steps
from salur.kernel.clock import now
from salur.monitoring.tests.test_pages import signed_in

pytestmark = pytest.mark.django_db
TOMORROW = (now() + timedelta(days=2)).date().isoformat()


class Fields(dict[str, Any]):
    def lists(self, name: str) -> list[str]:
        found = self.get(name, [])
        return found if isinstance(found, list) else [found]


def fields_of(steps: list[dict[str, Any]]) -> Fields:
    """What a browser sends when the editor is sent as it is shown."""
    sent = Fields()
    for row in rows_of(steps):
        if row.used:
            sent[f"{row.code}-used"] = "1"
        sent[f"{row.code}-order"] = str(row.order)
        sent[f"{row.code}-required"] = "yes" if row.required else "no"
        tests = list(row.when)
        for ask in row.asks:
            tests += [*ask.when, *ask.tick_when]
            if ask.used:
                sent[f"{ask.name}-used"] = "1"
            if ask.ticks:
                sent[f"{ask.name}-ticks"] = "1"
            if ask.witness:
                sent[f"{ask.name}-witness"] = "1"
            sent[f"{ask.name}-kinds"] = ask.kinds
            sent[f"{ask.name}-reasons"] = ask.reasons
            sent[f"{ask.name}-at_least"] = ask.at_least
            sent[f"{ask.name}-sample"] = ask.sample_percent
        for test in tests:
            sent[f"{test.name}-group"] = test.group
            sent[f"{test.name}-fact"] = test.shown
            sent[f"{test.name}-value"] = test.value
    return sent


@pytest.mark.parametrize("channel", SHIPPED)
def test_the_editor_loses_nothing_of_a_procedure(channel: str) -> None:
    for steps in SHIPPED[channel]:
        sent = fields_of(steps)
        assert read_steps(read_procedure(sent, sent.lists)) == read_steps(steps)


def test_what_changes_and_what_the_officer_sees_is_said_in_words() -> None:
    first, second = SHIPPED["community"]
    [change] = changes(first, second)
    assert "10% tetap difoto" in " ".join(change.come)
    assert changes(second, second) == []
    seen = {
        key: " ".join(str(s.lines) for s in as_seen(second, "community", key)) for key in SITUATIONS
    }
    assert "lihat dan centang" in seen["usual"]
    assert "lihat dan centang" not in seen["risk"] + seen["first"]
    assert "2 × foto KTP" in seen["proxy"]
    assert "surat kuasa" in seen["heir"]


@pytest.fixture
def planner() -> Client:
    load_procedures()
    return signed_in("planner")


def test_a_version_is_proposed_in_fields_and_put_into_force_by_another(planner: Client) -> None:
    sent = fields_of(SHIPPED["community"][1])
    sent["documents-0-sample"] = "25"
    sent |= {"catatan": "Terlalu banyak KTP palsu", "berlaku": TOMORROW}
    looked = planner.post("/prosedur/community/baru/", {**sent, "word": "preview"})
    assert "25% tetap difoto" in looked.content.decode()
    assert SopVersion.objects.filter(channel="community").count() == 2
    proposed = planner.post("/prosedur/community/baru/", {**sent, "word": "propose"})
    assert proposed.url == "/prosedur/community/3/"
    shown = planner.get("/prosedur/community/3/").content.decode()
    assert "Terlalu banyak KTP palsu" in shown
    assert "Setujui versi" not in shown
    head = signed_in("regional_head")
    assert "Setujui versi community/3" in head.get("/prosedur/community/3/").content.decode()
    head.post("/prosedur/community/3/putusan/", {"word": "approve"})
    assert SopVersion.objects.get(code="community/3").state == "approved"
    assert "community/3" in planner.get("/prosedur/").content.decode()


def test_what_cannot_be_walked_is_named_by_step_and_how_to_mend_it(planner: Client) -> None:
    sent = fields_of(SHIPPED["community"][1])
    sent["documents-order"], sent["face-used"] = "7", ""
    sent |= {"catatan": "x", "berlaku": "2020-01-01", "word": "propose"}
    answer = planner.post("/prosedur/community/baru/", sent)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "sesudah uang diserahkan. Beri nomor urut yang lebih kecil" in text
    assert "Langkah ini harus ada. Centang" in text
    assert "Berlaku mulai: isi tanggal" in text
    assert not SopVersion.objects.filter(number=3).exists()


def test_a_proposal_may_be_taken_back_by_its_maker(planner: Client) -> None:
    sent = fields_of(SHIPPED["doorstep"][1])
    sent |= {"catatan": "x", "berlaku": TOMORROW, "word": "propose"}
    planner.post("/prosedur/doorstep/baru/", sent)
    planner.post("/prosedur/doorstep/3/putusan/", {"word": "decline"})
    row = SopVersion.objects.get(code="doorstep/3")
    assert (row.state, row.approved_by) == ("declined", "")
