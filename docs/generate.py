"""The code → the pages of docs/ that are made from it. `--check` writes nothing, and fails where a page is stale."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click

from seatwise import policies, vendors
from seatwise.cli.main import COMMANDS, cli
from seatwise.core.model import Exit

DOCS = Path(__file__).parent
ENDINGS = {
    Exit.OK: "done, or nothing to do",
    Exit.ERROR: "an error before anything was written",
    Exit.CHANGES: "there are changes (only with `--exit-code`)",
    Exit.DENIED: "denied by a policy, or not approved",
    Exit.STALE: "the plan or the checkout is stale",
    Exit.PARTLY: "partly applied, halted, failed or in conflict",
    Exit.LOCKED: "another run holds the lock",
    Exit.WAITING: "waiting for a gate, a soak or a window",
    Exit.DRIFT: "there is drift (only with `--exit-code`)",
    Exit.EVIDENCE: "the evidence does not verify",
    Exit.USAGE: "the command line is wrong",
    Exit.BUG: "a bug in seatwise; a log to paste is named",
}


def pages() -> dict[str, str]:
    """File → text."""
    return {"cli.md": "\n".join(_command_line()), "policies.md": policies.describe(), "vendors.md": _vendors()}


def _command_line() -> Iterator[str]:
    yield "# The command line\n"
    yield f"```\n{_help(cli, 'seatwise')}\n```\n"
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        yield from _command(command, f"seatwise {name}") if command else ()
    yield "## Exit codes\n\n| code | meaning |\n|---|---|"
    yield from (f"| {int(code)} | {meaning} |" for code, meaning in ENDINGS.items())
    yield ""


def _command(command: click.Command, path: str) -> Iterator[str]:
    yield f"## {path}\n\n```\n{_help(command, path)}\n```\n"
    for name, below in sorted(getattr(command, "commands", {}).items()):
        yield from _command(below, f"{path} {name}")


def _help(command: click.Command, path: str) -> str:
    return command.get_help(click.Context(command, info_name=path, terminal_width=100))


def _vendors() -> str:
    rows = [f"| `{name}` | {_about(place)} |" for name, place in sorted(vendors.BUILT_IN.items())]
    return "\n".join(["# Vendors\n", "| `vendor:` | what it is |", "|---|---|", *rows, ""])


def _about(place: str) -> str:
    """The first sentence of the vendor's own file."""
    text = import_module(place.partition(":")[0]).__doc__ or ""
    return text.partition("\n\n")[0].replace("\n", " ").strip()


def main() -> None:
    stale = [name for name, text in pages().items() if not _same(DOCS / name, text)]
    if "--check" in sys.argv[1:]:
        sys.exit(f"out of date: {', '.join(stale)}\n  fix: make docs" if stale else 0)
    for name in stale:
        (DOCS / name).write_text(pages()[name], encoding="utf-8")


def _same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    main()
