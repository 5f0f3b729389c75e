"""The doors that every room uses: pages for staff, APIs for staff and for devices.

A door finds out who asks, opens by a named permission, and turns refusals into answers. What an
actor sees behind the door is the business of the room's queries.
"""

from salur.access.doors.apis import QuickParser, QuickRenderer, StaffAuth, answer_refusals
from salur.access.doors.devices import DeviceAuth, SignedHeader, read_header, signed_text
from salur.access.doors.pages import Door, page, status_of
from salur.access.signatures import point_of_jwk, verify_signature

__all__ = [
    "DeviceAuth",
    "Door",
    "QuickParser",
    "QuickRenderer",
    "SignedHeader",
    "StaffAuth",
    "answer_refusals",
    "page",
    "point_of_jwk",
    "read_header",
    "signed_text",
    "status_of",
    "verify_signature",
]
