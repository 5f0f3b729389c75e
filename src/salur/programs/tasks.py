"""Idempotent entry points for the worker."""

from uuid import UUID

from procrastinate.contrib.django import app

from salur.programs.operations import apply_approved_list, check_nominative_list


@app.task(name="salur.programs.tasks.check_list", queue="lists")
def check_list(list_id: str) -> None:
    check_nominative_list(UUID(list_id))


@app.task(name="salur.programs.tasks.apply_list", queue="lists")
def apply_list(list_id: str) -> None:
    apply_approved_list(UUID(list_id))
