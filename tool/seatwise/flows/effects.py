"""Two commits → the rows that merging the one into the other would change: from git alone, no people, no vendor, no network."""

from __future__ import annotations

from seatwise import policies
from seatwise.core import canon, effects, rows
from seatwise.core.effects import Effect, Effects
from seatwise.core.model import Exit, People, Review, Stop
from seatwise.core.resolve import Moment
from seatwise.flows import survey
from seatwise.flows.workspace import Workspace


def between(workspace: Workspace, base: str, head: str) -> Effects:
    """What merging `head` into `base` would change. Owners and approval rules are those of base. Raises Stop where a commit is
    not there, or its files can't be read as meant."""
    onto, tip = (_commit(workspace, rev) for rev in (base, head))
    start = workspace.git.merge_base(onto, tip)
    if start is None:
        fix = "fetch the whole history: git fetch --unshallow" if workspace.git.is_shallow() else "name another base"
        raise Stop(Exit.ERROR, f"{base} and {head} have no commit in common", fix)
    changes = survey.brought(workspace, start, tip, onto)
    before, after = workspace.sound_tree(onto), workspace.sound_tree(tip)
    merged = policies.rules(before)
    now = workspace.clock.now()
    today = Moment(now, before.settings.timezone).today()
    review = Review(
        tree=after, before=before, people=People(), rules=merged, now=now, today=today, rows=changes,
        sizes=effects.sizes(changes, before, after, today),
    )  # fmt: skip
    rule, approvals = merged["min-approvals"], policies.min_approvals
    shown = (
        Effect(one, rows.bound(one, before, after, today), approvals.answering(review, rule, one)) for one in changes
    )
    ask = canon.ask_digest(changes) if changes else ""
    return Effects(onto, tip, start, ask, tuple(shown), approvals.needs(review, rule))


def _commit(workspace: Workspace, rev: str) -> str:
    sha = workspace.git.resolve(rev)
    if sha is None:
        raise Stop(Exit.ERROR, f"there is no commit {rev}", "git fetch, or name a commit that is here")
    return sha
