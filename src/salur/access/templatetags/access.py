"""``{% load access %}``: whether the person who looks may do something."""

from __future__ import annotations

from django import template

from salur.kernel.actor import Actor

register = template.Library()


@register.filter
def may(actor: Actor | None, permission: str) -> bool:
    """``{% if actor|may:"programs.approve_list" %}``"""
    return actor is not None and actor.may(permission)
