"""Housekeeping of the process itself: what a killed worker left, sessions that have ended."""

from django.core.management import call_command
from procrastinate import JobContext
from procrastinate.contrib.django import app

STALLED_SECONDS = 120


@app.periodic(cron="*/2 * * * *")
@app.task(queueing_lock="retry_stalled_jobs", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """A killed worker's job stays `doing` for ever unless somebody gives it back."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        await manager.retry_job(job)


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="clear_sessions")
def clear_sessions(timestamp: int) -> None:
    """Ended sessions hold the names of people who signed in: none is kept longer than needed."""
    call_command("clearsessions")
