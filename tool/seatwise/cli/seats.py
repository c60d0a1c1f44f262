"""`seatwise seat`: seats asked for and given up, one or thousands, as edits of the files on a branch of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from seatwise.cli.main import Session

if TYPE_CHECKING:
    from seatwise.flows.seats import How, Written

Command = Callable[..., Any]


@click.group()
def seat() -> None:
    """Give, take, extend or move seats, as edits of the files on a branch; no vendor is called."""


def _options(command: Command) -> Command:
    """What every command here has."""
    for option in (
        click.option("--check", is_flag=True, help="Only say what would be written."),
        click.option(
            "--branch", default="", metavar="NAME", help="The branch to write, new or to add to; else a new one."
        ),
    ):
        command = option(command)
    return command


THROUGH = click.option("--through", default="", metavar="DAY", help="The last day held: 2027-03-31.")
REASON = click.option("--reason", default="", metavar="TEXT", help="Why; it stands beside the row.")
TICKET = click.option(
    "--ticket", default="", metavar="ID", help="Where it was asked for; its rows stand in an assignment of their own."
)
ASSIGNMENT = click.option(
    "--assignment",
    default="",
    metavar="NAME",
    help="The assignment to put the row into; else the ticket's, or `named`.",
)


@seat.command()
@click.argument("person")
@click.argument("license")
@THROUGH
@REASON
@TICKET
@ASSIGNMENT
@_options
@click.pass_obj
def give(session: Session, /, check: bool, branch: str, **words: str) -> None:
    """Ask LICENSE for PERSON, or for a device where it is counted by device."""
    _ask(session, {"action": "give", **words}, _how(branch, check=check))


@seat.command()
@click.argument("person")
@click.argument("license")
@click.option("--never", is_flag=True, help="Exclude the person, whatever else gives the seat.")
@click.option("--reason", default="", metavar="TEXT", help="Why, with --never.")
@click.option("--through", default="", metavar="DAY", help="The last day of the exclusion, with --never.")
@_options
@click.pass_obj
def take(session: Session, /, check: bool, branch: str, never: bool, **words: str) -> None:
    """Ask LICENSE no more for PERSON: the row that names them goes."""
    if not never and (words["reason"] or words["through"]):
        raise click.UsageError("--reason and --through go with --never; a row that goes has neither")
    _ask(session, {"action": "never" if never else "take", **words}, _how(branch, check=check))


@seat.command()
@click.argument("person")
@click.argument("license")
@click.option("--through", required=True, metavar="DAY", help="The new last day held: 2027-03-31.")
@_options
@click.pass_obj
def extend(session: Session, /, check: bool, branch: str, **words: str) -> None:
    """Let PERSON keep LICENSE through another last day."""
    _ask(session, {"action": "extend", **words}, _how(branch, check=check))


@seat.command()
@click.option("--from", "source", required=True, metavar="LICENSE", help="Whom this one names …")
@click.option("--to", "target", required=True, metavar="LICENSE", help="… shall be named by this one.")
@click.option("--where", "wheres", multiple=True, metavar="KEY=VALUE", help="Only these people; repeatable.")
@REASON
@TICKET
@_options
@click.pass_obj
def move(
    session: Session,
    source: str,
    target: str,
    wheres: Sequence[str],
    reason: str,
    ticket: str,
    branch: str,
    check: bool,
) -> None:
    """Move everybody whom one license names to another, last days and all. Rules and bundles are left."""
    from seatwise.cli.people import filters
    from seatwise.flows.seats import moved
    from seatwise.flows.workspace import Workspace

    how = _how(branch, check=check)
    tell(session, moved(Workspace.open(session.root), (source, target), filters(wheres), (ticket, reason), how))


@seat.command("import")
@click.argument("file", metavar="FILE.csv|xlsx", type=click.Path(path_type=Path))
@click.option("--map", "columns", multiple=True, metavar="FIELD=COLUMN", help="Which column a field is in; repeatable.")
@click.option("--code", "codes", multiple=True, metavar="WORD=MEANING", help="What a word in a cell means; repeatable.")
@click.option("--sheet", "sheet_name", default="", metavar="NAME", help="The sheet of a workbook that has several.")
@_options
@click.pass_obj
def import_(
    session: Session,
    file: Path,
    columns: Sequence[str],
    codes: Sequence[str],
    sheet_name: str,
    branch: str,
    check: bool,
) -> None:
    """Do what the rows of FILE ask: all of them, or none and every reason why.

    Columns: person (or device), action (give, take, extend, never) and license; or give, take, extend and never with the
    license in them. Further through, reason, ticket and assignment. Other names: --map person=E-Mail --code Z=give.
    """
    from seatwise.core.orders import Wording
    from seatwise.flows.seats import imported
    from seatwise.flows.workspace import Workspace

    wording = Wording(_pairs("--map", columns), _pairs("--code", codes))
    tell(session, imported(Workspace.open(session.root), file, wording, sheet_name, _how(branch, check=check)))


def _pairs(option: str, given: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise click.UsageError(f"{option} {one}: write it as {'person=E-Mail' if option == '--map' else 'Z=give'}")
        pairs[name.strip()] = value.strip()
    return pairs


def _how(branch: str, *, check: bool) -> How:
    from seatwise.flows.seats import How

    return How(branch, check)


def _ask(session: Session, words: dict[str, str], how: How) -> None:
    from seatwise.flows.seats import asked
    from seatwise.flows.workspace import Workspace

    tell(session, asked(Workspace.open(session.root), words, how))


def tell(session: Session, done: Written) -> None:
    """Says what was written."""
    if session.json:
        from seatwise.views import answer_json

        shown = {"branch": done.branch, "title": done.title, "files": done.files, "seats": done.bulk.tallies}
        more = {"file": done.file, "rows": done.rows, "columns_not_read": done.unread, "left": done.stays}
        click.echo(answer_json.dumps({**shown, **more, "findings": done.findings}), nl=False)
        return
    from seatwise.views import seats_text

    if said := seats_text.doubts(done.findings):
        click.echo(said, err=True)
    file = (done.file, done.rows, done.unread)
    click.echo(seats_text.summary(done.bulk, done.files, done.branch, file, done.stays))
