"""`seatwise ci`: the jobs, and what they call."""

from __future__ import annotations

from pathlib import Path

import click

from seatwise.cli.main import Session

REQUEST = click.option("--request", required=True, metavar="N", help="The number of the pull request.")


@click.group()
def ci() -> None:
    """What jobs call about a pull request; the jobs themselves for GitHub or GitLab."""


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


@ci.command()
@click.argument("forge", type=click.Choice(["github", "gitlab"]))
@click.option(
    "--source",
    default="",
    metavar="WHERE@COMMIT",
    help="Where jobs get seatwise: OWNER/NAME@COMMIT at GitHub, URL@COMMIT at GitLab; not needed twice.",
)
@click.option(
    "--environments", is_flag=True, help="Run in seatwise-plan and seatwise-apply, which may hold the secrets."
)
@click.option("--check", is_flag=True, help="Write nothing; end with 1 where a file is not what would be written.")
@click.pass_obj
def init(session: Session, forge: str, source: str, environments: bool, check: bool) -> int:
    """Write the jobs for pull requests, applying, drift, halting and audits, with the secrets that seatwise.yaml names.

    Run it again after seatwise.yaml got another connection. A file that somebody edited is left as it is.
    """
    from seatwise.core.model import Exit
    from seatwise.flows import ci_init as flow
    from seatwise.flows.workspace import Workspace
    from seatwise.views import answer_json, written_text

    workspace = Workspace.open(session.root)
    wanted = flow.Wanted(forge, source, environments)
    done = flow.compared(workspace, wanted) if check else flow.write(workspace, wanted)
    click.echo(answer_json.dumps(done) if session.json else written_text.jobs(done.stale, check=check), nl=False)
    return Exit.ERROR if check and done.stale else Exit.OK


@ci.command()
@click.pass_obj
def real(session: Session) -> None:
    """Say real=true where seatwise.yaml names an account that is not for practice, else real=false: jobs do nothing then."""
    from seatwise.core import practice
    from seatwise.flows.workspace import WORKTREE, Workspace

    only = practice.only(Workspace.open(session.root).settings(WORKTREE))
    click.echo(f"real={'false' if only else 'true'}")
