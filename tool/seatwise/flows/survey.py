"""A workspace + where to look → everything that a decision stands on: what is in force, what is new, people, readings, states.

Changesets are first-parent commits of the default branch. What is in force is the newest admitted one. A commit whose
files can't be read asks nothing; the next one that can be read is compared with the last good one before it, so that its
rows, and its approval, are those of both (docs/adr/0014-broken-commits.md). A pull request is looked at as it would be
after its merge: the rows that it changes, over the tip of the default branch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from seatwise import policies, sources
from seatwise.core import canon, check, control, founded, people_file, rows, stage
from seatwise.core.claims import State
from seatwise.core.course import Frame, Judge, Judgement
from seatwise.core.decide import History, Situation, TreeLink
from seatwise.core.model import (
    Account,
    Changeset,
    Exit,
    Finding,
    Level,
    PeopleSource,
    Policy,
    Review,
    RolloutState,
    Row,
    RowChange,
    Settings,
    Stop,
    Tree,
)
from seatwise.core.resolve import Moment
from seatwise.core.rollout import REVERSE_DAYS
from seatwise.edges import journals
from seatwise.edges.git import Commit
from seatwise.edges.site import Site
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
    """Why what comes after `links` can't be read, and from which commit on."""

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
    lengths: Mapping[str, int] = field(default_factory=dict)
    """Account → how many records its journal must have: so many were there when a changeset was admitted last."""
    over: tuple[str, ...] = ()
    """The commits after `links` that can't be read."""

    @property
    def tree(self) -> Tree:
        return self.links[-1].tree if self.links else self.before

    @property
    def head(self) -> str:
        """The commit that files are read at."""
        return self.links[-1].changeset.commit if self.links else self.base

    @property
    def trusted(self) -> Settings:
        """The settings, with the signers of the commit in force: a changeset can't name its own."""
        return replace(self.tree.settings, journal_signers=self.before.settings.journal_signers)


def grounds(workspace: Workspace, settings: Settings, tip: str) -> Grounds:
    """What is admitted, and every changeset of the default branch since."""
    journal = workspace.admissions(settings)
    journals.must_exist(journal, workspace.git, settings)
    written = journal.recent()
    admitted = tuple(r for r in written if r["type"] == "admitted")
    base = admitted[-1]["commit"] if admitted else ""
    if base and not workspace.git.is_ancestor(base, tip):
        what = f"commit {base[:9]} is in force, and {settings.branch} no longer comes after it"
        raise Stop(
            Exit.STALE, what, f"bring {base[:9]} back into the history of {settings.branch}; never force push it"
        )
    before = workspace.sound_tree(base)
    if base and before.settings.journal_signers != settings.journal_signers:
        workspace.admissions(before.settings).recent()
    return _read(workspace, Grounds(base, tip, before, (), admitted, lengths=lengths(written)))


def lengths(admissions: Iterable[Record]) -> dict[str, int]:
    """How many records the journal of each account has at least, as the journal of admissions says."""
    known: dict[str, int] = {}
    for record in admissions:
        known.update(record["journals"] if record["type"] in ("admitted", "recovered") else {})
    return known


def with_branch(workspace: Workspace, found: Grounds, branch: str) -> Grounds:
    """The grounds with what is on disk (or another commit) as one changeset more, as it would be after its merge."""
    commit, tree, title = _pull_request(workspace, found, branch)
    changed = _rows(workspace, found.tree, tree, found.head, commit)
    if not changed and (commit == found.head or not found.over):
        return found
    changeset = Changeset(commit, found.head, title, at=workspace.clock.now(), over=found.over)
    links = (*found.links, _link(changeset, tree, changed, found.admitted, workspace))
    return replace(found, links=links, stopped=None, over=())


def connected(found: Grounds) -> tuple[str, ...]:
    """The accounts that stand in the commit in force just as they do here: with no other does a change get to choose where a
    secret is sent. Raises Stop where people would be read otherwise than there, with a secret."""
    here, there = found.tree.settings, found.before.settings
    known = {source.id: there.lent(source) for source in there.sources}
    for source in here.sources:
        lent = here.lent(source)
        if known.get(source.id) != lent and "env:" in str(lent.config):
            what = f"{source.place}: people source {source.id} is connected otherwise than in the commit in force"
            raise Stop(Exit.DENIED, what, "nobody is read with its secret before it is merged; bring it alone")
    return tuple(id for id, one in here.accounts.items() if there.accounts.get(id) == one or not _secret(one))


def _secret(account: Account) -> bool:
    return account.vendor != "sandbox" and account.vendor != "table"


def survey(
    workspace: Workspace,
    found: Grounds,
    accounts: Sequence[str] | None = None,
    states: Mapping[str, State] | None = None,
    *,
    heard: bool = True,
) -> Survey:
    """The grounds with people, readings and what the journals say; with what people said to rollouts and the next run will
    obey, unless that run itself looks (`heard`). `states`: what the journals are taken to say instead."""
    tree, settings = found.tree, found.tree.settings
    names = [id for id in settings.accounts if accounts is None or id in accounts]
    people, findings = workspace.people(tree, found.head, previous_rows(found.admitted))
    readings = workspace.readings(tree, found.head, names)
    states = _states(workspace, found, names, heard=heard) if states is None else states
    doubted = founded.doubted(states, found.before, people, partial(trees, workspace, found.admitted))
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
    asks_of = {r["commit"]: r["ask"] for r in found.admitted} | {link.changeset.commit: link.ask for link in links}
    frame = Frame(found.before, tree, merged, stage.stage_rules(merged), asks_of)
    findings = (*findings, *doubted)
    return Survey(found.base, found.tip, links, situation, frame, findings, found.admitted, found.stopped)


def trees(workspace: Workspace, admitted: Sequence[Record], commit: str) -> tuple[Tree, ...]:
    """The tree of a commit and those before it, in git and in force: files between that can't be read ask nothing. None where
    there is no such commit."""
    sha = workspace.git.resolve(commit)
    in_force = (record["parent"] for record in admitted if record["commit"] == sha)
    commits = (sha, workspace.git.told(sha).parent, *in_force) if sha else ()
    return tuple(workspace.tree(one)[0] for one in dict.fromkeys(commits) if one)


def _states(workspace: Workspace, found: Grounds, accounts: Sequence[str], *, heard: bool) -> dict[str, State]:
    """What the journals say, signed by whom the commit in force trusts; with what people said and no run obeyed yet (`heard`).
    Raises Stop where one is shorter than it was when a changeset was admitted last."""
    states = {id: workspace.state(found.trusted, id) for id in accounts}
    for id, state in states.items():
        if state.n < (due := found.lengths.get(id, 0)):
            there = f"ends at record {state.n}" if state.n else "is missing"
            what = f"the journal of account {id} {there}, and had {due} records when {found.base[:9]} was admitted"
            raise Stop(Exit.EVIDENCE, what, "push it back from a clone that has it; else seatwise journal recover")
    if not heard:
        return states
    said, now = workspace.control(found.trusted).read(), workspace.clock.now()
    return {id: control.expected(one, control.heard(said, id, one), now) for id, one in states.items()}


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
        needs = policies.min_approvals.needs(review, _approvals(review, frame)) if review.rows else ()
        by_seat = check.asks_by_seat(review) if tip.acks else check.NO_SEATS
        return Judgement(check.passed(found, tip, review.asks, review.today, feeds, by_seat), needs)

    return said


def _approvals(review: Review, frame: Frame) -> Policy:
    """Who has to approve is read from the tree before a change, so that none lowers what it needs itself; on a first run there is
    none before."""
    before = policies.rules(review.before) if review.before.owners else frame.policies
    return before["min-approvals"]


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


def _read(workspace: Workspace, found: Grounds) -> Grounds:
    """The grounds with every changeset after the one in force."""
    git = workspace.git
    for commit in git.first_parents(found.base, found.tip) if found.base else (git.told(found.tip),):
        try:
            tree = workspace.sound_tree(commit.sha)
        except Stop as stop:
            over = (*found.over, commit.sha)
            found = replace(found, stopped=_unreadable(stop, over[0]), over=over)
            continue
        changed = _rows(workspace, found.tree, tree, found.head, commit.sha)
        link = _link(_changeset(commit, found), tree, changed, found.admitted, workspace)
        found = replace(found, links=(*found.links, link), stopped=None, over=())
    return found


def _unreadable(stop: Stop, first: str) -> Stop:
    what = f"{stop.what}; nothing from {first[:9]} on is admitted"
    return Stop(stop.code, what, "mend the files in a commit of their own: seatwise validate", findings=stop.findings)


def _changeset(commit: Commit, found: Grounds) -> Changeset:
    return Changeset(commit.sha, found.head, commit.subject, commit.author, commit.reverts, commit.at, found.over)


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
    at, over = canon.instant(record["at"]), tuple(record["over"])
    changeset = Changeset(record["commit"], record["parent"], record["title"], at=at, over=over)
    return TreeLink(changeset, tree, changed, record["ask"], record["reverse_of"], bool(record["fast"]))


def changed(workspace: Workspace, old: str, new: str) -> tuple[RowChange, ...]:
    """The rows that differ between two commits (empty: the empty tree). Raises Stop where one can't be read."""
    return _rows(workspace, workspace.sound_tree(old), workspace.sound_tree(new), old, new)


def brought(workspace: Workspace, start: str, head: str, onto: str) -> tuple[RowChange, ...]:
    """The rows that a head changed since `start`, where it left the default branch, less those true at `onto` already."""
    commits = (start, head, onto)
    base, after, parent = (workspace.sound_tree(commit) for commit in commits)
    kept = [_people_files(workspace, tree, at) for tree, at in zip((base, after, parent), commits, strict=True)]
    was, now, there = (tuple(_people_rows(workspace, files, _same_in(kept))) for files in kept)
    return rows.brought(parent, base, after, was, now, there)


def _same_in(kept: Sequence[Mapping[str, _PeopleFile]]) -> dict[str, _PeopleFile]:
    """The people files that all of these have just so."""
    return {path: file for path, file in kept[0].items() if all(one.get(path) == file for one in kept)}


def _rows(workspace: Workspace, before: Tree, after: Tree, old: str, new: str) -> tuple[RowChange, ...]:
    """Rows of the trees, and of the people files that git keeps and that say, or are read, otherwise than before."""
    was, now = _people_files(workspace, before, old), _people_files(workspace, after, new)
    return rows.changed(before, after, _people_rows(workspace, was, now), _people_rows(workspace, now, was))


@dataclass(frozen=True, slots=True)
class _PeopleFile:
    """One people file as a commit has it, and how its source reads it."""

    source: PeopleSource
    key: str
    data: bytes


def _people_files(workspace: Workspace, tree: Tree, commit: str) -> dict[str, _PeopleFile]:
    """The people files that git keeps, by path."""
    sources = {str(s.config["from"]): s for s in tree.settings.sources if s.config.get("from")}
    if not commit or not sources:
        return {}
    git = workspace.git
    files = git.worktree([*sources])[0] if commit == WORKTREE else git.files(commit, [*sources])
    return {
        path: _PeopleFile(sources[path], tree.settings.people_key, files[path]) for path in sources if path in files
    }


def _people_rows(
    workspace: Workspace, these: Mapping[str, _PeopleFile], others: Mapping[str, _PeopleFile]
) -> Iterator[Row]:
    """The rows of those files that the other side has not the same; one that can't be read is a row as a whole."""
    for path, file in these.items():
        if others.get(path) != file:
            try:
                raw = sources.read(file.source, _site(workspace, file.data))
            except Stop:
                yield Row("file", (path,), {"digest": f"sha256:{sha256(file.data).hexdigest()}"})
            else:
                yield from people_file.rows(file.source, raw, file.key)


def _site(workspace: Workspace, data: bytes) -> Site:
    """Surroundings in which a people file has these bytes."""
    return Site(workspace.root, workspace.clock, lambda path: (data, workspace.clock.now()))


def _pull_request(workspace: Workspace, found: Grounds, branch: str) -> tuple[str, Tree, str]:
    """The commit that stands for the change, the tree after its merge, and its title."""
    git = workspace.git
    head = git.head() if branch == WORKTREE else git.resolve(branch)
    if head is None:
        raise Stop(Exit.ERROR, f"there is no commit {branch}", "git branch --all")
    onto = found.tip if found.over else found.head
    kept = [str(s.config["from"]) for s in found.tree.settings.sources if s.config.get("from")]
    dirty = branch == WORKTREE and bool(git.dirty([*PREFIXES, *kept]))
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
