"""`salur load-programs` and `salur import-list`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from salur.access.models import User
from salur.access.queries import actor_for
from salur.kernel.actor import SYSTEM, Actor
from salur.kernel.errors import Refusal
from salur.kernel.money import format_rupiah
from salur.programs import operations
from salur.programs.errors import ListReceivedAlready
from salur.programs.models import NominativeList, PaymentOrder
from salur.programs.operations.receiving import Covering
from salur.programs.reasons import name_of

console = Console(stderr=True)


def register(app: typer.Typer) -> None:
    app.command("load-programs")(load_programs)
    app.command("import-list")(import_list)


def load_programs() -> None:
    """Muat program dan besaran bantuan. / Load programs and their dated amounts."""
    new = operations.load_programs(by=SYSTEM)
    console.print(f"{new} besaran baru / new amounts")


def import_list(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="XLSX / CSV")],
    tranche: Annotated[str, typer.Option(help="tahun/nomor, misalnya 2026/4")],
    program: Annotated[str, typer.Option(help="PKH, SEMBAKO, …")],
    sender: Annotated[str, typer.Option(help="pengirim / sender")],
    rows: Annotated[int, typer.Option(help="baris menurut surat pengantar / control total")],
    rupiah: Annotated[int, typer.Option(help="rupiah menurut surat pengantar / control total")],
    as_user: Annotated[str, typer.Option(help="nama pengguna / user name of the clerk")] = "",
    order: Annotated[str, typer.Option(help="nomor SP2D / order number")] = "",
    wave: Annotated[int, typer.Option(help="gelombang / wave; 0 = berikutnya / next")] = 0,
    kind: Annotated[str, typer.Option(help="delta | full")] = "delta",
) -> None:
    """Terima dan periksa satu daftar. / Receive and check one list; a second person approves it."""
    try:
        covering = Covering(
            order_id=_order(tranche, program, order).id,
            sender=sender,
            rows=rows,
            rupiah=rupiah,
            wave=wave or None,
            kind=kind,
        )
        started = time.monotonic()
        received = operations.receive_nominative_list(
            file.resolve(), file.name, covering, by=_actor(as_user)
        )
        with console.status("memeriksa … / checking …"):
            checked = operations.check_nominative_list(received.id)
    except ListReceivedAlready as known:
        console.print(str(known))
        raise typer.Exit(0) from known
    except Refusal as refusal:
        console.print(f"[red]{refusal}[/red]")
        raise typer.Exit(1) from refusal
    _report(checked, time.monotonic() - started)
    if checked.status == NominativeList.Status.REFUSED:
        raise typer.Exit(1)


def _order(tranche: str, program: str, number: str) -> PaymentOrder:
    year, _, part = tranche.partition("/")
    if not (year.isdecimal() and part.isdecimal()):
        console.print("Tulis --tranche sebagai 2026/4. / Write --tranche as 2026/4.")
        raise typer.Exit(2)
    orders = PaymentOrder.objects.filter(
        tranche__year=int(year), tranche__number=int(part), program=program.upper()
    )
    if number:
        orders = orders.filter(number=number)
    if orders.count() != 1:
        known = ", ".join(orders.values_list("number", flat=True)) or "–"
        console.print(
            f"Sebut satu surat perintah dengan --order ({known}). / Name one order with --order."
        )
        raise typer.Exit(2)
    return orders.get()


def _actor(username: str) -> Actor:
    """The clerk in whose name the list comes in; four eyes need a person."""
    user = User.objects.filter(username=username).first()
    if user is None:
        console.print(
            "Sebut petugas daftar dengan --as-user. / Name the list clerk with --as-user."
        )
        raise typer.Exit(2)
    return actor_for(user)


def _report(checked: NominativeList, seconds: float) -> None:
    if checked.status == NominativeList.Status.REFUSED:
        messages = (checked.refusal or {}).get("messages", {})
        console.print(f"[red]{messages.get('id', '')}[/red]\n{messages.get('en', '')}")
        return
    counts: dict[str, Any] = checked.counts
    table = Table("", "baris / rows", "rupiah")
    table.add_row("berkas / file", str(counts["rows"]), format_rupiah(counts["rupiah"]))
    for key, label in (
        ("new", "baru / new"),
        ("changed", "berubah / changed"),
        ("same", "sama / same"),
        ("withdrawn", "ditarik / withdrawn"),
    ):
        table.add_row(label, str(counts[key]), "")
    for code, held in counts["held_by_reason"].items():
        name = f"ditahan / held: {name_of(code)} ({code})"
        table.add_row(name, str(held["rows"]), format_rupiah(held["rupiah"]))
    payable = counts["payable"]
    table.add_row(
        "dapat disetujui / payable", str(payable["rows"]), format_rupiah(payable["rupiah"])
    )
    console.print(table)
    console.print(
        f"{checked.id} · gelombang {checked.wave} · {seconds:.1f} s · "
        "menunggu persetujuan orang lain / awaits another person's approval"
    )
