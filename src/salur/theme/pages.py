"""The style guide, for people who build pages. Hung up only when DEBUG is on."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _


class ExampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Nama"), help_text=_("Seperti tertulis pada KTP."))
    amount = forms.IntegerField(label=_("Jumlah"), min_value=1)
    channel = forms.ChoiceField(
        label=_("Kanal"), choices=[("post_office", _("Kantor pos")), ("community", _("Komunitas"))]
    )
    sure = forms.BooleanField(label=_("Saya sudah memeriksa daftar ini."))


STEPS = (
    SimpleNamespace(
        title=_("Disetujui"),
        icon="checks",
        kind="good",
        zone="Asia/Jakarta",
        url="",
        moment=datetime(2026, 11, 28, 3, 10, tzinfo=UTC),
        lines=[_("41.114 baris")],
    ),
    SimpleNamespace(
        title=_("Menunggu"),
        icon="clock",
        kind="wait",
        zone="Asia/Jayapura",
        url="",
        moment=datetime(2026, 11, 30, 1, 41, tzinfo=UTC),
        lines=[],
    ),
)


def style_guide(request: HttpRequest) -> HttpResponse:
    form = ExampleForm(request.GET or {"amount": "-5"})
    return render(
        request,
        "theme/style_guide.html",
        {
            "form": form,
            "steps": STEPS,
            "moment": datetime(2026, 11, 30, 1, 30, tzinfo=UTC),
            "pagination": Paginator(range(1234), 50).page(3),
            "rows": [
                ("Sumatera Selatan", 98_412, 90_342),
                ("Jawa Barat", 612_880, 541_786),
                ("Papua Pegunungan", 21_006, 8_760),
            ],
        },
    )
