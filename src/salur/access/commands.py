"""``salur create-user``, ``salur grant-role``."""

from __future__ import annotations

from typing import Annotated

import typer
from django.db import transaction

from salur.access import operations
from salur.access.models import User
from salur.access.rules import ROLES
from salur.kernel.actor import SYSTEM
from salur.kernel.errors import Refusal


def register(app: typer.Typer) -> None:
    @app.command("create-user")
    def create_user(
        username: str,
        name: Annotated[str, typer.Option(help="Nama lengkap / full name")],
        role: Annotated[str, typer.Option(help=", ".join(ROLES))],
        office: Annotated[str, typer.Option(help="Kode kantor / office code")] = "",
        region: Annotated[str, typer.Option(help="Kode wilayah / region code")] = "",
        password: Annotated[
            str,
            typer.Option(
                prompt=True, confirmation_prompt=True, hide_input=True, envvar="SALUR_PASSWORD"
            ),
        ] = "",
    ) -> None:
        """Make an account with a role; without office and region the role is for the country."""
        try:
            with transaction.atomic():
                user = operations.create_user(
                    username, name=name, password=password, office=office or None, by=SYSTEM
                )
                operations.grant_role(
                    user.id,
                    role,
                    office=None if region else office or None,
                    region=region or None,
                    by=SYSTEM,
                )
        except Refusal as refusal:
            typer.echo(str(refusal), err=True)
            raise typer.Exit(1) from refusal
        typer.echo(f"{user.username}: {role}")

    @app.command("grant-role")
    def grant_role(username: str, role: str, office: str = "", region: str = "") -> None:
        """Give an account another role of the same scope."""
        user = User.objects.filter(username=username.strip().lower()).first()
        if user is None:
            typer.echo(f"{username}?", err=True)
            raise typer.Exit(1)
        try:
            operations.grant_role(
                user.id, role, office=office or None, region=region or None, by=SYSTEM
            )
        except Refusal as refusal:
            typer.echo(str(refusal), err=True)
            raise typer.Exit(1) from refusal
        typer.echo(f"{user.username}: {role}")
