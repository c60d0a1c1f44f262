"""`seatwise approval`: who has to approve, who did, signing where there is no forge, and CODEOWNERS where there is one."""

from __future__ import annotations

from pathlib import Path

import click

from seatwise.cli.main import Session

REQUEST = click.option("--request", default="", metavar="N", help="An open pull request; else what is merged and new.")


@click.group()
def approval() -> None:
    """Show, sign or verify approvals; write CODEOWNERS."""


@approval.command()
@REQUEST
@click.pass_obj
def show(session: Session, request: str) -> None:
    """Show, of each changeset that is merged and not taken up yet, who has to approve it and who did."""
    _told(session, request)


@approval.command()
@REQUEST
@click.pass_obj
def verify(session: Session, request: str) -> int:
    """Ends with 3 where something is not approved by those who may, over exactly the rows that it brings."""
    from seatwise.core.model import Exit

    return Exit.OK if _told(session, request) else Exit.DENIED


@approval.command()
@click.argument("branch", metavar="[BRANCH]", default="HEAD")
@click.option("--as", "person", required=True, metavar="PERSON", help="Whose approval this is, as owners/ has it.")
@click.option("--key", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Your private ssh key.")
@click.pass_obj
def sign(session: Session, branch: str, person: str, key: Path) -> None:
    """Sign exactly what BRANCH asks, with ssh-keygen, and push the approval beside it. Look at the plan first.

    Where BRANCH asks nothing new, what is merged and not taken up yet is signed.
    """
    from seatwise.flows.approve import sign as signed
    from seatwise.flows.workspace import Workspace
    from seatwise.views import answer_json, approval_text

    made = signed(Workspace.open(session.root), branch, person, str(key))
    click.echo(
        answer_json.dumps(made) if session.json else approval_text.signed([(one.person, one.ask) for one in made]),
        nl=False,
    )


def _told(session: Session, request: str) -> bool:
    """Whether all is approved."""
    from seatwise.flows.approve import standing
    from seatwise.flows.workspace import Workspace
    from seatwise.views import answer_json, approval_text

    found = standing(Workspace.open(session.root), request)
    if session.json:
        click.echo(answer_json.dumps({"changesets": found}), nl=False)
    else:
        click.echo(approval_text.standing(found), nl=False)
    return all(one.verdict.approved for one in found)


@approval.command()
@click.option("--check", is_flag=True, help="Write nothing; end with 1 if the file is not what it should be.")
@click.option("--forge", type=click.Choice(["github", "gitlab"]), help="Whose; else the forge of seatwise.yaml.")
@click.pass_obj
def codeowners(session: Session, check: bool, forge: str | None) -> int:
    """Write CODEOWNERS from owners/, licenses and the logins that people sources know: a floor, not the rule."""
    from seatwise.core.model import Exit
    from seatwise.flows import codeowners as flow
    from seatwise.flows.workspace import Workspace
    from seatwise.views import answer_json, approval_text
    from seatwise.views.findings_text import findings_text

    workspace = Workspace.open(session.root)
    found = flow.made(workspace, forge or "")
    same = flow.is_there(workspace, found)
    if not check and not same:
        flow.write(workspace, found)
    if session.json:
        shown = {"path": found.path, "forge": found.forge, "same": same, "findings": found.findings}
        click.echo(answer_json.dumps(shown), nl=False)
    else:
        click.echo(approval_text.codeowners(found, same=same, check=check), nl=False)
        click.echo(findings_text(found.findings) if found.findings else "", err=True, nl=False)
    return Exit.ERROR if check and not same else Exit.OK
