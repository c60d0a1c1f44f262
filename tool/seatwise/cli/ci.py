"""`seatwise ci`: what jobs on pull requests ask and say."""

from __future__ import annotations

from pathlib import Path

import click

from seatwise.cli.main import Session

REQUEST = click.option("--request", required=True, metavar="N", help="The number of the pull request.")


@click.group()
def ci() -> None:
    """What a pull request changes, from git alone; its comment, and its check."""


@ci.command()
@REQUEST
@click.option(
    "--plan",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Its plan.json, whoever made it; without one (of a fork) the comment has rows and bounds, from git alone.",
)
@click.pass_obj
def comment(session: Session, request: str, plan: Path | None) -> None:
    """Write the one comment of a pull request, or bring it up to date. Ends with 4 where the plan is of another change."""
    from seatwise.flows import ci as flow
    from seatwise.flows.workspace import Workspace

    click.echo(flow.comment(Workspace.open(session.root), request, plan))


@ci.command()
@REQUEST
@click.pass_obj
def gate(session: Session, request: str) -> int:
    """Set the check seatwise/approved of a pull request: approved by those who may, over exactly its rows. Else ends with 3."""
    from seatwise.core.model import Exit
    from seatwise.flows import ci as flow
    from seatwise.flows.workspace import Workspace
    from seatwise.views import answer_json, approval_text

    found = flow.gate(Workspace.open(session.root), request)
    told = answer_json.dumps({"changesets": found}) if session.json else approval_text.standing(found)
    click.echo(told, nl=False)
    return Exit.OK if all(one.verdict.approved for one in found) else Exit.DENIED


@ci.command()
@click.argument("base", metavar="BASE")
@click.argument("head", metavar="HEAD")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text")
@click.pass_obj
def effects(session: Session, base: str, head: str, form: str) -> None:
    """Show the rows that merging HEAD into BASE would change: what of each, how many seats at most, who must approve.

    The digest is the one that is approved: the same for a merge, a squash, a rebase and a merge queue. How many seats it is
    now, and what they cost, seatwise plan says.
    """
    from seatwise.flows.effects import between
    from seatwise.flows.workspace import Workspace
    from seatwise.views import answer_json, effects_text

    found = between(Workspace.open(session.root), base, head)
    if session.json or form == "json":
        click.echo(answer_json.dumps(effects_text.shape(found)), nl=False)
    else:
        view = effects_text.markdown if form == "markdown" else effects_text.text
        click.echo(view(found), nl=False)
