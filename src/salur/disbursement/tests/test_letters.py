"""A letter tells a family everything it must know, and nobody can forge or shorten it."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from uuid import UUID, uuid4

import pypdfium2
import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from salur.disbursement.channels import CHANNELS
from salur.disbursement.letters import Letter, Letterhead, write_letters
from salur.disbursement.rules.tokens import check_of_name, verify_token

KEY = Ed25519PrivateKey.from_private_bytes(b"5" * 32)
HEAD = Letterhead(
    sender="Kementerian Sosial Republik Indonesia",
    pay_agency="Disalurkan oleh PT Pos Indonesia (Persero)",
    complaint_number="171",
    complaint_note="gratis, boleh tanpa menyebut nama",
    public_url="https://bansos.example.go.id",
)


def letter(**changes: object) -> Letter:
    values: dict[str, object] = {
        "visit": uuid4(),
        "number": "1671-0412-8837-3",
        "version": 1,
        "name": "SITI AMINAH",
        "address": ("Jl. Melati No. 12, RT 003/RW 002", "Talang Semut, Bukit Kecil", "Palembang"),
        "payments": ((uuid4(), "PKH", 225_000), (uuid4(), "Sembako, 3 bulan", 600_000)),
        "tranche_number": 4,
        "tranche_name": "Tahap IV 2026",
        "starts": datetime(2026, 11, 30, 1, 0, tzinfo=UTC),
        "ends": datetime(2026, 11, 30, 1, 30, tzinfo=UTC),
        "zone": "Asia/Jakarta",
        "place": "Balai Talang Semut",
        "place_address": "Jl. Merdeka No. 3",
        "desk": 2,
        "last_day": "Dapat diambil sampai 14 Desember 2026.",
    }
    return Letter(**{**values, **changes})  # type: ignore[arg-type]


def pdf_of(*letters: Letter, kind: str = "post_office") -> pypdfium2.PdfDocument:
    file = BytesIO()
    wording = CHANNELS[kind].letter
    write_letters(file, ((item, wording) for item in letters), HEAD, key_id=1, sign=KEY.sign)
    return pypdfium2.PdfDocument(file.getvalue())


def text_of(page: pypdfium2.PdfPage) -> str:
    return page.get_textpage().get_text_range()


def qr_of(page: pypdfium2.PdfPage, scale: float = 2) -> list[str]:
    image = page.render(scale=scale, grayscale=True).to_pil()
    return [found.text for found in zxingcpp.read_barcodes(image)]


def trusted(key_id: int, signature: bytes, body: bytes) -> bool:
    KEY.public_key().verify(signature, body)
    return key_id == 1


def test_the_code_on_the_paper_says_what_the_letter_says() -> None:
    given = letter()
    (address,) = qr_of(pdf_of(given)[0])
    assert address.startswith("HTTPS://BANSOS.EXAMPLE.GO.ID/L#")
    claims = verify_token(address, trusted)
    assert claims.visit == given.visit
    assert claims.total_rupiah == 825_000
    assert claims.name_check == check_of_name("Siti Aminah")


def test_the_family_reads_amount_time_place_and_number_without_a_phone() -> None:
    text = text_of(pdf_of(letter())[0])
    for said in (
        "SITI AMINAH",
        "Senin, 30 November 2026",
        "pukul 08.00–08.30 WIB, meja 2",
        "Balai Talang Semut",
        "Rp225.000",
        "Rp600.000",
        "Rp825.000",
        "delapan ratus dua puluh lima ribu rupiah",
        "1671-0412-8837-3",
        "KTP asli, Kartu Keluarga, dan surat ini.",
    ):
        assert said in text


def test_the_stub_repeats_the_amount_and_says_that_nothing_is_deducted() -> None:
    page = pdf_of(letter())[0]
    stub = page.get_textpage().get_text_bounded(0, 0, 595, 842 - 198 * 72 / 25.4)
    for said in ("SITI AMINAH", "Rp825.000", "TIDAK ADA POTONGAN", "171", "1671-0412-8837-3"):
        assert said in stub


def test_a_poor_copy_in_one_bit_can_still_be_scanned() -> None:
    image = pdf_of(letter())[0].render(scale=150 / 72, grayscale=True).to_pil().convert("1")
    assert len(zxingcpp.read_barcodes(image.convert("L"))) == 1


def test_neither_fold_crosses_the_code() -> None:
    page = pdf_of(letter())[0]
    (found,) = zxingcpp.read_barcodes(page.render(scale=2, grayscale=True).to_pil())
    top, bottom = found.position.top_left.y / 2, found.position.bottom_left.y / 2
    upper, lower = 99 * 72 / 25.4, 198 * 72 / 25.4
    assert upper + 10 < top < bottom < lower - 10


@pytest.mark.parametrize("kind", sorted(CHANNELS))
def test_every_channel_has_its_own_words(kind: str) -> None:
    assert CHANNELS[kind].letter.heading in text_of(pdf_of(letter(), kind=kind)[0])


def test_a_long_name_and_strange_letters_stay_on_the_page() -> None:
    name = "NYI MAS RADEN AYU “Ñ” (BINTI) KARTANEGARA KUSUMANINGRAT DARI PALEMBANG SELATAN \\"
    page = pdf_of(letter(name=name))[0]
    assert "(BINTI) KARTANEGARA" in text_of(page)
    written = page.get_textpage()
    assert all(written.get_rect(i)[2] <= 595 for i in range(written.count_rects()))


def test_more_programs_than_lines_are_summed_up_not_dropped() -> None:
    payments = tuple((uuid4(), f"Bantuan {n}", 100_000) for n in range(7))
    page = pdf_of(letter(payments=payments))[0]
    assert "4 bantuan lain" in text_of(page)
    assert "Rp700.000" in text_of(page)
    assert len(verify_token(qr_of(page)[0], trusted).payments) == 7


def test_a_thousand_letters_are_a_thousand_pages_of_a_kilobyte() -> None:
    file = BytesIO()
    wording = CHANNELS["community"].letter
    letters = (letter(visit=UUID(int=n)) for n in range(1000))
    pages = write_letters(
        file, ((item, wording) for item in letters), HEAD, key_id=1, sign=KEY.sign
    )
    document = pypdfium2.PdfDocument(file.getvalue())
    assert pages == len(document) == 1000
    assert len(file.getvalue()) < 1_700_000
    assert verify_token(qr_of(document[999])[0], trusted).visit == UUID(int=999)
