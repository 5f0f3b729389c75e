"""What people bring in for phones."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class OutboxFileForm(forms.Form):
    file = forms.FileField(
        label=_("Berkas kiriman darurat"),
        help_text=_("Berkas .salur buatan aplikasi petugas. Hanya server yang dapat membukanya."),
        widget=forms.ClearableFileInput(attrs={"accept": ".salur"}),
    )
