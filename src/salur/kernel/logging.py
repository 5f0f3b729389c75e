"""Structured logs in which no identity number, telephone, token or key can stand.

Redaction is the last step before the line is written, over every value of every record, those of
libraries included. It is a net under the rule that personal values are not logged at all.
"""

from __future__ import annotations

import logging
import logging.config
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

HIDDEN = "[hidden]"
SECRET_KEYS = re.compile(
    r"(?i)(?:^|[_-])(?:nik|kk|family_card|phone|msisdn|password|passwd|secret|token|cookie|"
    r"authorization|signature|otp|pin|api[_-]?key|name|address|embedding)(?:$|[_-](?!ms$|id$))"
)
_SEPARATED_16 = re.compile(r"(?<![0-9A-Fa-f-])\d(?:[ .\-_/]?\d){15}(?![0-9A-Fa-f-])")
_PHONE = re.compile(r"(?<![\w.\-])(?:\+?62|0)[ .\-]?8(?:[ .\-]?\d){7,12}(?![\w\-])")
_TOKEN = re.compile(
    r"(?i)\b(bearer|salur-device|basic|token|session\w*|csrf\w*)([ =:]+)[\w.~+/=\-]{8,}"
)
_LETTER = re.compile(r"(?i)(/L#)[A-Z2-7]+")
_URL_PASSWORD = re.compile(r"(?i)([a-z][a-z0-9+.\-]*://[^\s:/@]+:)[^\s@]+(@)")
_JSON_WEB_TOKEN = re.compile(r"\beyJ[\w\-]+\.[\w\-]+\.[\w\-]*")
_LONG_OPAQUE = re.compile(
    r"(?<![\w/.\-])(?=[\w\-]*[A-Z])(?=[\w\-]*[a-z])(?=[\w\-]*\d)[\w\-]{40,}(?![\w/.])"
)


def redact(text: str) -> str:
    """The text without 16-digit numbers (separators allowed), mobile numbers, tokens, passwords.

    Hashes in hexadecimal and UUIDs stay: they are how a line is followed from app to database.
    """
    text = _SEPARATED_16.sub(HIDDEN, text)
    text = _PHONE.sub(HIDDEN, text)
    text = _URL_PASSWORD.sub(rf"\1{HIDDEN}\2", text)
    text = _LETTER.sub(rf"\1{HIDDEN}", text)
    text = _JSON_WEB_TOKEN.sub(HIDDEN, text)
    text = _TOKEN.sub(rf"\1\2{HIDDEN}", text)
    return _LONG_OPAQUE.sub(HIDDEN, text)


def redact_value(value: Any, key: str = "") -> Any:
    """The same for any value of a record, however deep; secret keys lose their value whole."""
    if key and SECRET_KEYS.search(key) and value is not None and not isinstance(value, bool):
        return HIDDEN
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {redact(str(k)): redact_value(v, str(k)) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [redact_value(item) for item in value]
    if isinstance(value, bool) or value is None or isinstance(value, float):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**15 else HIDDEN
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"[{len(value)} bytes]"
    return redact(str(value))


def redact_record(
    _logger: Any, _method: str, record: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """structlog's processor; it must be the last one before the renderer."""
    return {key: redact_value(value, key) for key, value in record.items()}


def configure(options: Mapping[str, Any]) -> None:
    """Set up structlog and the standard library's logging alike. `json`: one object per line."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if options.get("json", True)
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "structured": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        redact_record,
                        renderer,
                    ],
                }
            },
            "handlers": {
                "stderr": {"class": "logging.StreamHandler", "formatter": "structured"},
            },
            "root": {"handlers": ["stderr"], "level": options.get("level", "INFO")},
            "loggers": {
                # Our own request line replaces theirs, which would repeat whole paths.
                "django.server": {"level": "ERROR"},
                "django.request": {"level": "ERROR"},
                "procrastinate": {"level": "WARNING"},
                "axes": {"level": "WARNING"},
                "psycopg.pool": {"level": "WARNING"},
            },
        }
    )
