"""What the task process does here, round by round."""

from salur.field.operations import apply_events

FOLLOWERS = (apply_events,)
