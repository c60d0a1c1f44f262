"""The name of a branch that a command is to write → a Stop where it can't be one, or belongs to somebody else."""

from __future__ import annotations

from seatwise.core.model import Exit, Settings, Stop
from seatwise.core.parse.settings import collide
from seatwise.edges import journals
from seatwise.flows.workspace import Workspace

LONGEST = 200
"""Characters of a name: a file system keeps 255 bytes of it, and git adds to them."""
FIX = "--branch NAME, as in seats-2027; or leave it out"


def check(workspace: Workspace, settings: Settings, name: str) -> None:
    """Raises Stop unless a branch of this name may be written: one that git takes, and neither the default nor a journal."""
    if len(name) > LONGEST:
        what = f"--branch {name[:20]!r}…: is {len(name):,} characters long, at most {LONGEST} are taken"
        raise Stop(Exit.USAGE, what, FIX)
    if not (name.isprintable() and workspace.git.can_be_branch(name)):
        raise Stop(Exit.USAGE, f"--branch {name!r}: is no name for a branch", FIX)
    if name.casefold() == settings.branch.casefold():
        raise Stop(
            Exit.USAGE, f"{name} is the default branch: it changes by pull requests", "name another branch, or none"
        )
    if taken := next((ref for ref in journals.reserved(settings) if collide(name, ref)), ""):
        raise Stop(Exit.USAGE, f"--branch {name}: {taken} is kept for the journal", FIX)
