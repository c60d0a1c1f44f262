"""`seatwise license`: licenses adopted, and what is bought of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import click

from seatwise.cli.main import Session


@click.group()
def license() -> None:
    """Adopt licenses, or edit what is bought of one; nothing is called."""


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


@license.command()
@click.argument("licenses", nargs=-1, required=True, metavar="LICENSE...")
@click.option("--check", is_flag=True, help="Only say what would be written.")
@click.option("--branch", default="", metavar="NAME", help="The branch to write, new or to add to; else a new one.")
@click.pass_obj
def adopt(session: Session, licenses: Sequence[str], branch: str, check: bool) -> None:
    """Manage licenses that were only observed: `mode: manage`, and a row for each seat that people hold, on a branch.

    Nobody is called, now or after the merge. Who holds a seat and is not in HR is named and left; where somebody is asked
    who has none, nothing is written: that would be no adoption.
    """
    from seatwise.cli.seats import tell
    from seatwise.flows.corrections import adopt as flow
    from seatwise.flows.seats import How
    from seatwise.flows.workspace import Workspace

    tell(session, flow(Workspace.open(session.root), licenses, How(branch, check)))
