"""Housekeeping of what arrives."""

from procrastinate.contrib.django import app

from salur.intake.operations import expire_uploads


@app.periodic(cron="23 * * * *")
@app.task(queueing_lock="intake_expire_uploads")
def forget_uploads(timestamp: int) -> None:
    """Pieces that nobody goes on with are not kept for ever: the phone still has the whole file."""
    expire_uploads()
