"""What the task process does here, round by round."""

from salur.intake.operations import draw_pictures

FOLLOWERS = (draw_pictures,)
