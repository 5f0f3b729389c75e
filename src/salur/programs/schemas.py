"""What travels over the API for the ministry's own system."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema


class CoveringIn(Schema):
    """What the covering letter says; rupiah without withdrawn rows."""

    order_id: UUID
    sender: str = Field(min_length=1, max_length=100)
    rows: int = Field(ge=0, le=2_000_000)
    rupiah: int = Field(ge=0, le=10**15)
    wave: int | None = Field(None, ge=1, le=30_000)
    kind: Literal["delta", "full"] = "delta"
    source: Literal["ministry", "external", "paper"] = "ministry"


class ListOut(Schema):
    id: UUID
    wave: int
    status: str
    sha256: str
    counts: dict[str, Any]
    progress: dict[str, Any]
    refusal: dict[str, Any] | None


class RefusalOut(Schema):
    code: str
    message: str
    details: dict[str, Any]
    server_time: str
