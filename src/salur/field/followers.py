"""What the task process runs for this room, side by side: each lane has its own devices."""

from functools import partial, update_wrapper

from salur.field.operations import apply_events

LANES = 2
"""While one lane waits for the database the other reads; more would wait for the same accounts."""

FOLLOWERS = tuple(
    update_wrapper(partial(apply_events, lane=lane, lanes=LANES), apply_events)
    for lane in range(LANES)
)
