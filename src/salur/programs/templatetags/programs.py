"""``{% load programs %}``: the state of a list as icon and word."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from salur.programs import words
from salur.theme.templatetags.theme import status

register = template.Library()


@register.simple_tag
def list_status(value: str) -> SafeString:
    kind, word = words.LIST_STATUS[value]
    return status(kind, str(word))


@register.filter
def list_status_word(value: str) -> str:
    return words.list_status(value)
