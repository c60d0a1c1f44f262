"""A clone, and its remote where that may be asked → every journal that there is, gone through from its first record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from seatwise.core import trail
from seatwise.core.chain import Record
from seatwise.core.model import Exit, Settings, Stop
from seatwise.core.veil import Veil
from seatwise.edges import bodies, journals
from seatwise.edges.branch import Branch
from seatwise.edges.forge import signed
from seatwise.edges.git import Git
from seatwise.edges.gitwrite import tracking
from seatwise.edges.ledger import Ledger, ledger
from seatwise.flows.workspace import Workspace


@dataclass(frozen=True)
class Books:
    """Heads by branch; `known`: where a branch was seen before this audit, and by whom."""

    workspace: Workspace
    settings: Settings
    remote: str | None
    offline: bool
    tip: str
    heads: Mapping[str, str]
    known: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    @property
    def git(self) -> Git:
        return self.workspace.git

    @cached_property
    def ledgers(self) -> dict[str, Ledger]:
        """Branch → journal: admissions first, then accounts, then what people said."""
        return {name: self._ledger(name) for name in self.names if name in self.heads}

    @cached_property
    def _admit(self) -> Ledger | None:
        return ledger(self.git, self.admit, self.heads[self.admit]) if self.admit in self.heads else None

    def _ledger(self, name: str) -> Ledger:
        return self._admit if name == self.admit and self._admit else ledger(self.git, name, self.heads[name])

    @property
    def names(self) -> tuple[str, ...]:
        """The branches of journals that there are, or must once have been."""
        told = {f"{self.settings.journal_prefix}/{account}" for account in trail.lengths(self.admissions)}
        must = {self.admit} if self.settings.journal_since else set()
        seen = {name for name in {*self.heads, *self.known} if self.is_journal(name)}
        return tuple(sorted(told | must | seen, key=lambda name: (_order(self, name), name)))

    def is_journal(self, name: str) -> bool:
        return name.startswith(f"{self.settings.journal_prefix}/") or name == short(journals.CONTROL)

    @property
    def admit(self) -> str:
        """The branch of admissions."""
        return f"{self.settings.journal_prefix}/{journals.ADMISSIONS}"

    def account(self, name: str) -> str:
        """The account of a journal; empty: it is of none."""
        account = name.removeprefix(f"{self.settings.journal_prefix}/")
        return "" if account in (name, journals.ADMISSIONS) else account

    @property
    def accounts(self) -> Iterator[tuple[str, Ledger]]:
        for name, one in self.ledgers.items():
            if account := self.account(name):
                yield account, one

    @property
    def admissions(self) -> tuple[Record, ...]:
        return self._admit.records if self._admit else ()

    @property
    def admitted(self) -> tuple[Record, ...]:
        return trail.admitted(self.admissions)

    @property
    def approvals(self) -> str | None:
        """The commit that signed approvals stand at."""
        return self.heads.get(short(signed.REF))

    @property
    def bodies(self) -> tuple[str, ...]:
        return tuple(sha for name, sha in self.heads.items() if name.startswith(short(bodies.PREFIX)))

    @cached_property
    def lift(self) -> Veil | None:
        """What gives pseudonyms their names back, where the secret is here."""
        key = self.settings.journal_key.removeprefix("env:")
        secret = self.workspace.env.get(key, "") if key else ""
        return Veil(secret.encode(), self.workspace.names, logins=False) if secret else None

    def lifted(self, one: Ledger) -> tuple[Record, ...]:
        return tuple(map(self.lift.lifted, one.records)) if self.lift else one.records


def short(ref: str) -> str:
    return ref.removeprefix("refs/heads/")


def _order(books: Books, name: str) -> int:
    return 0 if name == books.admit else 1 if books.account(name) else 2


def opened(workspace: Workspace, *, offline: bool) -> Books:
    """Raises Stop(EVIDENCE) where the clone is shallow: it lacks what the journals name."""
    git = workspace.git
    if git.is_shallow():
        raise Stop(
            Exit.EVIDENCE, "this clone is shallow: it lacks the history that the journals name", "git fetch --unshallow"
        )
    head = git.head()
    if head is None:
        raise Stop(Exit.ERROR, "nothing is committed here", "clone the repository that is audited")
    settings = workspace.settings(head)
    remote = workspace.remote(settings)
    refs = (f"refs/heads/{settings.branch}", f"refs/heads/{settings.journal_prefix}/*", "refs/heads/seatwise/*")
    before = _here(git, remote, refs)
    heads = before if offline or remote is None else {short(r): c for r, c in git.fetch(remote, refs).items()}
    tip = heads.get(settings.branch)
    if tip is None:
        fix = f"git fetch {remote or 'REMOTE'} {settings.branch}; another default branch: branch: NAME in seatwise.yaml"
        raise Stop(Exit.ERROR, f"there is no branch {settings.branch} here", fix)
    books = Books(workspace, settings, remote, offline, tip, heads)
    return Books(workspace, settings, remote, offline, tip, heads, dict(_known(books, before)))


def _here(git: Git, remote: str | None, refs: tuple[str, ...]) -> dict[str, str]:
    """Branch → commit, as this clone saw them last; a mirrored clone has them as its own."""
    found = {short(ref): sha for ref, sha in git.standing([ref.removesuffix("/*") for ref in refs]).items()}
    if remote:
        prefix = tracking(remote, "refs/heads/")
        asked = [tracking(remote, ref.removesuffix("/*")) for ref in refs]
        found.update((ref.removeprefix(prefix), sha) for ref, sha in git.standing(asked).items())
    return found


def _known(books: Books, before: Mapping[str, str]) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """Where each branch is known to have stood: (commit, by whom)."""
    for name in {*books.heads, *before}:
        if books.is_journal(name):
            yield name, tuple(_seen(books, name, before))


def _seen(books: Books, name: str, before: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    branch = Branch(books.git, f"refs/heads/{name}", books.remote)
    if verified := books.git.at(branch.seen_ref):
        yield verified, "this clone, which verified it before"
    if name in before and before[name] != books.heads.get(name):
        yield before[name], "this clone, which saw it before"


def anchors(books: Books, name: str) -> Iterator[tuple[str, str]]:
    """Where a branch has stood by what is not in the hands of who may push to it."""
    settings = books.settings
    if head := settings.journal_heads.get(books.account(name)):
        yield books.git.resolve(head) or head, f"journal.heads in seatwise.yaml of {books.tip[:12]}"
    if settings.journal_mirror and settings.journal_mirror in books.git.remotes():
        mirror = Branch(books.git, f"refs/heads/{name}", settings.journal_mirror)
        stands = mirror.stands() if not books.offline else books.git.at(tracking(settings.journal_mirror, mirror.ref))
        if stands:
            yield stands, f"remote {settings.journal_mirror}"
