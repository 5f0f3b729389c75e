"""Letters are printed once for what they say, sealed, and can be had again."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from cryptography.exceptions import InvalidSignature
from django.conf import settings

from salur.audit.models import Entry
from salur.disbursement import press
from salur.disbursement.models import PrintRun, Visit
from salur.disbursement.operations import plan_payments, print_letters
from salur.disbursement.rules.tokens import verify_token
from salur.disbursement.tests.country import OUTSIDER, PLANNER, Country
from salur.intake.queries import read_whole_file_for_system
from salur.kernel.errors import Forbidden
from salur.kernel.keys import keys

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(country: Country) -> Country:
    country.add_families(60, country.villages[0], programs=("PKH", "SEMBAKO"))
    country.add_families(4, country.villages[1])
    country.add_families(12, country.villages[3])
    plan_payments(country.tranche.id, by=PLANNER)
    return country


def by_our_key(key_id: int, signature: bytes, body: bytes) -> bool:
    try:
        keys.letters.verifier(key_id).verify(signature, body)
    except (InvalidSignature, KeyError):
        return False
    return True


def test_every_planned_visit_gets_one_letter_signed_by_our_key(planned: Country) -> None:
    result = print_letters(planned.tranche.id, by=PLANNER)
    assert result.letters == 76
    assert result.rupiah == 60 * 1_200_000 + 16 * 600_000
    assert len(result.files) == 2
    visits = {visit.id: visit for visit in Visit.objects.all()}
    seen = set()
    for run in result.files:
        document = pypdfium2.PdfDocument(read_whole_file_for_system(run.file_id))
        for page in document:
            image = page.render(scale=2, grayscale=True).to_pil()
            claims = verify_token(zxingcpp.read_barcodes(image)[0].text, by_our_key)
            assert claims.total_rupiah == visits[claims.visit].total
            assert claims.letter_version == visits[claims.visit].letter_version == 1
            seen.add(claims.visit)
    assert seen == set(visits)


def test_printing_again_prints_nothing_unless_asked(planned: Country) -> None:
    print_letters(planned.tranche.id, by=PLANNER)
    assert print_letters(planned.tranche.id, by=PLANNER).letters == 0
    assert print_letters(planned.tranche.id, by=PLANNER, again=True).letters == 76
    assert set(Visit.objects.values_list("letter_version", flat=True)) == {2}


def test_only_what_changed_is_printed_anew(planned: Country) -> None:
    print_letters(planned.tranche.id, by=PLANNER)
    household = Visit.objects.filter(office="31100").first().household_id
    planned.add_program("SEMBAKO", [household])
    plan_payments(planned.tranche.id, by=PLANNER)
    assert print_letters(planned.tranche.id, by=PLANNER).letters == 1


def test_a_dry_run_counts_and_leaves_no_trace(planned: Country) -> None:
    assert print_letters(planned.tranche.id, by=PLANNER, dry_run=True).letters == 76
    assert not PrintRun.objects.exists()
    assert set(Visit.objects.values_list("letter_version", flat=True)) == {0}


def test_the_log_names_the_file_and_no_family(planned: Country) -> None:
    result = print_letters(planned.tranche.id, by=PLANNER)
    entries = Entry.objects.filter(kind="letters.printed")
    assert {entry.payload["file"] for entry in entries} == {run.file_id for run in result.files}
    assert "SITI" not in str([entry.payload for entry in entries])


def test_letters_never_touch_the_disk_in_plain(planned: Country) -> None:
    print_letters(planned.tranche.id, by=PLANNER)
    stored = [
        path.read_bytes() for path in Path(settings.SALUR_EVIDENCE_DIR).rglob("*") if path.is_file()
    ]
    assert stored
    assert not any(b"%PDF" in data for data in stored)


def test_letters_of_one_session_can_be_printed_alone(planned: Country) -> None:
    session = Visit.objects.filter(channel="community").first().session_id
    result = print_letters(planned.tranche.id, by=PLANNER, sessions=[session])
    assert result.letters == Visit.objects.filter(session=session).count()
    assert result.files[0].session_id == session


def test_a_planner_prints_only_for_the_own_line(planned: Country) -> None:
    narrow = PLANNER.__class__(
        id="p2", kind="user", permissions=PLANNER.permissions, offices=("ID/31100",)
    )
    assert print_letters(planned.tranche.id, by=narrow).letters == 12


def test_an_outsider_may_not_print(planned: Country) -> None:
    with pytest.raises(Forbidden):
        print_letters(planned.tranche.id, by=OUTSIDER)


def test_a_visit_that_changes_while_its_letter_is_made_gets_the_right_letter(
    planned: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left out: the press only lets a later wave arrive while it works."""
    visit = Visit.objects.filter(office="31100").first()
    make = press.make_book

    def make_slowly(book: press.Book) -> press.Printed:
        printed = make(book)
        if visit.letter_version == 0 and any(one.visit == visit.id for one, _ in book.letters):
            visit.letter_version = 1
            planned.add_program("SEMBAKO", [visit.household_id])
            plan_payments(planned.tranche.id, by=PLANNER)
        return printed

    monkeypatch.setattr(press, "make_book", make_slowly)
    (run,) = print_letters(planned.tranche.id, by=PLANNER, offices=["31100"]).files
    document = pypdfium2.PdfDocument(read_whole_file_for_system(run.file_id))
    said = {}
    for page in document:
        image = page.render(scale=2, grayscale=True).to_pil()
        claims = verify_token(zxingcpp.read_barcodes(image)[0].text, by_our_key)
        said[claims.visit] = claims.total_rupiah
    assert said[visit.id] == 800_000
    assert Visit.objects.get(pk=visit.id).letter_printed_at is not None
