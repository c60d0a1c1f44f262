"""A workspace + where to look → everything that a decision stands on: what is in force, what is new, people, readings, states.

Changesets are first-parent commits of the default branch. What is in force is the newest admitted one. A pull request
is looked at as it would be after its merge: the rows that it changes, over the tip of the default branch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

from seatwise import policies
from seatwise.core import canon, check, control, rows, stage
from seatwise.core.claims import State
from seatwise.core.course import Frame, Judge, Judgement
from seatwise.core.decide import History, Situation, TreeLink
from seatwise.core.model import (
    Changeset,
    Exit,
    Finding,
    Level,
    Review,
    RolloutState,
    RowChange,
    Settings,
    Stop,
    Tree,
)
from seatwise.core.resolve import Moment
from seatwise.core.rollout import REVERSE_DAYS
from seatwise.edges import journals
from seatwise.edges.git import Commit
from seatwise.flows.workspace import PREFIXES, WORKTREE, Workspace

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found. `links` are the changesets that are not admitted yet, oldest first; the last may be a pull request."""

    base: str
    """The commit in force; empty before the first run."""
    tip: str
    links: tuple[TreeLink, ...]
    situation: Situation
    frame: Frame
    findings: tuple[Finding, ...]
    """About people, and about a branch that can't be taken as it is."""
    admitted: tuple[Record, ...] = ()
    stopped: Stop | None = field(default=None, compare=False)
    """Why a changeset after `links` could not even be read."""

    @property
    def tree(self) -> Tree:
        return self.links[-1].tree if self.links else self.frame.tree


@dataclass(frozen=True, slots=True)
class Grounds:
    """The git side of a survey: commits and their trees, no people and no vendor."""

    base: str
    tip: str
    before: Tree
    links: tuple[TreeLink, ...]
    admitted: tuple[Record, ...]
    stopped: Stop | None = None

    @property
    def tree(self) -> Tree:
        return self.links[-1].tree if self.links else self.before

    @property
    def head(self) -> str:
        """The commit that files are read at."""
        return self.links[-1].changeset.commit if self.links else self.base


def grounds(workspace: Workspace, settings: Settings, tip: str) -> Grounds:
    """What is admitted, and every changeset of the default branch since."""
    journal = workspace.admissions(settings)
    journals.must_exist(journal, workspace.git, settings)
    admitted = tuple(r for r in journal.read() if r["type"] == "admitted")
    base = admitted[-1]["commit"] if admitted else ""
    if base and not workspace.git.is_ancestor(base, tip):
        what = f"commit {base[:9]} is in force, and {settings.branch} no longer comes after it"
        raise Stop(
            Exit.STALE, what, f"bring {base[:9]} back into the history of {settings.branch}; never force push it"
        )
    before = workspace.sound_tree(base)
    links, stopped = _links(workspace, base, tip, before, admitted)
    return Grounds(base, tip, before, links, admitted, stopped)


def with_branch(workspace: Workspace, found: Grounds, branch: str) -> Grounds:
    """The grounds with what is on disk (or another commit) as one changeset more, as it would be after its merge."""
    commit, tree, title = _pull_request(workspace, found, branch)
    changed = _rows(workspace, found.tree, tree, found.head, commit)
    if not changed:
        return found
    changeset = Changeset(commit, found.head, title, at=workspace.clock.now())
    return replace(found, links=(*found.links, _link(changeset, tree, changed, found.admitted, workspace)))


def survey(
    workspace: Workspace, found: Grounds, accounts: Sequence[str] | None = None, *, heard: bool = True
) -> Survey:
    """The grounds with people, readings and what the journals say; with what people said to rollouts and the next run will
    obey, unless that run itself looks (`heard`)."""
    tree, settings = found.tree, found.tree.settings
    names = [id for id in settings.accounts if accounts is None or id in accounts]
    states = {id: workspace.state(settings, id) for id in names}
    if heard:
        said, now = workspace.control(settings).read(), workspace.clock.now()
        states = {id: control.expected(one, control.heard(said, id, one), now) for id, one in states.items()}
    people, findings = workspace.people(tree, found.head, previous_rows(found.admitted))
    readings = workspace.readings(tree, found.head, names)
    histories = {id: history(workspace, found, id, states[id]) for id in names}
    merged = policies.rules(tree)
    links = tuple(_fast(link, states, workspace, found.admitted) for link in found.links)
    situation = Situation(
        {id: _quick(h, links) for id, h in histories.items()},
        people,
        readings,
        states,
        Moment(workspace.clock.now(), settings.timezone),
        _grace(merged),
    )
    frame = Frame(found.before, tree, merged, stage.stage_rules(merged))
    return Survey(found.base, found.tip, links, situation, frame, findings, found.admitted, found.stopped)


def require_people(findings: Iterable[Finding]) -> None:
    """Raises Stop where people could not be read completely: unknown is not empty, and nobody is a leaver."""
    errors = [f for f in findings if f.level is Level.ERROR and not f.passed_by]
    if errors:
        raise Stop(Exit.ERROR, "people are not complete: nothing is compared, nothing is changed", findings=errors)


def judge(frame: Frame, tip: Tree) -> Judge:
    """What the policies say of a review. Exceptions and acknowledgements are read from the newest tree: one that lands
    after the change that it serves lets it pass at the next run."""

    def said(review: Review) -> Judgement:
        before = replace(review, tree=review.before, rows=(), changes=(), lanes={}, sizes={}, tickets=(), title="")
        known = check.keys(check.findings(before, policies.RULES, frame.policies)) if review.rows else frozenset()
        found = check.findings(review, policies.RULES, frame.policies, known)
        feeds = [feed.digest for feed in review.feeds]
        needs = policies.min_approvals.needs(review, frame.policies["min-approvals"]) if review.rows else ()
        return Judgement(check.passed(found, tip, review.asks, review.today, feeds), needs)

    return said


def history(workspace: Workspace, found: Grounds, account: str, state: State) -> History:
    """What one account was last resolved at, and every changeset since, admitted or new."""
    late: list[TreeLink] = []
    for record in reversed(found.admitted):
        if record["commit"] == state.commit:
            break
        link = _admitted_link(workspace, record)
        if not state.commit and account not in link.tree.settings.accounts:
            break
        late.insert(0, link)
    base = late[0].changeset.parent if late else found.base
    return History(workspace.sound_tree(base), (*late, *found.links))


def previous_rows(admitted: Sequence[Record]) -> dict[str, int]:
    """People source → rows of its last complete reading."""
    return next((dict(record["people"]) for record in reversed(admitted) if record.get("people")), {})


def _links(
    workspace: Workspace, base: str, tip: str, before: Tree, admitted: Sequence[Record]
) -> tuple[tuple[TreeLink, ...], Stop | None]:
    commits = workspace.git.first_parents(base, tip) if base else (workspace.git.told(tip),)
    links: list[TreeLink] = []
    parent = before
    for commit in commits:
        try:
            tree = workspace.sound_tree(commit.sha)
        except Stop as stop:
            return tuple(links), stop
        changed = _rows(workspace, parent, tree, base or "", commit.sha)
        links.append(_link(_changeset(commit, base), tree, changed, admitted, workspace))
        parent, base = tree, commit.sha
    return tuple(links), None


def _changeset(commit: Commit, base: str) -> Changeset:
    return Changeset(
        commit.sha, commit.parent if base else "", commit.subject, commit.author, commit.reverts, commit.at
    )


def _link(
    changeset: Changeset, tree: Tree, changed: tuple[RowChange, ...], admitted: Sequence[Record], workspace: Workspace
) -> TreeLink:
    ask = canon.ask_digest(changed) if changed else ""
    reverses = _reverses(changeset, changed, ask, admitted, workspace) if changed else ""
    return TreeLink(changeset, tree, changed, ask, reverses)


def _reverses(
    changeset: Changeset, changed: Sequence[RowChange], ask: str, admitted: Sequence[Record], workspace: Workspace
) -> str:
    """The admitted changeset that this one takes back by its rows: all of them exactly, or, where it names it, a part."""
    taken_back = {record["reverse_of"] for record in admitted}
    for record in reversed(admitted):
        if record["commit"] in taken_back:
            continue
        if record["inverse"] == ask:
            return str(record["commit"])
        if changeset.reverts and record["commit"].startswith(changeset.reverts) and _part(changed, record, workspace):
            return str(record["commit"])
    return ""


def _part(changed: Sequence[RowChange], record: Record, workspace: Workspace) -> bool:
    link = _admitted_link(workspace, record)
    inverse = rows.inverse(link.rows)
    return all(change in inverse for change in changed)


def _admitted_link(workspace: Workspace, record: Record) -> TreeLink:
    """An admitted changeset, as the journal of admissions names it."""
    tree, parent = workspace.sound_tree(record["commit"]), workspace.sound_tree(record["parent"])
    changed = _rows(workspace, parent, tree, record["parent"], record["commit"])
    changeset = Changeset(record["commit"], record["parent"], record["title"], at=canon.instant(record["at"]))
    return TreeLink(changeset, tree, changed, record["ask"], record["reverse_of"], bool(record["fast"]))


def _rows(workspace: Workspace, before: Tree, after: Tree, old: str, new: str) -> tuple[RowChange, ...]:
    """Rows of the trees, and of people files that the repository keeps."""
    return rows.changed(_with_people(workspace, before, old), _with_people(workspace, after, new))


def _with_people(workspace: Workspace, tree: Tree, commit: str) -> Tree:
    """The tree with the digests of the people files that git keeps among its governed files."""
    paths = [str(s.config["from"]) for s in tree.settings.sources if s.config.get("from")]
    if not commit or not paths:
        return tree
    files = workspace.git.worktree(paths)[0] if commit == WORKTREE else workspace.git.files(commit, paths)
    digests = {path: f"sha256:{sha256(data).hexdigest()}" for path, data in files.items()}
    return replace(tree, digests={**tree.digests, **digests}) if digests else tree


def _pull_request(workspace: Workspace, found: Grounds, branch: str) -> tuple[str, Tree, str]:
    """The commit that stands for the change, the tree after its merge, and its title."""
    git = workspace.git
    head = git.head() if branch == WORKTREE else git.resolve(branch)
    if head is None:
        raise Stop(Exit.ERROR, f"there is no commit {branch}", "git branch --all")
    onto = found.head
    dirty = branch == WORKTREE and bool(git.dirty(PREFIXES))
    title = git.told(head).subject if head != onto else ""
    behind = bool(onto) and not git.is_ancestor(onto, head)
    if dirty:
        if behind and git.merge_base(onto, head) != head:
            what = "there are edits that are not committed, and the default branch has moved on"
            raise Stop(Exit.STALE, what, "commit them, or merge the default branch first")
        return WORKTREE, workspace.sound_tree(WORKTREE), title or "edits that are not committed"
    if behind and git.is_ancestor(head, onto):
        return found.head, found.tree, title
    if behind:
        merge = git.merged(onto, head)
        if merge.tree is None:
            what = f"this branch conflicts with the default branch in {', '.join(merge.conflicts[:5])}"
            raise Stop(Exit.STALE, what, "merge the default branch into it")
        return head, workspace.sound_tree(merge.tree), title
    return head, workspace.sound_tree(head), title


def _fast(link: TreeLink, states: Mapping[str, State], workspace: Workspace, admitted: Sequence[Record]) -> TreeLink:
    """Whether what the link reverses is open, or closed lately."""
    if not link.reverse_of:
        return link
    since = workspace.clock.now() - timedelta(days=REVERSE_DAYS)
    rollouts = [r for s in states.values() for r in s.rollouts.values() if r.commit == link.reverse_of]
    late = [r.ended for r in rollouts if r.ended is not None]
    open_still = any(r.state is not RolloutState.CLOSED for r in rollouts)
    at = next(canon.instant(r["at"]) for r in admitted if r["commit"] == link.reverse_of)
    return replace(link, fast=open_still or max([*late, at]) >= since)


def _quick(history: History, links: Sequence[TreeLink]) -> History:
    """The history with the links as they were judged (fast or not)."""
    known = {link.changeset.commit: link for link in links}
    return replace(history, links=tuple(known.get(one.changeset.commit, one) for one in history.links))


def _grace(merged: Mapping[str, Any]) -> timedelta:
    grace = merged["mode"].params.get("grace")
    return grace.delta() if grace else timedelta(days=7)
