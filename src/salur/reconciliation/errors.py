"""Refusals of closing."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from salur.kernel.errors import Conflict, Invalid, Missing


class FloatUnknown(Missing):
    code = "float_unknown"
    message = _("Uang muka ini tidak ada di wilayah kerja Anda.")


class NotCountable(Conflict):
    code = "not_countable"
    message = _("Uang muka ini belum diterima petugas atau sudah ditutup.")


class NotCounted(Conflict):
    code = "not_counted"
    message = _("Petugas belum menghitung sisa uang. Hitung bersama lebih dahulu.")


class EventsMissing(Conflict):
    code = "events_missing"
    message = _(
        "Masih ada %(waiting)s laporan yang belum diproses dan %(gaps)s yang belum diterima dari"
        " perangkat petugas. Kirim dari ponsel petugas, atau kepala kantor menutup dengan alasan."
    )


class CashInTransit(Conflict):
    code = "cash_in_transit"
    message = _(
        "Ada %(passings)s serah terima uang petugas ini yang belum lengkap tanda tangannya. Kirim"
        " dari kedua ponsel, atau kepala kantor menutup dengan alasan."
    )


class HandOversInDoubt(Conflict):
    code = "hand_overs_in_doubt"
    message = _(
        "Ada %(visits)s penyerahan yang dimulai dan belum jelas selesainya. Putuskan berdua dari"
        " uang yang dihitung, atau kepala kantor menutup dengan alasan."
    )


class NotesDiffer(Invalid):
    code = "notes_differ"
    message = _("Jumlah lembar uang (%(notes)s) tidak sama dengan jumlah rupiah (%(total)s).")


class DayClosed(Conflict):
    code = "day_closed"
    message = _("Hari ini sudah ditutup untuk kantor tersebut.")
