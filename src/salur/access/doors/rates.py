"""How often one device may ask: a bucket of requests for each, filled again as time passes.

Counted after the signature was verified, so that nobody empties another's bucket, and in this
process alone: two web processes let twice as much in.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from math import ceil
from time import monotonic
from uuid import UUID

BURST = 240
"""Requests that a device may make at once: a day's photos, and a list or two."""
PER_SECOND = 20.0
MOST_DEVICES = 50_000
"""Buckets kept; the one used longest ago is forgotten first, and is full when it returns."""


class Rates:
    """Safe to share between threads.

    Time passes by the house's clock or by the machine's ticks, whichever tells more: in a replay
    the first may stand still while the second runs, and the other way round. A clock that was set
    back starts every bucket anew.
    """

    def __init__(
        self,
        burst: int = BURST,
        per_second: float = PER_SECOND,
        ticks: Callable[[], float] = monotonic,
    ) -> None:
        self.burst = burst
        self.per_second = per_second
        self._ticks = ticks
        self._buckets: OrderedDict[UUID, tuple[float, datetime, float]] = OrderedDict()
        self._lock = threading.Lock()

    def seconds_to_wait(self, device_id: UUID, moment: datetime) -> int:
        """Takes one request out of the device's bucket and answers 0, or answers how many whole
        seconds it must wait, and takes nothing."""
        tick = self._ticks()
        with self._lock:
            left, at, ticked = self._buckets.pop(device_id, (float(self.burst), moment, tick))
            passed = max((moment - at).total_seconds(), tick - ticked)
            left = min(float(self.burst), left + passed * self.per_second)
            if moment < at:
                left = float(self.burst)
            wait = 0 if left >= 1 else max(1, ceil((1 - left) / self.per_second))
            self._buckets[device_id] = (left if wait else left - 1, moment, tick)
            if len(self._buckets) > MOST_DEVICES:
                self._buckets.popitem(last=False)
        return wait
