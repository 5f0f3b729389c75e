"""Where lists wait for the worker. Jobs are queued inside the transaction that asks for them."""

from uuid import UUID

from procrastinate.contrib.django import app


def queue_check(list_id: UUID) -> None:
    """One check per list waits or runs at a time."""
    app.configure_task(
        "salur.programs.tasks.check_list", lock=f"list:{list_id}", queue="lists"
    ).defer(list_id=str(list_id))


def queue_apply(list_id: UUID) -> None:
    app.configure_task(
        "salur.programs.tasks.apply_list", lock=f"list:{list_id}", queue="lists"
    ).defer(list_id=str(list_id))
