"""Refusals with a name.

A room's ``errors.py`` subclasses one of the four kinds. Doors translate the kind into an HTTP
status; nobody below a door knows HTTP.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """The request was understood and is refused; nothing was changed.

    ``code`` is stable and read by machines, ``message`` is for people and translated when shown,
    ``details`` are plain values (counts, row numbers, limits) that the message may name.
    """

    kind: ClassVar[str] = "invalid"
    code: str = "refused"
    message: str | Promise = _("Permintaan ini tidak dapat dijalankan.")

    def __init__(
        self,
        message: str | Promise | None = None,
        *,
        code: str | None = None,
        **details: Any,
    ) -> None:
        if message is not None:
            self.message = message
        if code is not None:
            self.code = code
        self.details = details
        super().__init__(self.code)

    def __str__(self) -> str:
        text = str(self.message)
        return text % self.details if self.details and "%(" in text else text


class Conflict(Refusal):
    """The state of things does not allow it (any more)."""

    kind = "conflict"
    code = "conflict"


class Forbidden(Refusal):
    """This actor may not."""

    kind = "forbidden"
    code = "forbidden"
    message = _("Akun ini tidak berhak melakukan hal tersebut.")


class Missing(Refusal):
    """No such thing, or none within the actor's scope: the two are not told apart."""

    kind = "missing"
    code = "missing"
    message = _("Data tidak ditemukan.")


class Invalid(Refusal):
    """What was sent cannot be right."""

    kind = "invalid"
    code = "invalid"


class Busy(Refusal):
    """Not now: there is too much to do. ``retry_after`` says in how many seconds to ask again."""

    kind = "busy"
    code = "busy"
    message = _("Server sedang sibuk. Coba lagi dalam %(retry_after)s detik.")
