"""A workspace and a commit → a branch that takes back what the commit did, by meaning; or, checked, what that would do.

Files are taken back whole where nobody touched them since, by a three-way merge where somebody did, and row by row where
that conflicts. Whatever was written is read again: only the inverse of the commit's own rows may have changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from seatwise.core import back, canon, rows
from seatwise.core.back import Back
from seatwise.core.model import Exit, RolloutState, RowChange, Settings, Stop, Terms, Tree
from seatwise.core.parse.places import SETTINGS
from seatwise.core.resolve import Moment
from seatwise.core.rollout import REVERSE_DAYS
from seatwise.edges import edit, merge3
from seatwise.edges import tree as trees
from seatwise.edges.git import Commit
from seatwise.flows import branches
from seatwise.flows import survey as surveys
from seatwise.flows.plan import tip_of
from seatwise.flows.workspace import PREFIXES, Workspace

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class _Three:
    """The commit's parent, the commit, and the tip: files and trees."""

    old: Files
    new: Files
    tip: Files
    old_tree: Tree
    new_tree: Tree
    tip_tree: Tree


def check(workspace: Workspace, commit: str) -> Back:
    """What taking the commit back would do, and what it would not bring back. Writes nothing."""
    return _back(workspace, commit)[0]


def rollback(workspace: Workspace, commit: str, branch: str | None = None) -> Back:
    """Writes the branch. Raises Stop where the commit has nothing that can be taken back."""
    if branch:
        branches.check(workspace, workspace.settings(workspace.git.head() or ""), branch)
    found, files, tip = _back(workspace, commit)
    if not found.undone:
        raise Stop(
            Exit.USAGE, f"commit {found.commit[:9]} has no row that still stands", "seatwise rollback --check " + commit
        )
    name = branch or f"rollback-{found.commit[:9]}"
    message = f'Take back "{found.title}"\n\nSeatwise-Reverts: {found.commit}\n'
    workspace.git.write_branch(name, tip, files, message)
    return replace(found, branch=name)


def _back(workspace: Workspace, commit: str) -> tuple[Back, dict[str, bytes | None], str]:
    sha = workspace.git.resolve(commit)
    if sha is None:
        raise Stop(Exit.USAGE, f"there is no commit {commit}", "git log --oneline --first-parent")
    settings = workspace.sound_tree(sha).settings
    tip = tip_of(workspace, settings.branch, settings.journal_remote)
    if not workspace.git.is_ancestor(sha, tip):
        raise Stop(Exit.USAGE, f"{sha[:9]} is not on {settings.branch}", "take back what was merged; drop the rest")
    told = workspace.git.told(sha)
    before = _before(workspace, settings, told)
    if not before or not workspace.git.files(before, [SETTINGS]):
        what = f"commit {sha[:9]} began the repository: before it there are no files to go back to"
        raise Stop(Exit.USAGE, what, "take the rows that are not wanted out of the files, on a branch")
    three = _three(workspace, before, sha, tip)
    undone, superseded = back.split(
        rows.changed(three.old_tree, three.new_tree), rows.changed(three.new_tree, three.tip_tree)
    )
    files = _files(three, undone)
    left = _left(three, files, undone)
    done = tuple(change for change in undone if change not in left)
    made = Back(sha, told.subject, "", done, tuple(map(back.named, superseded)), tuple(map(back.named, left)))
    return _with_outcomes(workspace, made, tip, settings), files, tip


def _before(workspace: Workspace, settings: Settings, told: Commit) -> str:
    """The commit before it; of one that mended others, the last one that could be read."""
    records = workspace.admissions(settings).read()
    mended = (r["parent"] for r in records if r["type"] == "admitted" and r["commit"] == told.sha and r["over"])
    return next(mended, told.parent)


def _three(workspace: Workspace, parent: str, commit: str, tip: str) -> _Three:
    old, new, now = (workspace.git.files(c, PREFIXES) if c else {} for c in (parent, commit, tip))
    return _Three(old, new, now, *(workspace.sound_tree(c) for c in (parent, commit, tip)))


def _files(three: _Three, undone: Sequence[RowChange]) -> dict[str, bytes | None]:
    """Path → content that takes the commit back; None: the file goes."""
    files: dict[str, bytes | None] = {}
    for path in sorted(three.old.keys() | three.new.keys()):
        if three.old.get(path) != three.new.get(path):
            files[path] = _file(three, path, undone)
    return {path: data for path, data in files.items() if data != three.tip.get(path)}


def _file(three: _Three, path: str, undone: Sequence[RowChange]) -> bytes | None:
    old, new, tip = three.old.get(path), three.new.get(path), three.tip.get(path)
    if tip == new:
        return old
    if old is not None and new is not None and tip is not None:
        merged = merge3.merged(tip, new, old)
        return merged if merged is not None else _by_rows(three, path, tip, undone)
    return tip


def _by_rows(three: _Three, path: str, tip: bytes, undone: Sequence[RowChange]) -> bytes:
    """The file with its named rows taken back one by one."""
    text = tip.decode()
    for change in undone:
        if change.row.kind == "user" and change.row.place.path == path:
            text = _row(three, text, change)
    return text.encode()


def _row(three: _Three, text: str, change: RowChange) -> str:
    who = change.row.key[2]
    if change.after is None:
        return edit.remove_person(text, back.place(change, three.tip_tree), who)
    name = back.place(change, three.old_tree)
    through, options = change.after.value["through"], canon.options(change.after.value["options"])
    return edit.add_person(text, name, who, Terms(canon.day(through) if through else None, options))


def _left(three: _Three, files: Mapping[str, bytes | None], undone: Sequence[RowChange]) -> tuple[RowChange, ...]:
    """Rows that the new files do not take back. Raises Stop where they change anything else."""
    whole = {path: data for path, data in {**three.tip, **files}.items() if data is not None}
    tree, findings = trees.tree(whole)
    errors = [f for f in findings if f.level == "error"]
    got = rows.changed(three.tip_tree, tree)
    more = [change for change in got if change not in undone]
    if errors or more:
        said = ", ".join(map(back.named, more[:5])) or errors[0].what
        what = f"later commits are mixed into the same lines; taking it back would also change: {said}"
        raise Stop(Exit.ERROR, what, "take it back by hand, on a branch", findings=errors)
    return tuple(change for change in undone if change not in got)


def _with_outcomes(workspace: Workspace, made: Back, tip: str, settings: Settings) -> Back:
    """With what the journals say was carried out, and what would not come back."""
    found = surveys.grounds(workspace, settings, tip)
    seen = surveys.survey(workspace, replace(found, links=()))
    states = list(seen.situation.states.values())
    reverse = back.calls(made.commit, states)
    moment = Moment(workspace.clock.now(), settings.timezone)
    stays = back.stays(reverse, seen.situation.people, moment, seen.situation.readings)
    rollouts = [r for s in states for r in s.rollouts.values() if r.commit == made.commit]
    since = workspace.clock.now() - timedelta(days=REVERSE_DAYS)
    fast = any(r.state is not RolloutState.CLOSED or (r.ended or since) > since for r in rollouts)
    return replace(
        made, calls=reverse, forgets=back.forgets(made.commit, states), stays=tuple(dict.fromkeys(stays)), fast=fast
    )
