"""`seatwise vendor`: what could be connected, and how a vendor of one's own is begun and tested."""

from __future__ import annotations

from pathlib import Path

import click

from seatwise.cli.main import Session


@click.group()
def vendor() -> None:
    """List the vendors and what each can do; begin and test one of your own."""


@vendor.command("list")
@click.pass_obj
def vendors(session: Session) -> None:
    """Every vendor that is installed: what taking a seat means there, what comes back, and how it was verified."""
    from seatwise.flows import accounts as flow
    from seatwise.views import accounts_text, answer_json

    infos = flow.vendor_infos()
    if session.json:
        click.echo(answer_json.dumps({"vendors": infos}), nl=False)
    else:
        click.echo(accounts_text.vendors(infos), nl=False)


@vendor.command()
@click.argument("name")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
def new(session: Session, name: str, folder: Path | None) -> None:
    """Write a package that brings the vendor NAME: an adapter, an emulator of its service, and what the contract asks.

    It is for an invented service, and passes as it is: change both to what the vendor's documents say.
    """
    from seatwise.flows.vendor_package import begin
    from seatwise.views.written_text import package

    written = begin(session.root / (folder or f"seatwise-{name}"), name)
    click.echo(package(name, str(folder or f"seatwise-{name}"), written), nl=False)


@vendor.command()
@click.argument("name")
@click.pass_context
def test(context: click.Context, name: str) -> None:
    """Hold the installed vendor NAME against the contract of all vendors: one test a line, in pytest's words.

    Its package names in the entry point group `seatwise.subjects` how it is started. Needs the extra `contract`.
    """
    from seatwise.flows.vendor_package import verdict

    context.exit(verdict(name))
