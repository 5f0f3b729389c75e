"""A list arrives: the file is kept as it came, and queued for its check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from salur.audit.operations import record
from salur.intake.models import StoredFile
from salur.intake.operations import keep_file, keep_stream
from salur.intake.queries import read_whole_file_for_system
from salur.kernel.actor import Actor
from salur.kernel.clock import now
from salur.kernel.ids import new_id
from salur.programs.errors import (
    ListInWrongState,
    ListReceivedAlready,
    TrancheClosed,
    UnknownList,
    UnknownOrder,
    WaveUsed,
)
from salur.programs.importing import Limits, Proposal, propose, read_table, require_columns
from salur.programs.models import NominativeList, PaymentOrder, SenderMapping
from salur.programs.queueing import queue_check
from salur.programs.words import list_status

_DEAD = (NominativeList.Status.REFUSED, NominativeList.Status.RETURNED)
MEDIA_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv",
}


@dataclass(frozen=True, slots=True)
class Covering:
    """What comes with the file: whose it is, which money it names, its control totals.

    ``wave`` None takes the next number of the program in the tranche. Rupiah count every row that
    is not withdrawn, held ones too.
    """

    order_id: UUID
    sender: str
    rows: int
    rupiah: int
    wave: int | None = None
    kind: str = NominativeList.Kind.DELTA
    source: str = NominativeList.Source.MINISTRY


@transaction.atomic
def receive_nominative_list(
    file: bytes | Path, file_name: str, covering: Covering, *, by: Actor
) -> NominativeList:
    """Keeps the file and queues its check. Same bytes again, while the first is live: refused with
    ListReceivedAlready, nothing changed.

    Raises also UnknownOrder, TrancheClosed, WaveUsed and, for a file past the size limit, the
    refusal of the store.
    """
    by.require("programs.upload_list")
    order = (
        PaymentOrder.objects.select_related("tranche")
        .select_for_update(of=("self",), no_key=True)
        .filter(id=covering.order_id)
        .first()
    )
    if order is None:
        raise UnknownOrder
    if order.tranche.closed_at:
        raise TrancheClosed
    stored = _keep(file, file_name, by)
    live = NominativeList.objects.filter(
        tranche=order.tranche_id, program=order.program_id
    ).exclude(status__in=_DEAD)
    if same := live.filter(file=stored).order_by("-mapping_version").first():
        raise ListReceivedAlready(wave=same.wave, list=str(same.id))
    wave = covering.wave or (live.aggregate(last=Max("wave"))["last"] or 0) + 1
    if live.filter(wave=wave).exists():
        raise WaveUsed(wave=wave)
    nominative_list = NominativeList.objects.create(
        id=new_id(),
        tranche=order.tranche,
        program_id=order.program_id,
        order=order,
        wave=wave,
        kind=covering.kind,
        source=covering.source,
        sender=covering.sender,
        file=stored,
        file_name=file_name,
        control_rows=covering.rows,
        control_rupiah=covering.rupiah,
        progress={"step": "waiting"},
        received_by=by.id,
        received_at=now(),
    )
    record(
        "nominative_list.received",
        f"list:{nominative_list.id}",
        {
            "tranche": str(order.tranche_id),
            "program": order.program_id,
            "order": str(order.id),
            "wave": wave,
            "kind": covering.kind,
            "source": covering.source,
            "sha256": stored.sha256,
            "bytes": stored.length,
            "control_rows": covering.rows,
            "control_rupiah": covering.rupiah,
        },
        by=by,
    )
    queue_check(nominative_list.id)
    return nominative_list


def _keep(file: bytes | Path, file_name: str, by: Actor) -> StoredFile:
    media_type = MEDIA_TYPES.get(Path(file_name).suffix.lower(), "application/octet-stream")
    kind = StoredFile.Kind.LIST
    if isinstance(file, bytes):
        return keep_file(file, kind=kind, media_type=media_type, by=by, name=file_name)
    return keep_stream(
        file,
        kind=kind,
        media_type=media_type,
        by=by,
        name=file_name,
        most_bytes=Limits().file_bytes,
    )


@transaction.atomic
def mend_mapping(list_id: UUID, columns: Mapping[str, int], *, by: Actor) -> SenderMapping:
    """Says by hand which column means what (key > place from 0), and checks the list anew.

    Remembered for this sender's files with the same titles; an earlier mend stays as it was, the
    new one has the next version. Raises UnknownList, ListInWrongState, BrokenFile when a required
    column is still missing.
    """
    by.require("programs.map_columns")
    nominative_list = _locked(list_id)
    if nominative_list.status not in (
        NominativeList.Status.RECEIVED,
        NominativeList.Status.CHECKED,
        NominativeList.Status.REFUSED,
    ):
        raise ListInWrongState(status=list_status(nominative_list.status))
    table = read_table(
        read_whole_file_for_system(nominative_list.file_id), nominative_list.file_name
    )
    proposal: Proposal = propose(table)
    mended = proposal.mended(columns)
    require_columns(table, mended)
    earlier = SenderMapping.objects.filter(
        sender=nominative_list.sender, header_hash=proposal.header_hash
    )
    version = (earlier.aggregate(last=Max("version"))["last"] or 0) + 1
    mapping = SenderMapping.objects.create(
        sender=nominative_list.sender,
        header_hash=proposal.header_hash,
        version=version,
        columns=dict(columns),
        made_by=by.id,
        made_at=now(),
    )
    NominativeList.objects.filter(id=list_id).update(
        mapping=mapping,
        mapping_version=version,
        status=NominativeList.Status.RECEIVED,
        refusal=None,
        progress={"step": "waiting"},
    )
    record(
        "nominative_list.mapped",
        f"list:{list_id}",
        {"version": version, "columns": dict(columns), "header": proposal.header_hash},
        by=by,
    )
    queue_check(list_id)
    return mapping


@transaction.atomic
def recheck_nominative_list(list_id: UUID, *, by: Actor) -> None:
    """Queues the check again, because what it compared with has changed since."""
    by.require("programs.check_list")
    nominative_list = _locked(list_id)
    if nominative_list.status not in (
        NominativeList.Status.RECEIVED,
        NominativeList.Status.CHECKING,
        NominativeList.Status.CHECKED,
    ):
        raise ListInWrongState(status=list_status(nominative_list.status))
    NominativeList.objects.filter(id=list_id).update(
        status=NominativeList.Status.RECEIVED, progress={"step": "waiting"}
    )
    record("nominative_list.recheck_asked", f"list:{list_id}", {}, by=by)
    queue_check(list_id)


def _locked(list_id: UUID) -> NominativeList:
    found = NominativeList.objects.select_for_update().filter(id=list_id).first()
    if found is None:
        raise UnknownList
    return found
