"""The signature sheet of a session has every family of it, and the sum at its foot."""

from __future__ import annotations

import pypdfium2
import pytest

from salur.audit.models import Entry
from salur.disbursement.errors import UnknownSession
from salur.disbursement.models import PaySession, Visit
from salur.disbursement.operations import plan_payments
from salur.disbursement.operations.printing import print_danom
from salur.disbursement.rules.numbers import format_payment_number
from salur.disbursement.tests.country import PLANNER, Country
from salur.intake.queries import read_whole_file_for_system

pytestmark = pytest.mark.django_db


def test_every_family_of_the_session_stands_on_its_sheet_with_the_total(country: Country) -> None:
    country.add_families(60, country.villages[0], programs=("PKH", "SEMBAKO"))
    plan_payments(country.tranche.id, by=PLANNER)
    session = PaySession.objects.get()
    (run,) = print_danom([session.id], by=PLANNER)
    document = pypdfium2.PdfDocument(read_whole_file_for_system(run.file_id))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    assert len(document) == 5
    for visit in Visit.objects.all():
        assert format_payment_number(visit.number) in text
        assert visit.recipient_name in text
    assert "60 keluarga · Rp72.000.000" in text
    assert (run.visits, run.amount, run.session_id) == (60, 72_000_000, session.id)
    assert Entry.objects.get(kind="danom.printed").payload["rupiah"] == 72_000_000


def test_sheets_of_another_office_cannot_be_printed(country: Country) -> None:
    country.add_families(12, country.villages[0])
    plan_payments(country.tranche.id, by=PLANNER)
    narrow = PLANNER.__class__(
        id="p2", kind="user", permissions=PLANNER.permissions, offices=("ID/31100",)
    )
    with pytest.raises(UnknownSession):
        print_danom([PaySession.objects.get().id], by=narrow)
