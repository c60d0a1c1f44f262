"""`seatwise ack`: let one limit be passed once, for a reason."""

from __future__ import annotations

import sys
from datetime import datetime

import click

from seatwise.cli.main import Session

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def ack() -> None:
    """Let one limit be passed once, by exactly what you looked at."""


@ack.command()
@click.argument("limit", metavar="LIMIT")
@click.option("--asks", default="", metavar="DIGEST", help="What may pass: the ask digest of a changeset's plan.")
@click.option("--source", default="", metavar="DIGEST", help="What may pass: the digest of a reading of people.")
@click.option("--reason", default="", help="Why, for whoever reads it later; asked for on a terminal.")
@click.option("--ticket", default="", help="A ticket; it stands before the reason.")
@click.option(
    "--through", "--until", "through", type=DAY, metavar="DATE", help="The last day that it may be used; in 7 days."
)
@click.pass_obj
def new(
    session: Session, limit: str, asks: str, source: str, reason: str, ticket: str, through: datetime | None
) -> None:
    """Write policies/acks/<id>.yaml, which lets LIMIT (such as max-removals/per_license) be passed.

    A plan or apply that is stopped shows the whole command. Without --asks and --source, it is what a plan of the files
    on disk shows to be stopped by LIMIT.
    """
    from seatwise.flows import acknowledge
    from seatwise.flows.workspace import Workspace
    from seatwise.views import answer_json, written_text

    reason = reason or _asked()
    wanted = acknowledge.Wanted(limit, reason, ticket, asks, source, through.date() if through else None)
    made = acknowledge.new(Workspace.open(session.root), wanted)
    click.echo(answer_json.dumps(made) if session.json else written_text.acknowledged(made.ack, made.branch), nl=False)


def _asked() -> str:
    """The reason, from whoever sits at the terminal; empty where nobody does."""
    if not sys.stdin.isatty():
        return ""
    said: str = click.prompt("Reason", err=True)
    return said
