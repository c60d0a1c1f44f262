"""`seatwise run`: one rollout, shown, or let go on after it halted; an account that a dead run holds, freed."""

from __future__ import annotations

import click

from seatwise.cli.main import Session


@click.group()
def run() -> None:
    """Show a rollout, let a halted one go on, or free an account that a dead run holds."""


@run.command()
@click.argument("rollout", metavar="ROLLOUT|COMMIT")
@click.pass_obj
def show(session: Session, rollout: str) -> None:
    """Show the stages of a rollout, at each account, and what it waits for."""
    from seatwise.flows import runs
    from seatwise.flows.workspace import Workspace
    from seatwise.views import answer_json, status_text

    workspace = Workspace.open(session.root)
    timezone, found = runs.show(workspace, rollout)
    if session.json:
        click.echo(answer_json.dumps({"rollouts": found}), nl=False)
    else:
        click.echo(status_text.rollouts(found, workspace.clock.now(), timezone), nl=False)


@run.command()
@click.argument("rollout", metavar="ROLLOUT|COMMIT")
@click.pass_obj
def resume(session: Session, rollout: str) -> None:
    """Let a halted rollout go on: the next apply writes what still differs and checks it anew."""
    from seatwise.flows import runs
    from seatwise.flows.workspace import Workspace
    from seatwise.views import answer_json

    going = runs.resume(Workspace.open(session.root), rollout)
    if session.json:
        click.echo(answer_json.dumps({"rollouts": going}), nl=False)
    else:
        for one in going:
            click.echo(f"{one.account}: goes on. next: seatwise apply")


@run.command()
@click.argument("account")
@click.option("--reason", required=True, metavar="WHY", help="Why the run is known to be dead; it is recorded.")
@click.pass_obj
def unlock(session: Session, account: str, reason: str) -> None:
    """Free an account that a dead run still holds. Should the run live after all, it is refused before its next call."""
    from seatwise.flows import runs
    from seatwise.flows.workspace import Workspace
    from seatwise.views import answer_json

    ended = runs.unlock(Workspace.open(session.root), account, reason)
    if session.json:
        click.echo(answer_json.dumps({"account": account, "ended": ended}), nl=False)
    else:
        click.echo(f"{account}: run {ended.run} holds it no longer. next: seatwise apply")
