"""`seatwise people`: who works here, what moved since an older export, and what fits nobody."""

from __future__ import annotations

from collections.abc import Sequence

import click

from seatwise.cli.main import Session


@click.group()
def people() -> None:
    """List the people and what the sources say of them."""


@people.command("list")
@click.option(
    "--where", "wheres", multiple=True, metavar="KEY=VALUE", help="Only these, as a rule names them; repeatable."
)
@click.pass_obj
def list_(session: Session, wheres: Sequence[str]) -> int:
    """Show everybody whom the sources and owners/holders name, and what they leave open."""
    from seatwise.core.model import Exit, Level
    from seatwise.flows import people as flow
    from seatwise.flows.workspace import Workspace
    from seatwise.views import people_text
    from seatwise.views.findings_text import findings_text

    persons, findings = flow.listed(Workspace.open(session.root), filters(wheres))
    if session.json:
        _answer(people=persons, findings=findings)
    else:
        click.echo(people_text.people(persons))
        click.echo(findings_text(findings), err=True, nl=False)
    return Exit.ERROR if any(f.level is Level.ERROR and not f.passed_by for f in findings) else Exit.OK


@people.command()
@click.argument("before", metavar="OLD.csv")
@click.argument("after", metavar="[NEW.csv]", default="")
@click.pass_obj
def diff(session: Session, before: str, after: str) -> None:
    """Show what the present export (or NEW.csv) says otherwise than OLD.csv; both lie in the repository's folder."""
    from seatwise.flows import people as flow
    from seatwise.flows.workspace import Workspace
    from seatwise.views import people_text

    moved = flow.compared(Workspace.open(session.root), before, after)
    if session.json:
        _answer(moves=moved)
    else:
        click.echo(people_text.moves(moved))


@people.command()
@click.pass_obj
def unmatched(session: Session) -> None:
    """Show seats at the vendors, and rows in the files, that fit nobody."""
    from seatwise.flows import people as flow
    from seatwise.flows.workspace import Workspace
    from seatwise.views import people_text

    strays, failures = flow.unmatched(Workspace.open(session.root))
    if session.json:
        _answer(unmatched=strays, not_read=failures)
    else:
        click.echo(people_text.strays(strays, failures))


def filters(wheres: Sequence[str]) -> dict[str, list[str]]:
    """The values of each key; `--where country=DE --where country=JP` is either of them."""
    wanted: dict[str, list[str]] = {}
    for where in wheres:
        key, equals, value = where.partition("=")
        if not equals:
            raise click.UsageError(f"--where {where}: write it as department=Sales")
        wanted.setdefault(key.strip(), []).append(value)
    return wanted


def _answer(**parts: object) -> None:
    import json

    from seatwise.core.canon import plain

    click.echo(json.dumps({name: plain(part) for name, part in parts.items()}, ensure_ascii=False, indent=2))
