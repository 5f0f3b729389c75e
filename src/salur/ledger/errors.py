"""Refusals of the ledger."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from salur.kernel.errors import Conflict, Invalid, Missing


class WorthlessTransfer(Invalid):
    code = "ledger.worthless_transfer"
    message = _("Jumlah uang harus lebih dari nol (%(reference)s: %(amount)s).")


class TransferToItself(Invalid):
    code = "ledger.transfer_to_itself"
    message = _("Uang tidak dapat dipindahkan ke tempat yang sama (%(account)s).")


class ReferenceUsed(Conflict):
    code = "ledger.reference_used"
    message = _("Pembukuan ini sudah pernah dicatat; tidak dicatat dua kali.")


class NotEnoughMoney(Conflict):
    code = "ledger.not_enough_money"
    message = _("Uang di tempat asal tidak cukup untuk dipindahkan.")


class AlreadyClosed(Conflict):
    code = "ledger.already_closed"
    message = _("Perpindahan uang ini sudah diselesaikan.")


class AlreadyReversed(Conflict):
    code = "ledger.already_reversed"
    message = _("Pembukuan ini sudah pernah dibatalkan.")


class NoSuchTransfer(Missing):
    code = "ledger.no_such_transfer"
    message = _("Pembukuan tidak ditemukan.")
