"""`seatwise audit`: whether the evidence holds, who had what and why, who decided over whom, and all of it to take along."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seatwise.cli.main import Session

if TYPE_CHECKING:
    from seatwise.flows.workspace import Workspace

FROM = click.option("--from", "start", default="", metavar="DATE", help="From this day on; default: the beginning.")
TO = click.option("--to", "end", default="", metavar="DATE", help="This day included; default: now.")


@click.group()
def audit() -> None:
    """Verify the journals; say who held what and by whose approval; pack evidence for a stranger."""


@audit.command()
@click.option("--offline", is_flag=True, help="What this clone alone shows: no remote is asked.")
@click.pass_obj
def verify(session: Session, offline: bool) -> int:
    """Check chains, digests, approvals and signatures from the first record on; 9 where one is broken, and which.

    Without signatures and anchors it says "internally consistent", never "verified".
    """
    from seatwise.core.model import Exit
    from seatwise.flows.audit.verify import verify as flow
    from seatwise.flows.workspace import Workspace
    from seatwise.views import audit_text

    found = flow(Workspace.open(session.root), offline=offline)
    told = {"standing": [one.standing for one in found.journals], "first": found.first, "audit": found}
    _answer(session, told, audit_text.audit(found))
    return Exit.EVIDENCE if found.first else Exit.OK


@audit.command()
@click.argument("subject", metavar="LICENSE|PERSON")
@click.option("--at", "at", default="", metavar="DATE", help="At the end of this day, or at a time; default: now.")
@click.option("--csv", "as_csv", is_flag=True, help="Answer as CSV.")
@click.pass_obj
def who(session: Session, subject: str, at: str, as_csv: bool) -> None:
    """Say who held a license, or what a person held, at a time: since when, why, approved by whom."""
    from seatwise.flows.audit import dates
    from seatwise.flows.audit.who import who as flow
    from seatwise.flows.workspace import Workspace
    from seatwise.views import audit_csv, audit_text

    workspace = Workspace.open(session.root)
    timezone = dates.timezone(workspace)
    moment = dates.end(at, timezone, workspace.clock.now())
    found = flow(workspace, subject, moment)
    text = audit_csv.held(found) if as_csv else audit_text.held(found, at or "this moment", timezone)
    _answer(session, {"at": moment, "held": found}, text)


@audit.command()
@FROM
@TO
@click.pass_obj
def sod(session: Session, start: str, end: str) -> None:
    """List, for each changeset, who made, approved, gained by and applied it, and where one person did two of these."""
    from seatwise.flows.audit.sod import sod as flow
    from seatwise.flows.workspace import Workspace
    from seatwise.views import audit_text

    workspace = Workspace.open(session.root)
    first, last = _range(workspace, start, end)
    found = flow(workspace, first, last)
    _answer(session, {"changesets": found}, audit_text.duties(found))


@audit.command()
@FROM
@TO
@click.option(
    "--output", "-o", default=Path("evidence.zip"), type=click.Path(dir_okay=False, path_type=Path), show_default=True
)
@click.pass_obj
def evidence(session: Session, start: str, end: str, output: Path) -> None:
    """Write a zip that a stranger checks with Python, git and ssh-keygen alone; what does not verify is not packed."""
    from seatwise.flows.audit.evidence import evidence as flow
    from seatwise.flows.workspace import Workspace
    from seatwise.views import audit_text

    workspace = Workspace.open(session.root)
    first, last = _range(workspace, start, end)
    made = flow(workspace, first, last, output)
    _answer(session, made, audit_text.evidence(made.path, made.sha256, made.files, made.records))


def _range(workspace: Workspace, start: str, end: str) -> tuple[datetime | None, datetime]:
    from seatwise.flows.audit import dates

    timezone = dates.timezone(workspace)
    return dates.start(start, timezone), dates.end(end, timezone, workspace.clock.now())


def _answer(session: Session, answer: object, text: str) -> None:
    from seatwise.views import answer_json

    click.echo(answer_json.dumps(answer) if session.json else text, nl=False)
