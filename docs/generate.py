"""The code → the pages of docs/ that are made from it. `--check` writes nothing, and fails where a page is stale."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

import click

from seatwise import policies, vendors
from seatwise.cli.main import COMMANDS, cli
from seatwise.core.lifecycle import ROLLOUTS, STAGES, State
from seatwise.core.lifecycle import Row as Moves
from seatwise.core.model import Exit, RolloutState, StageState
from seatwise.flows.runs import MEANS

DOCS = Path(__file__).parent
Table = Mapping[RolloutState, Moves] | Mapping[StageState, Moves]
ENDINGS = {
    Exit.OK: "done, or nothing to do",
    Exit.ERROR: "an error before anything was written",
    Exit.CHANGES: "there are changes (only with `--exit-code`)",
    Exit.DENIED: "denied by a policy, or not approved",
    Exit.STALE: "the plan or the checkout is stale",
    Exit.PARTLY: "partly applied, halted, failed or in conflict",
    Exit.LOCKED: "another run holds the lock",
    Exit.WAITING: "waiting for a gate, a soak or a window",
    Exit.DRIFT: "there is drift (`seatwise drift list`)",
    Exit.EVIDENCE: "the evidence does not verify",
    Exit.USAGE: "the command line is wrong",
    Exit.BUG: "a bug in seatwise; a log to paste is named",
}
ABOUT_ROLLOUTS = """# Rollouts

A pull request that is admitted becomes one rollout at each account: its list of seats is frozen, and it has two walks, what
people are given and what is taken from them, each in stages. The rollout and each stage stand in one of the states below, and
move only along these lines: the code moves them by the table that this page is made from.

Until a pull request is admitted there is no rollout, nothing is called for it, and `seatwise apply` ends with 3. The last
two columns say how apply ends where it finds a rollout so; the run in which one halts ends with 5 either way.
"""
ABOUT_SAID = """## What people say

Each is one record in the branch `seatwise/control` ([journal.md](journal.md)); the next run, or the next batch of one at work,
obeys it. `seatwise run show` names the ways on from where a rollout stands. Why they do what they do:
[adr/0018](adr/0018-resume-abort-release.md).

| command | what it comes to |
|---|---|"""
ABOUT_STAGES = """## States of a stage

A rollout that is open stands where the more urgent of its two walks does. A gate that fails is the rollout's `fails`. While
it is halted its stages keep their states; `resumed` is what `resume` and `retry` of the rollout make of them.
"""


def pages() -> dict[str, str]:
    """File → text."""
    return {
        "cli.md": "\n".join(_command_line()),
        "policies.md": policies.describe(),
        "rollouts.md": "\n".join(_rollouts()),
        "vendors.md": _vendors(),
    }


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


def _rollouts() -> Iterator[str]:
    yield ABOUT_ROLLOUTS
    yield "## States of a rollout\n"
    yield from _states(ROLLOUTS, RolloutState.ADMITTED, RolloutState.CLOSED)
    yield ABOUT_STAGES
    yield from _states(STAGES, StageState.READY, StageState.PASSED)
    yield ABOUT_SAID
    yield from (f"| `seatwise run {verb}` | {means} |" for verb, means in MEANS.items())
    yield ""


def _states(table: Table, first: State, last: State) -> Iterator[str]:
    yield from ("```mermaid", "stateDiagram-v2", *(f"    {line}" for line in _drawn(table, first, last)), "```\n")
    yield "| state | what it means | leaves by | calls | after a crash | `apply` | `apply --scheduled` |"
    yield "|---|---|---|---|---|---|---|"
    for state, row in table.items():
        ends = f"{int(row.apply)} | {int(row.scheduled)}"
        yield f"| {state} | {row.meaning} | {_leaves(state, row)} | {row.calls} | {row.crash} | {ends} |"
    yield ""


def _drawn(table: Table, first: State, last: State) -> Iterator[str]:
    """The diagram's lines. What leaves a state where it is is not drawn: the table beside it says so."""
    yield from (f'state "{state}" as {_id(state)}' for state in table if _id(state) != state)
    yield f"[*] --> {_id(first)}"
    for state, row in table.items():
        for to, events in _ways(row).items():
            if to != state:
                yield f"{_id(state)} --> {_id(to)}: {', '.join(events)}"
    yield f"{_id(last)} --> [*]"


def _leaves(state: State, row: Moves) -> str:
    ways = (f"{', '.join(events)} → {'same' if to == state else to}" for to, events in _ways(row).items())
    return "; ".join(ways) or "-"


def _ways(row: Moves) -> dict[State, list[str]]:
    """Next state → what leads there."""
    ways: dict[State, list[str]] = {}
    for event, to in row.moves.items():
        ways.setdefault(to, []).append(str(event))
    return ways


def _id(state: State) -> str:
    return str(state).replace("-", "_")


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
