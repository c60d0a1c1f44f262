"""Changesets and the forge → whether each is approved by those who may, over exactly the rows that it brings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeVar

from seatwise import policies
from seatwise.core import approval, canon, practice, rows
from seatwise.core.approval import Case, Verdict
from seatwise.core.decide import TreeLink
from seatwise.core.model import (
    Exit,
    Forge,
    Need,
    Request,
    Selector,
    Settings,
    Stop,
    Tree,
    VendorError,
)
from seatwise.edges import forge as forges
from seatwise.edges.forge import signed
from seatwise.flows import survey as surveys
from seatwise.flows.survey import Survey
from seatwise.flows.workspace import Workspace

T = TypeVar("T")
NO_ROWS = Verdict(True, "no rows", "nothing is asked")


@dataclass(slots=True)
class Desk:
    """Who is asked about the changesets of one run: each pull request once, each head once. `used`: votes that counted before."""

    workspace: Workspace
    used: frozenset[str] = frozenset()
    inverses: frozenset[str] = frozenset()
    """Ask digests of the exact reverses of what was approved by somebody: they need less."""
    requests: dict[tuple[str, str], Request | None] = field(default_factory=dict)
    forges: dict[str, Forge | None] = field(default_factory=dict)

    def of(self, seen: Survey, index: int, needs: Sequence[Need], opened: Request | None = None) -> Verdict:
        """How it stands with one changeset of a survey; `needs` are what policies say of it. `opened`: a pull request that is
        not merged, which it would come by."""
        link = seen.links[index]
        parent = seen.links[index - 1].tree if index else seen.frame.before
        if not link.rows:
            return NO_ROWS
        asked = whom(seen, index)
        kind = asked.forge.get("kind", "")
        if kind == "none":
            return practice.verdict(link.changeset, parent, link.tree)
        if kind not in forges.KINDS:
            return practice.unknown(kind, str(asked.place), link.changeset.commit)
        if not seen.base and opened is None:
            return self._first(link, asked)
        request = opened or self.request(asked, link.changeset.commit)
        if request is None:
            return _none(link)
        return self._verdict(link, parent, link.changeset.parent, asked, request, needs)

    def request(self, settings: Settings, commit: str) -> Request | None:
        """The pull request by which the commit came. Raises Stop where the forge can't be asked."""
        forge = self.forge(settings)
        assert forge is not None
        key = (settings.forge["kind"], commit)
        if key not in self.requests:
            self.requests[key] = asked(lambda: forge.by(commit))
        return self.requests[key]

    def forge(self, settings: Settings) -> Forge | None:
        key = canon.digest(dict(settings.forge))
        if key not in self.forges:
            site = self.workspace.site("")
            self.forges[key] = asked(lambda: forges.opened(settings, self.workspace.git, site))
        return self.forges[key]

    def _verdict(
        self, link: TreeLink, parent: Tree, base: str, asked: Settings, request: Request, needs: Sequence[Need]
    ) -> Verdict:
        case = self._case(link, parent, base, asked, request, needs)
        return approval.verdict(case, asked.forge["kind"])

    def _case(
        self,
        link: TreeLink,
        parent: Tree,
        base: str,
        asked: Settings,
        request: Request,
        needs: Sequence[Need],
        people_at: str = "",
    ) -> Case:
        """`people_at`: the commit that people are read at, where it is not the base."""
        workspace, now = self.workspace, self.workspace.clock.now()
        people, _ = workspace.people(parent, people_at or base, {})
        remote = workspace.remote(asked)
        votes = (*request.votes, *signed.votes(workspace.git, remote, parent, link.ask, now))
        heads = {vote.commit for vote in votes if not vote.ask}
        return Case(
            ask=link.ask,
            rows=link.rows,
            needs=tuple(needs),
            before=parent,
            people=people,
            request=replace(request, votes=votes, makers=request.makers | self._mended(link, asked)),
            branch=asked.branch,
            now=now,
            age=age(parent),
            reviewed={head: ask for head in heads if (ask := self._reviewed(remote, base, head))},
            used=self.used,
            selectors=_selectors((parent, link.tree)),
            reverse=bool(link.reverse_of) and link.ask in self.inverses,
            single=asked.forge.get("approvals") == "single" and asked.forge["kind"] != "local",
        )

    def _mended(self, link: TreeLink, asked: Settings) -> frozenset[str]:
        """Who made the commits that it stands for besides its own: broken ones, whose rows it has too."""
        found: set[str] = set()
        for commit in link.changeset.over:
            request = self.request(asked, commit)
            found |= {*request.makers, request.author} if request else self._named(commit)
        return frozenset(found - {""})

    def _named(self, commit: str) -> set[str]:
        """Whom what came by no pull request names as its makers."""
        git = self.workspace.git
        made = git.between(git.told(commit).parent, commit)
        mails = (mail for one in made for mail in (one.author_mail, one.committer_mail) if mail)
        return {f"{approval.MAIL}{mail.casefold()}" for mail in mails}

    def _reviewed(self, remote: str | None, base: str, head: str) -> str:
        """The ask digest of what a head would have brought: its rows since it left the default branch, less those that are true
        there already. Empty: it can't be had, or not be read."""
        git = self.workspace.git
        there = git.bring(remote, head) if remote else git.resolve(head) is not None
        start = git.merge_base(base, head) if there and base else ""
        if start is None or not there:
            return ""
        try:
            return canon.ask_digest(surveys.brought(self.workspace, start, head, base))
        except Stop:
            return ""

    def _first(self, link: TreeLink, asked: Settings) -> Verdict:
        """A first run takes up the whole tree: approved by whoever approved the newest pull request that adds an account."""
        piece, known = founding(self.workspace, link)
        request = self.request(asked, piece.changeset.commit)
        if request is None:
            return _none(piece)
        need = Need("", 1, why="a first run: the newest pull request that adds an account")
        at = piece.changeset.commit if known is piece.tree else piece.changeset.parent
        case = self._case(piece, known, piece.changeset.parent, asked, request, (need,), at)
        return approval.verdict(replace(case, first=True, rows=(), selectors={}), asked.forge["kind"])


def founding(workspace: Workspace, link: TreeLink) -> tuple[TreeLink, Tree]:
    """Of a first run: the newest commit that adds an account, and the tree that says who may approve it: the one before, where
    that names owners, else its own. What can't be read is part of what mends it."""
    head, after = link.changeset.commit, link.tree
    before, over = Tree(), list[str]()
    for commit in reversed(workspace.git.first_parents(None, head)):
        over = [] if commit.sha == head else [commit.sha, *over]
        known = _tree(workspace, commit.parent)
        if known is not None and (not commit.parent or _adds_accounts(known, after)):
            before = known
            break
        if known is not None:
            head, after = commit.parent, known
    part = surveys.changed(workspace, commit.parent, head)
    title = workspace.git.told(head).subject
    changeset = replace(link.changeset, commit=head, parent=commit.parent, title=title, over=tuple(over))
    return TreeLink(changeset, after, part, canon.ask_digest(part)), before if before.owners else after


def _adds_accounts(before: Tree, after: Tree) -> bool:
    return not after.settings.accounts.keys() <= before.settings.accounts.keys()


def whom(seen: Survey, index: int) -> Settings:
    """Who is asked about a changeset is read from the tree before it: it can't choose. On a first run there is none before."""
    if not seen.base:
        return seen.links[index].tree.settings
    return (seen.links[index - 1].tree if index else seen.frame.before).settings


def verdicts(seen: Survey, desk: Desk, needs: Iterable[Sequence[Need]], opened: Request | None = None) -> list[Verdict]:
    """How it stands with each changeset, by what each needs; a vote that counts for one counts for none after it. `opened`: the
    pull request that the last would come by."""
    found: list[Verdict] = []
    spent = desk.used
    for index, needed in enumerate(needs):
        last = opened if index == len(seen.links) - 1 else None
        found.append(replace(desk, used=spent).of(seen, index, needed, last))
        if found[-1].approved:
            spent |= _counted(found[-1].evidence)
    return found


def _counted(evidence: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(vote["id"] for vote in evidence.get("votes", ()) if not vote["rule"])


def used(admitted: Iterable[Mapping[str, object]]) -> frozenset[str]:
    """The votes that counted for changesets that were admitted."""
    found: set[str] = set()
    for record in admitted:
        told = record.get("approval")
        evidence = told.get("evidence") if isinstance(told, Mapping) else None
        found |= _counted(evidence) if isinstance(evidence, Mapping) else set()
    return frozenset(found)


def desk(workspace: Workspace, admitted: Sequence[Mapping[str, Any]]) -> Desk:
    """Where a run asks about approvals; `admitted`: the records of admission."""
    by_forge = (one for one in admitted if one["approval"]["evidence"].get("forge") in forges.KINDS)
    return Desk(workspace, used(admitted), frozenset(one["inverse"] for one in by_forge if one["inverse"]))


def grouped(seen: Survey, desk: Desk, merged: int | None = None) -> tuple[TreeLink, ...]:
    """The changesets, with commits that one pull request brought one after the other (a rebase) as one, and with what lies
    between and asks nothing. `merged`: how many of them are on the default branch; None: all."""
    found: list[TreeLink] = []
    last: Request | None = None
    at = 0
    for index, link in enumerate(seen.links):
        request, asked = None, whom(seen, index)
        on_main = merged is None or index < merged
        if link.rows and on_main and asked.forge.get("kind") in ("github", "gitlab"):
            request = desk.request(asked, link.changeset.commit)
        if request is not None and last is not None and request.number == last.number:
            found[at:] = [_together([*found[at:], link], request)]
        else:
            found.append(link)
        if link.rows:
            last, at = request, len(found) - 1
    return tuple(found)


def _together(links: Sequence[TreeLink], request: Request) -> TreeLink:
    first, last = links[0].changeset, links[-1]
    changed = rows.joined(change for link in links for change in link.rows)
    commits = [sha for link in links for sha in (*link.changeset.over, link.changeset.commit)]
    changeset = replace(last.changeset, parent=first.parent, title=request.title, over=tuple(commits[:-1]))
    return TreeLink(changeset, last.tree, changed, canon.ask_digest(changed) if changed else "")


def _none(link: TreeLink) -> Verdict:
    commit = link.changeset.commit[:9]
    why = f"no-request: {commit} came by no pull request, so nobody can have approved it"
    return Verdict(False, "no pull request", why, f"git revert {commit}, and bring it by a pull request")


def asked(ask: Callable[[], T]) -> T:
    """The forge's answer. Raises Stop where it can't be had: without it nothing is written."""
    try:
        return ask()
    except VendorError as error:
        raise Stop(Exit.ERROR, f"the forge can't be asked: {error.what}", error.fix or "run again later") from None


def _tree(workspace: Workspace, commit: str) -> Tree | None:
    """The tree of a commit (empty: the empty tree); None where it can't be read."""
    try:
        return workspace.sound_tree(commit)
    except Stop:
        return None


def age(tree: Tree) -> timedelta:
    """How long an approval counts, by the policies of this tree."""
    limit = policies.rules(tree)["min-approvals"].params["age"]
    long: timedelta = limit.delta()
    return long


def _selectors(trees: Iterable[Tree]) -> dict[str, Selector]:
    return {
        str(one.where): one.where
        for tree in trees
        for license in tree.licenses.values()
        for one in rows.assignments(tree, license)
        if one.where is not None
    }
