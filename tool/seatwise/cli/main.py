"""`seatwise`: options that every command has, and the commands, each imported only when it is called."""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import click


class Entry(NamedTuple):
    """Where a command is found: its file in cli/, its heading in the help, and its line there."""

    file: str
    heading: str
    help: str


ROAD, THINGS, START = "The road", "Things", "Start"
COMMANDS = {
    "validate": Entry("files", ROAD, "Check what the files say; no network, no directory."),
    "fmt": Entry("files", ROAD, "Sort and tidy the files; comments stay."),
    "plan": Entry("road", ROAD, "Show what would change, why, and what it costs; write nothing."),
    "apply": Entry("road", ROAD, "Do what was approved and is due, in stages."),
    "status": Entry("road", ROAD, "Show what is under way and what waits for what."),
    "explain": Entry("road", ROAD, "Say what a person or a license has, should have, and why."),
    "rollback": Entry("road", ROAD, "Take back what a commit did, on a branch."),
    "log": Entry("road", ROAD, "List what was done, when and by which commit."),
    "schema": Entry("files", ROAD, "Print the JSON Schemas of the files, for editors."),
    "account": Entry("accounts", THINGS, "Check, read or import an account at a vendor."),
    "people": Entry("people", THINGS, "List the people and what the sources say of them."),
    "run": Entry("runs", THINGS, "List rollouts; halt, resume, abort, retry or release one; unlock an account."),
    "snapshot": Entry("snapshots", THINGS, "Keep what accounts show, and bring it back on a branch."),
    "journal": Entry("journal", THINGS, "Begin a journal anew that is lost."),
    "seat": Entry("seats", THINGS, "Give, take, extend or move seats, one or thousands, on a branch."),
    "drift": Entry("drift", THINGS, "Show what was changed at the vendors by hand; let it stay, or put it right."),
    "license": Entry("licenses", THINGS, "Adopt a license, or record what is bought of it."),
    "ack": Entry("acks", THINGS, "Let one limit be passed once, for a reason."),
    "vendor": Entry("vendors", THINGS, "List the vendors and what each can do; begin and test one of your own."),
    "approval": Entry("approval", THINGS, "Show, sign or verify approvals; write CODEOWNERS."),
    "merge": Entry("merge", THINGS, "Merge files by what they mean, as git's merge driver."),
    "ci": Entry("ci", THINGS, "What jobs call about a pull request; the jobs themselves for GitHub or GitLab."),
    "audit": Entry("audit", THINGS, "Verify the journals; say who held what; pack evidence for a stranger."),
    "demo": Entry("start", START, "Tell the whole story in a temporary folder; no account needed."),
    "init": Entry("start", START, "Write a small repository, or one from an export."),
    "doctor": Entry("start", START, "Say what is in the way of plan and apply here, and what to do about it."),
}
"""Command → where it is. The module has a click command under the same name."""


@dataclass(frozen=True, slots=True)
class Session:
    """What every command is given: the repository's folder and how to show what it finds."""

    root: Path
    json: bool
    verbosity: int
    color: bool | None


class Commands(click.Group):
    """The commands of COMMANDS; however one ends, `ending` words it. A command returns its exit code, or None for 0."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return _with_json(self.load(cmd_name)) if cmd_name in COMMANDS else None

    def load(self, name: str) -> click.Command:
        """The command itself; its module is imported now and not before."""
        command: click.Command = getattr(importlib.import_module(f"seatwise.cli.{COMMANDS[name].file}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(_unknown(args[0]), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, COMMANDS))
        for heading in (ROAD, THINGS, START):
            with formatter.section(heading):
                rows = [(name.ljust(width), entry.help) for name, entry in COMMANDS.items() if entry.heading == heading]
                formatter.write_dl(rows)

    def main(self, args: Sequence[str] | None = None, *more: Any, **extra: Any) -> Any:
        """Ends the process with one of the exit codes of core/model/stop."""
        arguments = list(sys.argv[1:] if args is None else args)
        extra = {**extra, "prog_name": "seatwise", "standalone_mode": False}
        try:
            code = super().main(arguments, *more, **extra)
            sys.stdout.flush()
        except BaseException as error:
            from seatwise.cli.ending import ending

            code = ending(error, arguments)
        sys.exit(code if isinstance(code, int) else 0)


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, COMMANDS, n=1)
    return f"no command {name!r}" + (f"; did you mean {near[0]}?" if near else "")


def _with_json(command: click.Command) -> click.Command:
    """The same command (and those below it), which understands --json behind its name, too."""
    if isinstance(command, click.Group):
        for below in command.commands.values():
            _with_json(below)
    elif not any("--json" in parameter.opts for parameter in command.params):
        command.params.append(
            click.Option(["--json"], is_flag=True, expose_value=False, callback=_say_json, help="Answer in JSON.")
        )
    return command


def _say_json(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and isinstance(ctx.obj, Session):
        ctx.obj = replace(ctx.obj, json=True)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "-C",
    "root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    metavar="DIR",
    help="The repository's folder.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
@click.option("-q", "--quiet", count=True, help="Say less.")
@click.option("-v", "--verbose", count=True, help="Say more.")
@click.option("--color/--no-color", default=None, help="Colours; else on a terminal without NO_COLOR.")
@click.version_option(package_name="seatwise", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, root: Path, as_json: bool, quiet: int, verbose: int, color: bool | None) -> None:
    """Licences, entitlements and assignments as code."""
    ctx.color = False if color is None and os.environ.get("NO_COLOR") else color
    ctx.obj = Session(root, as_json, verbose - quiet, ctx.color)


def stop_cleanly(number: int, frame: object) -> NoReturn:
    """For SIGTERM: an exception, so that whatever is open is closed and every lock is given back."""
    sys.exit(128 + number)


NEW_OBJECTS = 500_000
"""Before the collector looks for cycles: what is read lives to the end, and looking through it took a tenth of a plan."""


def main() -> None:
    gc.set_threshold(NEW_OBJECTS)
    signal.signal(signal.SIGTERM, stop_cleanly)
    cli.main()
