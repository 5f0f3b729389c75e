"""The ministry's system sends lists and asks what became of them. Decisions are people's."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Form, NinjaAPI, UploadedFile

from salur.access.doors import StaffAuth, answer_refusals
from salur.programs import operations
from salur.programs.models import NominativeList
from salur.programs.operations.receiving import Covering
from salur.programs.queries.lists import list_for
from salur.programs.schemas import CoveringIn, ListOut, RefusalOut

api = NinjaAPI(title="salur: daftar penerima", version="1", urls_namespace="programs_api")
answer_refusals(api)
_REFUSALS = {401: RefusalOut, 403: RefusalOut, 404: RefusalOut, 409: RefusalOut, 422: RefusalOut}


def _answer(found: NominativeList) -> ListOut:
    counts = {key: value for key, value in found.counts.items() if key not in ("mapping",)}
    return ListOut(
        id=found.id,
        wave=found.wave,
        status=found.status,
        sha256=found.file_id,
        counts=counts,
        progress=found.progress,
        refusal=found.refusal,
    )


@api.post(
    "/lists",
    auth=StaffAuth(permission="programs.upload_list"),
    response={202: ListOut, **_REFUSALS},
)
def send_list(
    request: HttpRequest, covering: Form[CoveringIn], file: File[UploadedFile]
) -> tuple[int, ListOut]:
    """Keeps the file and queues its check; 409 ``list_received_already`` for the same bytes."""
    actor: Any = request.auth  # type: ignore[attr-defined]
    content = (
        Path(file.temporary_file_path()) if hasattr(file, "temporary_file_path") else file.read()
    )
    received = operations.receive_nominative_list(
        content, Path(file.name or "daftar").name, Covering(**covering.dict()), by=actor
    )
    return 202, _answer(received)


@api.get(
    "/lists/{list_id}",
    auth=StaffAuth(permission="programs.view_lists"),
    response={200: ListOut, **_REFUSALS},
)
def ask_list(request: HttpRequest, list_id: UUID) -> ListOut:
    """What the check found, or why the file was refused."""
    actor: Any = request.auth  # type: ignore[attr-defined]
    return _answer(list_for(actor, list_id))
