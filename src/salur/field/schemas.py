"""What devices send and get; ``contract/`` fixes the same for both sides."""

from __future__ import annotations

from typing import Any

from ninja import Schema
from pydantic import BaseModel, Field

from salur.intake.rules import MOST_EVENTS


class PublicKey(Schema):
    kty: str
    crv: str
    x: str
    y: str


class EnrolIn(Schema):
    code: str = Field(max_length=64)
    device_name: str = Field(min_length=1, max_length=80)
    public_key: PublicKey
    app_version: str = Field(default="", max_length=20)


class EnrolOut(Schema):
    device_id: str
    officer: dict[str, str]
    office: dict[str, str]
    server_key: dict[str, Any]
    outbox_key: dict[str, Any]
    unlock_secret: str
    server_time: str


class WorklistOut(Schema):
    lease: dict[str, Any] | None
    session: dict[str, Any] | None
    sop: dict[str, Any]
    letter_keys: dict[str, str]
    floats: list[dict[str, Any]]
    instructions: list[dict[str, Any]]
    geotags: list[dict[str, Any]]
    visits: list[dict[str, Any]]
    outcomes: list[dict[str, Any]] = Field(default_factory=list)
    outbox_key: dict[str, Any]
    gone: list[str] = Field(default_factory=list)
    peers: list[dict[str, Any]] = Field(default_factory=list)
    settings: dict[str, Any] = Field(default_factory=dict)
    cursor: str
    server_time: str


class FindIn(Schema):
    q: str = Field(min_length=1, max_length=100)


class FindOut(Schema):
    visits: list[dict[str, Any]]
    server_time: str


class SentEvent(BaseModel):
    bytes: str = Field(max_length=100_000)
    signature: str = Field(max_length=200)


class PushIn(Schema):
    events: list[SentEvent] = Field(max_length=MOST_EVENTS)


class Result(BaseModel):
    event_id: str
    status: str
    code: str = ""


class Receipt(BaseModel):
    bytes: str
    kid: int
    signature: str


class PushOut(Schema):
    results: list[Result]
    receipt: Receipt
    server_time: str


class SealedItem(Schema):
    envelope: dict[str, Any]
    data: str = Field(max_length=7_000_000)


class SealedIn(Schema):
    items: list[SealedItem] = Field(max_length=100)


class SealedOut(Schema):
    held: Receipt
    server_time: str


class StateOut(Schema):
    state: Receipt
    server_time: str


class EvidenceOut(Schema):
    sha256: str
    status: str


class VerifyIn(Schema):
    visit_id: str = Field(max_length=36)
    person_id: str = Field(max_length=36)
    image: str | None = Field(default=None, max_length=7_000_000)
    sha256: str | None = Field(default=None, max_length=64)


class VerifyOut(Schema):
    verdict: str
    score: float | None
    reasons: list[str]
    ticket: str
    has_reference: bool


class Problem(Schema):
    code: str
    message: str
    details: dict[str, Any] = Field(default_factory=dict)
    server_time: str = ""
