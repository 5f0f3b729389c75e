"""Housekeeping of doors."""

from procrastinate.contrib.django import app

from salur.access.operations import forget_old_nonces


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="access_forget_old_nonces")
def forget_nonces(timestamp: int) -> None:
    """Requests older than their time window are refused by their time: no need to remember them."""
    forget_old_nonces()
