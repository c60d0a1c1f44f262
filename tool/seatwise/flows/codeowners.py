"""The files on disk and people → CODEOWNERS as it should be; whether it is so; and writing it."""

from __future__ import annotations

from pathlib import Path

from seatwise import policies
from seatwise.core import codeowners
from seatwise.core.codeowners import FIRST, MOST_BYTES, PATHS, Codeowners, Keepers
from seatwise.core.model import Exit, Stop, Tree
from seatwise.core.resolve import Moment
from seatwise.edges import inside
from seatwise.flows.survey import require_people
from seatwise.flows.workspace import WORKTREE, Workspace


def made(workspace: Workspace, forge: str = "") -> Codeowners:
    """What the forge (else the one of seatwise.yaml) should have. Raises Stop where it would not be read."""
    tree = workspace.sound_tree(WORKTREE)
    forge = forge or tree.settings.forge.get("kind", "")
    if forge not in PATHS:
        raise Stop(Exit.USAGE, "seatwise.yaml names no forge that reads CODEOWNERS", f"--forge {' or '.join(PATHS)}")
    people, findings = workspace.people(tree, WORKTREE, {})
    require_people(findings)
    today = Moment(workspace.clock.now(), tree.settings.timezone).today()
    found = codeowners.codeowners(tree, people, _keepers(tree), forge, today)
    _must_be_read(workspace.root, found)
    return found


def is_there(workspace: Workspace, found: Codeowners) -> bool:
    """Whether the file on disk is a plain file that says exactly this."""
    path = workspace.root / found.path
    return path.is_file() and not path.is_symlink() and path.read_bytes() == found.text.encode()


def write(workspace: Workspace, found: Codeowners) -> None:
    inside.write(workspace.root, {found.path: found.text.encode()})


def _keepers(tree: Tree) -> Keepers:
    params = policies.rules(tree)["min-approvals"].params
    least = min((int(one["approvals"]) for one in params["classes"]), default=int(params["above"]["approvals"]))
    return Keepers(params["files"], params["people"], least)


def _must_be_read(root: Path, found: Codeowners) -> None:
    if "@" not in found.text:
        what = "no approver has a login at the forge, so that every line would let everybody through"
        fix = "map logins in seatwise.yaml: people: sources: <source>: map: {logins: {forge: <column>}}"
        raise Stop(Exit.ERROR, what, fix, findings=found.findings)
    for other in FIRST[found.forge]:
        if (root / other).exists():
            raise Stop(Exit.ERROR, f"{other} is there, and the forge would not read {found.path}", f"git rm {other}")
    most = MOST_BYTES.get(found.forge)
    if most is not None and found.size > most:
        what = f"{found.path} would have {found.size:,} bytes; over {most:,} the forge ignores it, and nobody is asked"
        fix = (
            "let all files of a publisher have one owner, which makes one line of them, or name fewer approvers; "
            "until then delete the file and require seatwise's own check"
        )
        raise Stop(Exit.ERROR, what, fix)
