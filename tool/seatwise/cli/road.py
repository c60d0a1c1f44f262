"""`seatwise plan | apply | status | explain | rollback | log`: the road, each one flow and one view."""

from __future__ import annotations

from pathlib import Path

import click

from seatwise.cli.main import Session


@click.command()
@click.argument("branch", default="worktree", metavar="[BRANCH]")
@click.option("--all", "everything", is_flag=True, help="Name everybody.")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Also write plan.json here.")
@click.option("--exit-code", is_flag=True, help="End with 2 where there are changes.")
@click.option(
    "--connected",
    is_flag=True,
    help="Read no account that this change connects anew: for jobs that plan what nobody approved, with secrets.",
)
@click.option(
    "--rehearse",
    is_flag=True,
    help="Play it there and back on a copy of what the vendors show; end with 1 if it can't.",
)
@click.pass_obj
def plan(
    session: Session,
    branch: str,
    everything: bool,
    form: str,
    out: Path | None,
    exit_code: bool,
    connected: bool,
    rehearse: bool,
) -> int:
    """Show what the files on disk (or BRANCH) would change, why, and what it costs. Nothing is written."""
    from seatwise.core.model import Exit, Stop
    from seatwise.flows.plan import plan as flow
    from seatwise.flows.workspace import Workspace
    from seatwise.views import plan_json, plan_markdown, plan_text

    if rehearse and (everything or out or exit_code or connected or form != "text"):
        what = "--rehearse says how the plan would play, and shows no plan"
        raise Stop(Exit.USAGE, what, "leave out the others, or call plan once more without it")
    if rehearse:
        return _rehearse(session, branch)
    made = flow(Workspace.open(session.root), branch, connected=connected)
    if out is not None:
        out.write_text(plan_json.dumps(made), encoding="utf-8")
    if session.json or form == "json":
        click.echo(plan_json.dumps(made), nl=False)
    elif form == "markdown":
        click.echo(plan_markdown.comment(made), nl=False)
    else:
        click.echo(plan_text.plan(made, width=_width(), everything=everything), nl=False)
    if made.blocked:
        return Exit.DENIED
    return Exit.CHANGES if exit_code and (made.steps or made.others) else Exit.OK


def _rehearse(session: Session, branch: str) -> int:
    """Only what the rehearsal says: who wants the plan too calls for it."""
    from seatwise.core.model import Exit
    from seatwise.flows.rehearse import rehearse as flow
    from seatwise.flows.workspace import Workspace
    from seatwise.views import answer_json, rehearsal_text

    found = flow(Workspace.open(session.root), branch)
    if session.json:
        click.echo(answer_json.dumps(found), nl=False)
    else:
        click.echo(rehearsal_text.rehearsal(found, width=_width()), nl=False)
    return Exit.OK if found.closes else Exit.ERROR


@click.command()
@click.argument(
    "plan_file", required=False, metavar="[PLAN.json]", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--scheduled", is_flag=True, help="The tick of a schedule: quiet where nothing is wrong.")
@click.option(
    "--probe",
    default="",
    envvar="SEATWISE_PROBE",
    metavar="COMMAND",
    help="Where policies/stages.yaml says `probe: command`: what gates run to ask whether people can work."
    " Ends with 0: they can; 1: they can't; else: nobody knows.",
)
@click.pass_obj
def apply(session: Session, plan_file: Path | None, scheduled: bool, probe: str) -> int:
    """Do what is approved on the default branch and due; run it again for what is due later.

    With PLAN.json nothing is done that is not in that plan.
    """
    from dataclasses import replace

    from seatwise.cli.progress import progress
    from seatwise.flows.apply import Options
    from seatwise.flows.apply import apply as flow
    from seatwise.flows.planfile import only
    from seatwise.flows.workspace import Workspace
    from seatwise.views import answer_json, run_text

    workspace = Workspace.open(session.root)
    with progress(quiet=session.json or session.verbosity < 0) as watch:
        options = Options(scheduled, watch, probe=probe)
        if plan_file:
            options = replace(options, only=only(plan_file))
        done = flow(workspace, options)
    if session.json:
        click.echo(answer_json.dumps(done), nl=False)
    elif not (scheduled and done.exit == 0 and not done.written):
        click.echo("\n".join(run_text.outcome_lines(done, width=_width())))
    return done.exit


@click.command()
@click.pass_obj
def status(session: Session) -> int:
    """Show the rollouts that are under way, what each waits for, and what is held."""
    from seatwise.flows.status import status as flow
    from seatwise.flows.workspace import Workspace
    from seatwise.views import answer_json, status_text

    seen = flow(Workspace.open(session.root))
    if session.json:
        unread = seen.unread and {"what": seen.unread.what, "findings": seen.unread.findings}
        shown = {"rollouts": seen.rollouts, "tallies": seen.tallies, "stopped": seen.stopped, "unread": unread}
        click.echo(answer_json.dumps({**shown, "held": seen.held, "kept": seen.kept, "drift": seen.drift}), nl=False)
    else:
        click.echo(status_text.status(seen), nl=False)
    return 0


@click.command()
@click.argument("subject", metavar="PERSON|LICENSE|PERSON/LICENSE")
@click.option("--all", "everything", is_flag=True, help="Name every seat.")
@click.pass_obj
def explain(session: Session, subject: str, everything: bool) -> int:
    """Say what a person or a license has, should have, why, and since when. A seat is PERSON/LICENSE."""
    from seatwise.flows.explain import explain as flow
    from seatwise.flows.workspace import Workspace
    from seatwise.views import answer_json, explain_text

    workspace = Workspace.open(session.root)
    said = flow(workspace, subject)
    if session.json:
        click.echo(answer_json.dumps(said), nl=False)
    else:
        today = workspace.clock.now().date()
        click.echo(explain_text.explain(said, today=today, width=_width(), everything=everything), nl=False)
    return 0


@click.command()
@click.argument("commit")
@click.option("--check", is_flag=True, help="Only say what would come back and what would not.")
@click.option("--branch", metavar="NAME", help="The branch to write; default: rollback-COMMIT.")
@click.pass_obj
def rollback(session: Session, commit: str, check: bool, branch: str | None) -> int:
    """Take back what COMMIT did, by meaning, on a branch of its own; merge it as a pull request."""
    from seatwise.core.model import Exit, Stop
    from seatwise.flows.rollback import check as checked
    from seatwise.flows.rollback import rollback as flow
    from seatwise.flows.workspace import Workspace
    from seatwise.views import answer_json, rollback_text

    workspace = Workspace.open(session.root)
    if check and branch is not None:
        raise Stop(Exit.USAGE, "--check writes no branch", "leave out --branch, or --check to write it")
    back = checked(workspace, commit) if check else flow(workspace, commit, branch)
    if session.json:
        click.echo(answer_json.dumps(back), nl=False)
    else:
        click.echo(rollback_text.rollback(back, width=_width()), nl=False)
    return 0


@click.command()
@click.option("--license", "license_", metavar="LICENSE")
@click.option("--person", metavar="PERSON")
@click.option("--account", metavar="ACCOUNT")
@click.option("-n", "most", type=click.IntRange(min=1), default=100, show_default=True, help="So many of the newest.")
@click.pass_obj
def log(session: Session, license_: str | None, person: str | None, account: str | None, most: int) -> int:
    """List what was done at the vendors, when, by which commit, from the journal alone."""
    from seatwise.flows.log import Wanted
    from seatwise.flows.log import log as flow
    from seatwise.flows.workspace import Workspace
    from seatwise.views import answer_json, log_text

    workspace = Workspace.open(session.root)
    timezone, entries = flow(workspace, Wanted(license_ or "", person or "", account or "", most))
    if session.json:
        click.echo(answer_json.dumps({"entries": entries}), nl=False)
    else:
        click.echo(log_text.log(entries, timezone=timezone, width=_width()), nl=False)
    return 0


def _width() -> int:
    """The terminal's width; 100 where there is none."""
    import shutil

    return shutil.get_terminal_size((100, 24)).columns
