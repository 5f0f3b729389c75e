"""No identity number, telephone, token or key reaches a log line, whoever wrote the line."""

import io
import json
import logging

import pytest
import structlog
from django.conf import settings

from salur.kernel.logging import HIDDEN, configure, redact

NIK, PHONE = "1671042806850003", "+62 812-3456-7890"


@pytest.mark.parametrize(
    "text",
    [
        f"NIK {NIK} unknown",
        "NIK 1671.0428.0685.0003 unknown",
        "NIK 1671 0428 0685 0003 unknown",
        f"call {PHONE}",
        "call 081234567890",
        "Authorization: Bearer abcdefgh12345678",
        "Salur-Device 0193a.1764000000000.bm9uY2U.c2lnbmF0dXJl",
        "https://host/L#AEAABBCCDD234567",
        "postgresql://salur_app:hunter22@host/salur",
    ],
)
def test_what_is_personal_is_hidden(text: str) -> None:
    hidden = redact(text)
    assert HIDDEN in hidden
    for secret in (NIK, "0685", "3456", "234567890", "abcdefgh", "bm9uY2U", "AABBCC", "hunter22"):
        assert secret not in hidden


@pytest.mark.parametrize(
    "text",
    [
        "payment 0193a2b4-7c11-7def-8123-456789012345 paid Rp1.250.000",
        "event 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "20000 rows in 1764000000.123",
    ],
)
def test_what_leads_from_app_to_database_stays(text: str) -> None:
    assert redact(text) == text


@pytest.fixture
def lines() -> io.StringIO:
    """What is written by the handlers of the configured root logger."""
    configure({"json": True, "level": "INFO"})
    written = io.StringIO()
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield written
    structlog.reset_defaults()
    configure(settings.LOGGING)


def test_every_writer_goes_through_redaction(lines: io.StringIO) -> None:
    structlog.get_logger("salur.test").info("seen", nik=NIK, deep={"rows": [f"x {NIK}", PHONE]})
    logging.getLogger("some.library").warning("bad row %s of %s", NIK, {"phone": PHONE})
    try:
        raise ValueError(f"duplicate key ({NIK})")
    except ValueError:
        logging.getLogger("some.library").exception("failed")
    written = lines.getvalue()
    assert NIK not in written
    assert "3456-7890" not in written
    records = [json.loads(line) for line in written.splitlines()]
    assert [record["event"].split()[0] for record in records] == ["seen", "bad", "failed"]
    assert records[0]["nik"] == HIDDEN
    assert "ValueError" in records[2]["exception"]
