"""A limit and a reason → the acknowledgement that lets exactly one change, or one reading of people, pass; on disk.

Rules (semantics §4, docs/adr/0009-acknowledgements-newest.md):
- It names what it lets pass: the ask digest of a changeset, or the digest of a reading of people. Without either, it is
  what a plan of the files on disk shows to be stopped by this limit.
- It belongs in a pull request of its own: in the one that it serves, its file would change what it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from seatwise import policies
from seatwise.core import plain
from seatwise.core.check import DIGITS
from seatwise.core.model import Ack, Exit, Level, Plan, Settings, Stop
from seatwise.core.near import near
from seatwise.core.resolve import Moment
from seatwise.edges import inside
from seatwise.edges import tree as trees
from seatwise.edges.spans import scalar
from seatwise.flows.plan import plan
from seatwise.flows.workspace import PREFIXES, WORKTREE, Workspace

FOLDER = "policies/acks"
LASTS = timedelta(days=7)
"""How long one may be used where nobody says otherwise."""
DIGEST = re.compile(rf"[0-9a-f]{{{DIGITS},64}}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be acknowledged, and why. `asks` or `source` is a digest as the plan shows it; neither: look it up."""

    limit: str
    reason: str
    ticket: str = ""
    asks: str = ""
    source: str = ""
    through: date | None = None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The file that was written. `branch` is the default branch, from which its own pull request starts."""

    ack: Ack
    branch: str


def new(workspace: Workspace, wanted: Wanted) -> Acknowledged:
    """Writes the acknowledgement. Raises Stop where it would let nothing pass; then nothing is written."""
    what, fix = policies.unknown_limit(wanted.limit)
    if what:
        raise Stop(Exit.USAGE, what, fix)
    reason = _reason(wanted)
    settings = workspace.settings(WORKTREE)
    today = Moment(workspace.clock.now(), settings.timezone).today()
    through = _through(wanted, today)
    key, digest = _names(workspace, wanted)
    id = _id(workspace.root, f"{today}-{wanted.limit.replace('/', '-')}")
    lines = {"ack": id, "passes": wanted.limit, key: f"sha256:{digest}", "reason": reason}
    text = "".join(f"{name}: {scalar(value)}\n" for name, value in lines.items()) + f"through: {through}\n"
    return _written(workspace, settings, id, text)


def _reason(wanted: Wanted) -> str:
    reason, ticket = plain.reason(wanted.reason, letters=3), plain.seen("--ticket", wanted.ticket)
    return f"{ticket}: {reason}" if ticket else reason


def _through(wanted: Wanted, today: date) -> date:
    if wanted.through is not None and wanted.through < today:
        raise Stop(
            Exit.USAGE, f"{wanted.through} is over", f"--through {today + LASTS}, the last day that it may be used"
        )
    return wanted.through or today + LASTS


def _names(workspace: Workspace, wanted: Wanted) -> tuple[str, str]:
    """`asks` or `source`, and the digest without its prefix."""
    if wanted.asks and wanted.source:
        raise Stop(
            Exit.USAGE, "--asks and --source: an acknowledgement names one thing", "keep the one that the plan shows"
        )
    key = "source" if wanted.source else "asks"
    digest = wanted.asks or wanted.source
    if not digest:
        key, digest = _stopped(plan(workspace), wanted.limit)
    digits = digest.removeprefix("sha256:").casefold()
    if not DIGEST.fullmatch(digits):
        raise Stop(
            Exit.USAGE, f"--{key} {digest}: is no digest", f"at least {DIGITS} hex digits of it, as the plan shows them"
        )
    return key, digits


def _stopped(found: Plan, limit: str) -> tuple[str, str]:
    """What this limit stops in a plan: the plan's asks, or, where it is no changeset's, the reading of people."""
    mine = {f.rule for f in found.findings if not f.passed_by} | {hold.rule for hold in found.held}
    if limit in mine and len(found.changesets) == 1:
        return "asks", found.ask_digest
    if limit in {hold.rule for hold in found.others_held} and found.feeds:
        return "source", found.feeds[0].digest
    if limit in mine:
        what = f"{limit} stops one of {len(found.changesets)} changesets"
        raise Stop(Exit.USAGE, what, "seatwise apply names the command for the one that it stops")
    raise Stop(Exit.USAGE, f"a plan of these files is not stopped by {limit}", _others(mine, limit))


def _others(mine: Iterable[str], limit: str) -> str:
    """The limit that was probably meant, or where the digest stands."""
    known = sorted(set(mine) & set(policies.limits()))
    stopped = near(limit, known) or ", ".join(known)
    return f"{stopped}?" if stopped else "for another branch: --asks DIGEST, as its plan shows it"


def _id(root: Path, wanted: str) -> str:
    """The name, with a number where there is such a file."""
    names = [wanted, *(f"{wanted}-{n}" for n in range(2, 1000))]
    return next(name for name in names if not (root / FOLDER / f"{name}.yaml").exists())


def _written(workspace: Workspace, settings: Settings, id: str, text: str) -> Acknowledged:
    """The file, read once more before it is written: what can't be read back as meant is not written."""
    path = f"{FOLDER}/{id}.yaml"
    files, others = workspace.git.worktree(PREFIXES)
    tree, findings = trees.tree({**files, path: text.encode()}, others=others)
    wrong = [f for f in findings if f.level is Level.ERROR and f.place and f.place.path == path]
    if wrong or id not in tree.acks:
        raise Stop(
            Exit.ERROR, "nothing was written: it could not be read again", "a shorter, plainer reason", findings=wrong
        )
    inside.write(workspace.root, {path: text.encode()})
    return Acknowledged(tree.acks[id], settings.branch)
