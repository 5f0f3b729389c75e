"""A line of three offices and the people who work in it."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import RequestFactory

from salur.access.doors import signed_text
from salur.access.models import User
from salur.access.operations import create_user, grant_role
from salur.access.queries import actor_for
from salur.kernel.actor import SYSTEM, Actor
from salur.kernel.clock import now
from salur.places.operations import import_offices
from salur.places.tests.country import OFFICES, load

PASSWORD = "kata-sandi-uji-9132"
HERE, ABOVE, THERE = "30100", "30000", "40000"
_THERE = "40000;KCU Bandung;KCU;20000;32.73;32;\n"


def make_offices() -> None:
    load()
    import_offices((OFFICES + _THERE).encode(), by=SYSTEM)


def make_user(username: str, *roles: str, office: str = HERE, region: str = "") -> User:
    user = create_user(username, name=username.title(), password=PASSWORD, office=office, by=SYSTEM)
    for role in roles:
        scope = {"region": region} if region else {"office": office}
        if role in ("admin", "list_clerk", "list_approver"):
            scope = {}
        grant_role(user.id, role, by=SYSTEM, **scope)
    return User.objects.get(id=user.id)


def acting(username: str, *roles: str, **more: Any) -> Actor:
    return actor_for(make_user(username, *roles, **more))


def unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Phone:
    """A key and the header that it makes."""

    def __init__(self) -> None:
        self.key = generate_private_key(SECP256R1())
        self.id = ""

    @property
    def jwk(self) -> dict[str, str]:
        numbers = self.key.public_key().public_numbers()
        x, y = (unpadded(n.to_bytes(32)) for n in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}

    def header(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        unix_ms: int | None = None,
        nonce: str | None = None,
    ) -> str:
        unix_ms = int(now().timestamp() * 1000) if unix_ms is None else unix_ms
        nonce = nonce or unpadded(secrets.token_bytes(16))
        der = self.key.sign(
            signed_text(method, path, self.id, unix_ms, nonce, body), ECDSA(SHA256())
        )
        r, s = decode_dss_signature(der)
        signature = unpadded(r.to_bytes(32) + s.to_bytes(32))
        return f"Salur-Device {self.id}.{unix_ms}.{nonce}.{signature}"

    def request(self, path: str = "/api/x?a=1", body: bytes = b"{}", **more: Any) -> Any:
        header = more.pop("header", None) or self.header("POST", path, body, **more)
        return RequestFactory().post(
            path, body, content_type="application/json", headers={"Authorization": header}
        )
