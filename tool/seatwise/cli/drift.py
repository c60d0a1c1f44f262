"""`seatwise drift`: what was changed at the vendors by hand, and what becomes of it, as rows on a branch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from seatwise.cli.main import Session
from seatwise.cli.seats import tell

if TYPE_CHECKING:
    from seatwise.flows.corrections import Said
    from seatwise.flows.drift import Wanted
    from seatwise.flows.seats import How

Command = Callable[..., Any]


@click.group()
def drift() -> None:
    """Show what was changed at the vendors by hand; let it stay, or put it right, by rows on a branch."""


ACCOUNT = click.option("--account", default="", metavar="ACCOUNT", help="Only this one.")
LICENSE = click.option("--license", "license_", default="", metavar="LICENSE", help="Only this one.")


def _options(command: Command) -> Command:
    """What the commands have that write a branch."""
    for option in (
        click.option("--check", is_flag=True, help="Only say what would be written."),
        click.option(
            "--branch", default="", metavar="NAME", help="The branch to write, new or to add to; else a new one."
        ),
        click.option("--ticket", default="", metavar="ID", help="Where it was asked for."),
        click.option("--reason", required=True, metavar="TEXT", help="Why; it stands beside the rows."),
        click.option("--holder", "holders", multiple=True, metavar="NAME", help="Only this one; repeatable."),
        LICENSE,
        ACCOUNT,
    ):
        command = option(command)
    return command


@drift.command("list")
@ACCOUNT
@LICENSE
@click.option("--no-record", is_flag=True, help="Keep no snapshot of what was read.")
@click.pass_obj
def list_(session: Session, account: str, license_: str, no_record: bool) -> int:
    """List what was added, removed and changed there, one finding for each license at an account.

    Ends with 8 where there is drift, 0 where there is none, and 1 where an account can't be read. Each run keeps a snapshot,
    by which the next ones tell since when.
    """
    from seatwise.flows import drift as flow
    from seatwise.flows.workspace import Workspace
    from seatwise.views import answer_json, drift_text

    found = flow.listed(Workspace.open(session.root), flow.Wanted(account, license_), record=not no_record)
    if session.json:
        click.echo(answer_json.dumps(drift_text.shape(found)), nl=False)
    else:
        click.echo(drift_text.found(found, everything=session.verbosity > 0), nl=False)
    return found.exit


@drift.command()
@_options
@click.pass_obj
def accept(session: Session, /, branch: str, check: bool, **words: Any) -> None:
    """Let what is there stay: after the merge nothing differs, and nobody is called.

    Who was added there gets a row; who was removed there loses theirs, or is excluded where a rule or a bundle gives the
    seat; options become those that are there.
    """
    from seatwise.flows.corrections import accept as flow
    from seatwise.flows.workspace import Workspace

    tell(session, flow(Workspace.open(session.root), _wanted(words), _said(words), _how(branch, check=check)))


@drift.command()
@click.option("--added", is_flag=True, help="Take what was added there, too, where the license is not enforced.")
@_options
@click.pass_obj
def correct(session: Session, /, branch: str, check: bool, added: bool, **words: Any) -> None:
    """Put it right: after the merge, apply gives back, changes back or takes just these seats, once.

    What was added there is taken only with --added, with --holder, or where the license says `mode: enforce`.
    """
    from seatwise.flows.corrections import correct as flow
    from seatwise.flows.workspace import Workspace

    how = _how(branch, check=check)
    tell(session, flow(Workspace.open(session.root), _wanted(words), _said(words), how, added=added))


def _wanted(words: dict[str, Any]) -> Wanted:
    from seatwise.flows.drift import Wanted

    holders: Sequence[str] = words["holders"]
    return Wanted(words["account"], words["license_"], tuple(holders))


def _said(words: dict[str, Any]) -> Said:
    from seatwise.flows.corrections import Said

    return Said(words["reason"], words["ticket"])


def _how(branch: str, *, check: bool) -> How:
    from seatwise.flows.seats import How

    return How(branch, check)
