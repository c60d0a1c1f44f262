"""`seatwise run`: rollouts listed, shown, and told to halt, to go on, to be taken back; accounts freed that a dead run holds."""

from __future__ import annotations

import click

from seatwise.cli.main import Session


@click.group()
def run() -> None:
    """List and show rollouts; halt them, let them go on, take them back; free an account that a dead run holds."""


@run.command("list")
@click.pass_obj
def list_(session: Session) -> None:
    """List the rollouts that are open, the accounts that are stopped, and what was said that no run has heard yet."""
    from seatwise.flows import runs
    from seatwise.flows.workspace import Workspace
    from seatwise.views import answer_json, runs_text

    found = runs.shown(Workspace.open(session.root))
    if session.json:
        click.echo(answer_json.dumps(found), nl=False)
    else:
        click.echo(runs_text.listed(found.tallies, found.heard, found.stopped), nl=False)


@run.command()
@click.argument("rollout", metavar="ROLLOUT|COMMIT")
@click.pass_obj
def show(session: Session, rollout: str) -> None:
    """Show a rollout at each account: who has what now, how far it is, what it waits for, and the ways on."""
    from seatwise.core.model import Standing
    from seatwise.flows import runs
    from seatwise.flows.workspace import Workspace
    from seatwise.views import answer_json, status_text

    workspace = Workspace.open(session.root)
    found = runs.shown(workspace, rollout)
    rollouts = tuple(one.rollout for one in found.tallies)
    stages = runs.waits(workspace, rollouts)
    if session.json:
        shown = {"rollouts": rollouts, "tallies": found.tallies, "heard": found.heard, "stages": stages}
        click.echo(answer_json.dumps(shown), nl=False)
    else:
        standing = Standing(found.now, found.timezone, rollouts, tallies=found.tallies, stages=stages)
        click.echo(status_text.rollouts(standing), nl=False)


def _reason(_context: click.Context, _option: click.Parameter, text: str) -> str:
    from seatwise.core.plain import reason

    return reason(text)


REASON = click.option(
    "--reason", required=True, callback=_reason, metavar="TEXT", help="Why; it is kept in the journal."
)
ACCOUNT = click.option("--account", default="", metavar="ACCOUNT", help="Only at this account.")


def _say(session: Session, verb: str, rollout: str, account: str, reason: str, *, without: bool = False) -> None:
    from seatwise.core.lifecycle import Event
    from seatwise.flows import runs
    from seatwise.flows.workspace import Workspace
    from seatwise.views import answer_json, runs_text

    order = runs.Order(Event(verb), rollout, account, reason, without)
    workspace = Workspace.open(session.root)
    said = runs.say(workspace, order)
    if session.json:
        click.echo(answer_json.dumps({"said": said}), nl=False)
    else:
        left = runs.shown(workspace, rollout).tallies if order.verb is Event.RELEASE else ()
        click.echo(runs_text.said(said, runs.MEANS[order.verb], left), nl=False)


@run.command()
@click.argument("rollout", default="", metavar="[ROLLOUT|COMMIT]")
@ACCOUNT
@REASON
@click.pass_obj
def halt(session: Session, rollout: str, account: str, reason: str) -> None:
    """Stop a rollout after the batch in flight; with --account alone, everything at that account, leavers too."""
    _say(session, "halt", rollout, account, reason)


@run.command()
@click.argument("rollout", default="", metavar="[ROLLOUT|COMMIT]")
@ACCOUNT
@REASON
@click.option("--without", is_flag=True, help="Go on without the seats that halted it: they come when it has ended.")
@click.pass_obj
def resume(session: Session, rollout: str, account: str, reason: str, without: bool) -> None:
    """Let what is halted go on; everything is checked anew, and what still differs is written."""
    _say(session, "resume", rollout, account, reason, without=without)


@run.command()
@click.argument("rollout", metavar="ROLLOUT|COMMIT")
@ACCOUNT
@REASON
@click.pass_obj
def abort(session: Session, rollout: str, account: str, reason: str) -> None:
    """Take back what a rollout did, newest first, and hold its seats."""
    _say(session, "abort", rollout, account, reason)


@run.command()
@click.argument("rollout", metavar="ROLLOUT|COMMIT")
@ACCOUNT
@REASON
@click.pass_obj
def retry(session: Session, rollout: str, account: str, reason: str) -> None:
    """Send again what did not come out, at the next run and not at the next gate."""
    _say(session, "retry", rollout, account, reason)


@run.command()
@click.argument("rollout", metavar="ROLLOUT|COMMIT")
@ACCOUNT
@REASON
@click.pass_obj
def release(session: Session, rollout: str, account: str, reason: str) -> None:
    """Let the seats of an aborted rollout go, as they are now."""
    _say(session, "release", rollout, account, reason)


@run.command()
@click.argument("account")
@click.option(
    "--reason", required=True, callback=_reason, metavar="WHY", help="Why the run is known to be dead; it is recorded."
)
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
