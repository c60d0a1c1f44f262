"""`validate`, `fmt` and `schema`: commands about the files themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seatwise.cli.main import Session
from seatwise.core.model import Exit, Finding, Stop, Tree

if TYPE_CHECKING:
    from seatwise.flows.fmt import Formatted

FORMATS = ("text", "json", "github", "sarif")
PATHS = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))


@click.command()
@click.option("--format", "shape", type=click.Choice(FORMATS), help="How findings are written; text by default.")
@PATHS
@click.pass_obj
def validate(session: Session, shape: str | None, paths: tuple[Path, ...]) -> Exit:
    """Check what the files say: structure, references, ids. Reads text only: no people, no vendors, no network.

    With PATHS, only findings in these files and folders are shown; all files are read in any case.
    """
    from seatwise.flows.validate import checked

    done = checked(session.root, paths)
    shape = shape or ("json" if session.json else "text")
    click.echo(_view(shape)(done.findings), nl=False)
    if shape == "text" and not done.bad and session.verbosity >= 0:
        click.echo(f"ok: {_counted(done.tree)}")
    return Exit.ERROR if done.bad else Exit.OK


def _view(shape: str) -> Callable[[Sequence[Finding]], str]:
    if shape == "json":
        from seatwise.views.findings_json import findings_json as view
    elif shape == "github":
        from seatwise.views.findings_github import findings_github as view
    elif shape == "sarif":
        return _sarif
    else:
        from seatwise.views.findings_text import findings_text as view
    return view


def _sarif(findings: Sequence[Finding]) -> str:
    from importlib.metadata import version

    from seatwise.views.findings_sarif import findings_sarif

    return findings_sarif(findings, version("seatwise"))


def _counted(tree: Tree) -> str:
    counts = {
        "license": len(tree.licenses),
        "contract": len(tree.contracts),
        "bundle": len(tree.bundles),
        "owner": len(tree.owners),
        "account": len(tree.settings.accounts),
    }
    return ", ".join(f"{count} {noun}{'s' * (count != 1)}" for noun, count in counts.items() if count) or "no files yet"


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if there is something to tidy.")
@PATHS
@click.pass_obj
def fmt(session: Session, check: bool, paths: tuple[Path, ...]) -> Exit:
    """Tidy the files: people in order, number-like ids in quotes, blanks trimmed. Comments stay."""
    from seatwise.flows.fmt import formatted, write

    done = formatted(session.root, paths)
    if not check:
        write(session.root, done.untidy)
    _tell(session, done, check=check)
    return Exit.ERROR if done.findings or (check and done.untidy) else Exit.OK


def _tell(session: Session, done: Formatted, *, check: bool) -> None:
    from seatwise.views.findings_json import findings_json
    from seatwise.views.findings_text import findings_text
    from seatwise.views.words import text

    if session.json:
        click.echo(findings_json(done.findings), nl=False)
        return
    for one in done.untidy:
        click.echo(f"{text(one.path)}: {'not tidy' if check else 'tidied'}")
    if check and done.untidy:
        click.echo("  fix: seatwise fmt")
    click.echo(findings_text(done.findings), nl=False)
    if not done.untidy and not done.findings and session.verbosity >= 0:
        click.echo(f"ok: {done.looked_at} files")


@click.command()
@click.argument("kind", required=False)
@click.option(
    "--write", "folder", type=click.Path(path_type=Path), metavar="DIR", help="Write all schemas here, for an editor."
)
def schema(kind: str | None, folder: Path | None) -> None:
    """Print the JSON Schema of one KIND of file, whole; or write those of all kinds for an editor."""
    from seatwise.edges.schema import KINDS

    if folder is not None:
        _write_schemas(folder)
    elif kind is None:
        click.echo("\n".join(KINDS))
    elif kind in KINDS:
        _print_schema(kind)
    else:
        from seatwise.core.near import near

        raise Stop(Exit.USAGE, f"no kind {kind!r}", near(kind, KINDS) or f"one of {', '.join(KINDS)}")


def _print_schema(kind: str) -> None:
    import json

    from seatwise.edges import schema as schemas

    click.echo(json.dumps(schemas.schema(kind), indent=2, ensure_ascii=False))


def _write_schemas(folder: Path) -> None:
    from seatwise.edges.schema import files

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise Stop(Exit.ERROR, f"{folder} can't be written: {error.strerror}", "name another folder") from error
    click.echo(f"ok: schemas in {folder}")
