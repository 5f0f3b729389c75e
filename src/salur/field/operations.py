"""Applying what devices sent: in batches, in order of arrival, each event with one outcome."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import structlog
from django.db import OperationalError, transaction

from salur.access.queries import device_keys_for_system
from salur.field.handlers import HANDLERS
from salur.field.reading import Answer, FieldEvent, read_waiting
from salur.intake.operations import (
    Verdict,
    Waiting,
    claim_waiting,
    park_events,
    record_outcomes,
)
from salur.kernel.clock import now

log = structlog.get_logger("salur.field")

BATCH = 1_000
RETRY_AFTER = timedelta(minutes=10)


def apply_events(limit: int = BATCH, *, lane: int = 0, lanes: int = 1) -> int:
    """Applies the oldest waiting events of a lane; how many left the queue or were parked.

    A batch is one transaction: facts, books, audit and outcomes together. When one event makes the
    batch fail, the batch is halved until that one stands alone and is parked: one bad event never
    holds back the others.
    """
    with transaction.atomic():
        waiting = claim_waiting(limit, lane=lane, lanes=lanes)
        if waiting:
            _apply_or_halve(waiting)
    return len(waiting)


def _apply_or_halve(waiting: Sequence[Waiting]) -> None:
    try:
        with transaction.atomic():
            _apply(waiting)
    except OperationalError:
        raise  # a deadlock or a lost connection is no event's fault: the whole batch comes again
    except Exception as error:
        if len(waiting) == 1:
            log.exception("event_failed", event_id=str(waiting[0].event_id))
            park_events(
                [waiting[0].arrival],
                reason=f"error:{type(error).__name__}"[:40],
                retry_after=now() + RETRY_AFTER,
            )
            return
        middle = len(waiting) // 2
        _apply_or_halve(waiting[:middle])
        _apply_or_halve(waiting[middle:])


def _apply(waiting: Sequence[Waiting]) -> None:
    devices = device_keys_for_system({item.device_id for item in waiting})
    by_kind: dict[str, list[FieldEvent]] = {}
    for item in waiting:
        by_kind.setdefault(item.kind, []).append(read_waiting(item, devices[item.device_id]))
    answers: list[Answer] = []
    for kind, handler in HANDLERS.items():
        if kind in by_kind:
            answers += handler(by_kind[kind])
    record_outcomes([Verdict(a.arrival, a.result, a.code) for a in answers if not a.parked])
    for answer in answers:
        if answer.parked:
            park_events([answer.arrival], reason=answer.code, retry_after=now() + RETRY_AFTER)
