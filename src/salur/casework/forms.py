"""What companions and heads fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from salur.casework.models import Proposal
from salur.casework.rules import EXPLANATIONS
from salur.registry.models import Person

KIND_NAMES = {
    Proposal.Kind.DIED: _("Meninggal dunia"),
    Proposal.Kind.MOVED: _("Pindah alamat"),
    Proposal.Kind.NEW_RECIPIENT: _("Pengurus baru"),
}


class ExplainForm(forms.Form):
    code = forms.ChoiceField(
        label=_("Mengapa belum menerima?"),
        choices=list(EXPLANATIONS.items()),
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Catatan"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ProposalForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Apa yang berubah?"),
        choices=[(kind.value, name) for kind, name in KIND_NAMES.items()],
        widget=forms.RadioSelect,
    )
    person = forms.ChoiceField(
        label=_("Siapa?"),
        required=False,
        help_text=_("Untuk yang meninggal, atau yang menjadi pengurus baru."),
    )
    address = forms.CharField(
        label=_("Alamat baru"),
        required=False,
        max_length=200,
        help_text=_("Hanya bila pindah: jalan, RT/RW, desa."),
    )
    note = forms.CharField(
        label=_("Dari mana Anda mengetahuinya?"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = forms.ChoiceField(
            label=self.fields["person"].label,
            required=False,
            help_text=self.fields["person"].help_text,
            choices=[("", "—"), *((str(person.id), person.name) for person in people)],
        )


class GrievanceForm(forms.Form):
    text = forms.CharField(
        label=_("Apa keluhannya?"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )
    village = forms.CharField(
        label=_("Kode desa/kelurahan"), max_length=13, help_text=_("Contoh 16.71.05.1001")
    )
    anonymous = forms.BooleanField(label=_("Tanpa nama pelapor"), required=False)


class ResolutionForm(forms.Form):
    resolution = forms.CharField(
        label=_("Penyelesaian"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
