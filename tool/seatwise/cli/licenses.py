"""`seatwise license`: what is bought of a license."""

from __future__ import annotations

from datetime import datetime

import click

from seatwise.cli.main import Session


@click.group()
def license() -> None:
    """Edit what is bought of a license; nothing is called."""


@license.command()
@click.argument("name", metavar="LICENSE")
@click.argument("seats", metavar="SEATS", type=click.IntRange(1, 100_000_000))
@click.option("--contract", default="", metavar="CONTRACT", help="Refuse unless the license stands under this one.")
@click.option(
    "--from", "begins", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="The first day of their rights; today."
)
@click.option("--po", default="", help="The purchase order.")
@click.pass_obj
def buy(session: Session, name: str, seats: int, contract: str, begins: datetime | None, po: str) -> None:
    """Add an ordered lot of SEATS to LICENSE's file, at the price of its newest lot; comments stay.

    Nothing is ordered anywhere: it is the record of an order. Its seats count once its state is no longer `ordered`.
    """
    from seatwise.flows import buy as flow
    from seatwise.flows.workspace import Workspace
    from seatwise.views import answer_json, written_text

    order = flow.Order(name, seats, contract, begins.date() if begins else None, po)
    bought = flow.buy(Workspace.open(session.root), order)
    if session.json:
        click.echo(answer_json.dumps(bought), nl=False)
    else:
        click.echo(written_text.bought(bought.license, bought.lot, bought.rights), nl=False)
