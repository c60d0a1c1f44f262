"""`seatwise`: options that every command has, and the commands, each imported only when it is called."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from pathlib import Path

import click

COMMANDS = {
    "validate": "files",
    "fmt": "files",
    "schema": "files",
    "plan": "road",
    "apply": "road",
    "status": "road",
    "explain": "road",
    "rollback": "road",
    "log": "road",
    "run": "runs",
    "account": "accounts",
    "people": "people",
    "vendor": "accounts",
    "init": "start",
    "demo": "start",
}
"""Command → the file in cli/ that holds it, under the same name."""


@dataclass(frozen=True, slots=True)
class Session:
    """What every command is given: the repository's folder and how to show what it finds."""

    root: Path
    json: bool
    verbosity: int
    color: bool | None


class Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"seatwise.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command


@click.group(cls=Commands)
@click.option("-C", "root", type=click.Path(path_type=Path), default=".", metavar="DIR", help="The repository's folder.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
@click.option("-q", "--quiet", count=True)
@click.option("-v", "--verbose", count=True)
@click.option("--color/--no-color", default=None)
@click.version_option(package_name="seatwise")
@click.pass_context
def cli(ctx: click.Context, root: Path, as_json: bool, quiet: int, verbose: int, color: bool | None) -> None:
    """Licences, entitlements and assignments as code."""
    ctx.obj = Session(root, as_json, verbose - quiet, color)


def main() -> None:
    sys.exit(cli())
