"""Forms of tranches, orders and lists."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from salur.programs.importing import COLUMNS, Limits
from salur.programs.importing.values import read_amount
from salur.programs.models import NominativeList, PaymentOrder, Program


class RupiahField(forms.CharField):
    """Rupiah as people type it: `Rp24.685.800.000` or `24685800000`."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(widget=widget, **options)

    def clean(self, value: Any) -> int:
        text = super().clean(value)
        digits = re.sub(r"(?i)rp|[\s.]|,(?:00|-)?$", "", text)
        if digits.isdigit() and len(digits) <= 16:
            return int(digits)
        amount, _problem = read_amount(text)
        if amount is None:
            raise forms.ValidationError(_("Tulis jumlah rupiah, misalnya Rp24.685.800.000."))
        return amount


class CountField(RupiahField):
    """A count as people type it: `41.200`."""


class _DateInput(forms.DateInput):
    input_type = "date"


class UploadForm(forms.Form):
    """A list file with what its covering letter says."""

    order = forms.ModelChoiceField(
        PaymentOrder.objects.none(),
        label=_("Surat perintah"),
        empty_label=_("Pilih surat perintah"),
    )
    sender = forms.CharField(
        label=_("Pengirim"), max_length=100, help_text=_("Misalnya Kemensos Pusdatin.")
    )
    file = forms.FileField(
        label=_("Berkas daftar"),
        help_text=_("XLSX atau CSV, apa adanya dari pengirim."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )
    rows = CountField(label=_("Jumlah baris menurut surat pengantar"))
    rupiah = RupiahField(
        label=_("Jumlah rupiah menurut surat pengantar"),
        help_text=_("Tanpa baris yang ditarik."),
    )
    kind = forms.ChoiceField(
        label=_("Jenis daftar"),
        choices=(
            (NominativeList.Kind.DELTA, _("Selisih: yang tidak disebut tetap berlaku")),
            (NominativeList.Kind.FULL, _("Penuh: yang tidak disebut ditarik")),
        ),
        initial=NominativeList.Kind.DELTA,
    )
    source = forms.ChoiceField(
        label=_("Asal"),
        choices=(
            (NominativeList.Source.MINISTRY, _("Kementerian")),
            (NominativeList.Source.EXTERNAL, _("Sistem lain")),
            (NominativeList.Source.PAPER, _("Kertas")),
        ),
        initial=NominativeList.Source.MINISTRY,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["order"]
        field.queryset = PaymentOrder.objects.filter(tranche__closed_at=None).select_related(
            "program", "tranche"
        )
        field.label_from_instance = lambda order: (
            f"{order.number} · {order.program_id} · {order.tranche.name}"
        )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > Limits().file_bytes:
            raise forms.ValidationError(_("Berkas melampaui batas 200 MB."))
        return file


class MappingForm(forms.Form):
    """One choice per column of the file: what it means, or nothing."""

    def __init__(self, *args: Any, titles: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", _("tidak dipakai")), *((column.key, column.label) for column in COLUMNS)]
        for at, title in titles:
            self.fields[f"column_{at}"] = forms.ChoiceField(
                label=title, choices=choices, required=False
            )

    def clean(self) -> dict[str, Any]:
        chosen: dict[str, int] = {}
        for name, key in list(self.cleaned_data.items()):
            if not key:
                continue
            if key in chosen:
                self.add_error(name, _("Arti ini sudah dipilih untuk kolom lain."))
            chosen[key] = int(name.removeprefix("column_"))
        self.columns = chosen
        return self.cleaned_data


class TrancheForm(forms.Form):
    year = forms.IntegerField(label=_("Tahun"), min_value=2020, max_value=2100)
    number = forms.IntegerField(label=_("Tahap ke-"), min_value=1, max_value=99)
    name = forms.CharField(label=_("Nama"), max_length=80)
    opens_on = forms.DateField(label=_("Mulai"), widget=_DateInput())
    planned_end_on = forms.DateField(label=_("Rencana selesai"), widget=_DateInput())
    return_by = forms.DateField(label=_("Batas setor ke kas negara"), widget=_DateInput())

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        days = [data.get(key) for key in ("opens_on", "planned_end_on", "return_by")]
        if all(days) and days != sorted(days):  # type: ignore[type-var]
            raise forms.ValidationError(_("Urutan tanggal: mulai, rencana selesai, batas setor."))
        return data


class OrderForm(forms.Form):
    program = forms.ModelChoiceField(
        Program.objects.all(), label=_("Program"), empty_label=_("Pilih program")
    )
    number = forms.CharField(label=_("Nomor surat perintah (SP2D)"), max_length=60)
    amount = RupiahField(label=_("Jumlah"))
    dated_on = forms.DateField(label=_("Tanggal surat"), widget=_DateInput())
