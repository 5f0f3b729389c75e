"""What the task process does here, round by round."""

from salur.casework.operations import follow_journal

FOLLOWERS = (follow_journal,)
