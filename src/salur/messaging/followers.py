"""What the task process does here, round by round."""

from salur.messaging.operations import send_queued

FOLLOWERS = (send_queued,)
