"""What people fill in: accounts, roles, reasons, offices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from salur.access.rules import ROLES
from salur.access.words import ROLE_NAMES


class NewUserForm(forms.Form):
    username = forms.SlugField(label=_("Nama akun"), max_length=60)
    name = forms.CharField(label=_("Nama lengkap"), max_length=120)
    staff_number = forms.CharField(label=_("Nomor pegawai (Nippos)"), max_length=30, required=False)
    nik = forms.RegexField(
        r"^\d{16}$",
        label=_("NIK"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_(
            "16 angka. Tidak disimpan; hanya untuk menemukan petugas yang mengambil bantuan."
        ),
        error_messages={"invalid": _("NIK terdiri dari 16 angka.")},
    )
    office = forms.CharField(label=_("Kode kantor"), max_length=20, required=False)
    password = forms.CharField(
        label=_("Kata sandi awal"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Paling sedikit 12 huruf atau angka. Minta pemilik akun menggantinya."),
    )
    valid_until = forms.DateTimeField(
        label=_("Berlaku sampai"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class GrantForm(forms.Form):
    role = forms.ChoiceField(label=_("Peran"))
    region = forms.CharField(
        label=_("Kode wilayah"),
        max_length=13,
        required=False,
        help_text=_("Contoh 16.71. Kosongkan bila perannya per kantor atau seluruh Indonesia."),
    )
    office = forms.CharField(label=_("Kode kantor"), max_length=20, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = forms.ChoiceField(
            label=_("Peran"), choices=[(role, ROLE_NAMES[role]) for role in ROLES]
        )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Alasan"), max_length=200)


class OfficesForm(forms.Form):
    file = forms.FileField(
        label=_("Berkas daftar kantor"),
        help_text=_(
            "XLSX atau CSV dengan kolom KODE, NAMA, JENIS, KODE INDUK, KODE WILAYAH, "
            "WILAYAH LAYANAN. Mengimpor berkas yang sama dua kali tidak mengubah apa pun."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )
