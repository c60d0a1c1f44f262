"""`seatwise snapshot`: what accounts showed at a time, kept, and brought back."""

from __future__ import annotations

import click

from seatwise.cli.main import Session


@click.group()
def snapshot() -> None:
    """Keep what accounts show, and bring it back on a branch."""


@snapshot.command()
@click.argument("account", default="", metavar="[ACCOUNT]")
@click.pass_obj
def take(session: Session, account: str) -> None:
    """Keep what accounts show now; each bulk stage does so by itself, before its first write."""
    from seatwise.flows import snapshots
    from seatwise.flows.workspace import Workspace
    from seatwise.views import snapshot_text

    found = snapshots.take(Workspace.open(session.root), account)
    _answer(session, {"snapshots": found}, snapshot_text.listed(found))


@snapshot.command("list")
@click.pass_obj
def list_(session: Session) -> None:
    """List the snapshots that the journals know of, newest first."""
    from seatwise.flows import snapshots
    from seatwise.flows.workspace import Workspace
    from seatwise.views import snapshot_text

    found = snapshots.listed(Workspace.open(session.root))
    _answer(session, {"snapshots": found}, snapshot_text.listed(found))


@snapshot.command()
@click.argument("snapshot", metavar="SNAPSHOT")
@click.pass_obj
def show(session: Session, snapshot: str) -> None:
    """Show how many seats a snapshot holds; it is verified against the journal."""
    from seatwise.flows import snapshots
    from seatwise.flows.workspace import Workspace
    from seatwise.views import snapshot_text

    found = snapshots.show(Workspace.open(session.root), snapshot)
    _answer(session, found, snapshot_text.shown(found))


@snapshot.command()
@click.argument("snapshot", metavar="SNAPSHOT")
@click.option("--branch", metavar="NAME", help="The branch to write; default: restore-SNAPSHOT.")
@click.pass_obj
def restore(session: Session, snapshot: str, branch: str | None) -> None:
    """Write the rows that bring a snapshot back, on a branch of its own; merge it as a pull request."""
    from seatwise.flows import snapshots
    from seatwise.flows.workspace import Workspace
    from seatwise.views import snapshot_text

    made = snapshots.restore(Workspace.open(session.root), snapshot, branch)
    _answer(session, made, snapshot_text.restore(made))


def _answer(session: Session, answer: object, text: str) -> None:
    from seatwise.views import answer_json

    click.echo(answer_json.dumps(answer) if session.json else text, nl=False)
