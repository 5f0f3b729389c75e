"""What the task process runs for this room, round by round."""

from salur.monitoring.tasks import follow

FOLLOWERS = (follow,)
