"""Codes of payments and events as words in this room's templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from salur.monitoring import words
from salur.theme.templatetags.theme import status

register = template.Library()


@register.simple_tag
def payment_number(digits: str) -> str:
    """``1671-0412-8837-5``"""
    return "-".join(part for part in (digits[:4], digits[4:8], digits[8:12], digits[12:]) if part)


@register.simple_tag
def channel(code: str) -> str:
    return str(words.CHANNELS.get(code, code))


@register.simple_tag
def relation(code: str) -> str:
    return str(words.RELATIONS.get(code, code))


@register.simple_tag
def evidence(kind: str) -> str:
    return str(words.EVIDENCE.get(kind, kind))


@register.simple_tag
def event_word(kind: str) -> str:
    return str(words.EVENTS.get(kind, kind.replace("_", " ")))


@register.simple_tag
def deed(kind: str) -> str:
    """An audit entry's kind in words."""
    return str(words.DEEDS.get(kind, kind))


@register.simple_tag
def held_reason(code: str) -> str:
    return words.held_reason_word(code)


@register.simple_tag
def localname(thing: Any) -> str:
    """The name of a program or component in the page's language."""
    return str(thing.name_en if get_language() == "en" else thing.name_id)


@register.simple_tag
def lookup(mapping: Mapping[str, str], key: str) -> str:
    return mapping.get(key, key)


@register.simple_tag
def hex(value: bytes, digits: int = 16) -> str:
    return bytes(value).hex()[:digits]


@register.simple_tag
def payment_state(payment: Any) -> SafeString:
    """Status as icon and word, with the reason where there is one."""
    kind, word = words.STATUSES.get(payment.status, ("wait", payment.status))
    text = str(word)
    if payment.status == "failed" and payment.failed_code:
        text = f"{text}: {words.reason_word(payment.failed_code).lower()}"
    elif payment.status in ("planned", "instructed") and payment.visit.last_attempt_code:
        kind = "attention"
        text = f"{text}, {words.reason_word(payment.visit.last_attempt_code).lower()}"
    return status(kind, text)
