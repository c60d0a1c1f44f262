"""`seatwise journal`: what is left to do by hand where a journal is lost."""

from __future__ import annotations

import click

from seatwise.cli.main import Session


@click.group()
def journal() -> None:
    """Begin a journal anew that is lost."""


@journal.command()
@click.option("--reason", required=True, metavar="WHY", help="How it came to be lost; it is recorded.")
@click.option("--yes", is_flag=True, help="Write it; else only show what would be written.")
@click.pass_obj
def recover(session: Session, reason: str, yes: bool) -> None:
    """Begin lost journals anew: what is asked and there becomes ours, all else is drift. Nothing is called.

    First look for a clone that still has the journal, and push it back from there.
    """
    from seatwise.flows.recover import recover as flow
    from seatwise.flows.workspace import Workspace
    from seatwise.views import answer_json, recover_text

    done = flow(Workspace.open(session.root), reason, write=yes)
    if session.json:
        click.echo(answer_json.dumps(done), nl=False)
    else:
        click.echo(recover_text.recovery(done), nl=False)
