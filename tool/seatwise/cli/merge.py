"""`seatwise merge`: git's merge driver for our files, and setting it up."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

import click

from seatwise.cli.main import Session
from seatwise.core.model import Exit

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def merge() -> None:
    """Merge files of licenses, owners and policies by what they mean, when git merges or rebases here."""


@merge.command()
@click.argument("base", metavar="%O", type=FILE)
@click.argument("ours", metavar="%A", type=FILE)
@click.argument("theirs", metavar="%B", type=FILE)
@click.argument("path", metavar="%P")
@click.pass_obj
def driver(session: Session, base: Path, ours: Path, theirs: Path, path: str) -> Exit:
    """What git calls for one file; the result is in %A. Ends with 1 where marks in it show what is left to decide."""
    from seatwise.flows.merging import driver as flow

    return Exit.OK if flow(session.root, base, ours, theirs, path) else Exit.ERROR


@merge.command()
@click.option("--check", is_flag=True, help="Write nothing; end with 1 if something is missing.")
@click.pass_obj
def install(session: Session, check: bool) -> Exit:
    """Write what git needs to call the driver: lines in .gitattributes, to commit, and this clone's configuration."""
    from seatwise.edges.git import Git
    from seatwise.flows import merging
    from seatwise.views import answer_json, written_text

    git = Git.open(session.root)
    found = merging.missing(git) if check else merging.install(git, _program())
    if session.json:
        click.echo(answer_json.dumps(found), nl=False)
    else:
        click.echo(written_text.installed(found.lines, found.settings, check=check), nl=False)
    return Exit.ERROR if check and (found.lines or found.settings) else Exit.OK


def _program() -> str:
    """How a shell calls this program."""
    return "seatwise" if shutil.which("seatwise") else f"{shlex.quote(sys.executable)} -m seatwise"
