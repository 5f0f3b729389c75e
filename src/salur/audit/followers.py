"""What the task process does here, round by round."""

from salur.audit.operations import sequence_entries

FOLLOWERS = (sequence_entries,)
