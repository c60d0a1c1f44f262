"""One repository opened: its trees, people, vendors and journals, read through the edges. Nothing is decided here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from seatwise import sources, vendors
from seatwise.core import claims, directory, rows
from seatwise.core.claims import State
from seatwise.core.model import (
    Account,
    Exit,
    Finding,
    Holding,
    Level,
    People,
    Reading,
    Settings,
    Stop,
    Tree,
    UnknownSku,
    Vendor,
    VendorError,
    VendorInfo,
)
from seatwise.core.parse.places import JOBS, SETTINGS
from seatwise.core.veil import Names, Veil
from seatwise.edges import journals
from seatwise.edges import tree as trees
from seatwise.edges.clock import Clock, SystemClock
from seatwise.edges.git import Git
from seatwise.edges.journal import Habits, Journal
from seatwise.edges.site import Site

PREFIXES = (SETTINGS, "licenses", "owners", "policies", ".github/workflows", JOBS)
"""What a tree is made of."""
WORKTREE = "worktree"
"""Stands for the files on disk where a commit could stand."""
SIDE_BY_SIDE = 8
"""Accounts read at the same time."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A repository at work. Open it once for each run: `now` is one moment."""

    git: Git
    clock: Clock
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)
    names: Names = field(default_factory=Names, repr=False, compare=False)
    """Everybody who was met on the way: whose pseudonyms in the journal can be read."""
    opened: dict[tuple[str, str], tuple[Account, Vendor]] = field(default_factory=dict, repr=False, compare=False)
    """Vendors by account and commit: a run keeps their connections, tokens and pace."""

    @classmethod
    def open(
        cls, root: Path | str = ".", clock: Clock | None = None, env: Mapping[str, str] | None = None
    ) -> Workspace:
        """The repository that the folder is in. Raises Stop where there is none."""
        clock = clock or SystemClock()
        git = Git.open(Path(root), clock)
        return cls(git, clock) if env is None else cls(git, clock, env)

    @property
    def root(self) -> Path:
        return self.git.root

    def tree(self, commit: str) -> tuple[Tree, tuple[Finding, ...]]:
        """The tree of a commit (or of the files on disk) and everything that is wrong with it; empty: the empty tree."""
        if not commit:
            return Tree(), ()
        if commit == WORKTREE:
            files, others = self.git.worktree(PREFIXES)
        else:
            files, others = self.git.files(commit, PREFIXES), self.git.others(commit, PREFIXES)
        tree, findings = trees.tree(files, others=others)
        self.names.learn(rows.named(tree))
        return tree, findings

    def sound_tree(self, commit: str) -> Tree:
        """The tree of a commit; raises Stop with every error where it can't be read as meant."""
        tree, findings = self.tree(commit)
        errors = [f for f in findings if f.level is Level.ERROR]
        if errors:
            where = "on disk" if commit == WORKTREE else f"of commit {commit[:9]}"
            said = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
            raise Stop(Exit.ERROR, f"{said} in the files {where}", "seatwise validate", findings=errors)
        return tree

    def settings(self, commit: str) -> Settings:
        """The settings, where only they need to be read well: leavers don't wait for somebody's typing error."""
        tree, findings = self.tree(commit)
        errors = [f for f in findings if f.level is Level.ERROR and f.place and f.place.path == SETTINGS]
        if errors:
            raise Stop(Exit.ERROR, f"{SETTINGS} can't be read", "seatwise validate", findings=errors)
        return tree.settings

    def site(self, commit: str) -> Site:
        """The surroundings of adapters at a commit: tracked files as it has them, others from disk."""
        return Site(self.root, self.clock, partial(self._read_file, commit), self.env)

    def people(self, tree: Tree, commit: str, previous: Mapping[str, int]) -> tuple[People, tuple[Finding, ...]]:
        """One complete reading of everybody."""
        raw = [sources.read(tree.settings.lent(source), self.site(commit)) for source in tree.settings.sources]
        people, findings = directory.people(tree.settings, raw, tree, self.clock.now(), previous)
        self.names.learn(people.called())
        return people, findings

    def vendor(self, account: Account, commit: str) -> Vendor:
        known = self.opened.get((account.id, commit))
        if known is None or known[0] != account:
            known = self.opened[account.id, commit] = (account, vendors.open_vendor(account, self.site(commit)))
        return known[1]

    def readings(self, tree: Tree, commit: str, accounts: Iterable[str] | None = None) -> dict[str, Reading]:
        """What each account shows now, side by side; an account that can't be read says why and stops no other."""
        wanted = [a for id, a in tree.settings.accounts.items() if accounts is None or id in set(accounts)]
        read = partial(self.reading, tree=tree, commit=commit)
        if len(wanted) < 2:
            return {a.id: read(a) for a in wanted}
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            return dict(zip((a.id for a in wanted), pool.map(read, wanted), strict=True))

    def reading(self, account: Account, tree: Tree, commit: str) -> Reading:
        """What one account shows of the skus that the tree names."""
        skus = {license.sku for license in tree.licenses.values() if license.account == account.id}
        try:
            vendor = self.vendor(account, commit)
            holdings, sold = _holdings(vendor, skus)
        except VendorError as error:
            return Reading(account.id, VendorInfo(account.vendor), failure=error.what, fix=error.fix)
        self.names.learn(name for h in holdings.values() for seat in h.seats for name in (seat.login, seat.holder))
        oldest = min((h.proof.as_of for h in holdings.values()), default=self.clock.now())
        return Reading(account.id, vendor.info, holdings, sold, as_of=oldest)

    def remote(self, settings: Settings) -> str | None:
        return journals.remote_of(self.git, settings)

    def admissions(self, settings: Settings) -> Journal:
        habits = Habits(seal=journals.seal(settings, self.env))
        return journals.admissions(self.git, settings, self.clock, habits)

    def journal(self, settings: Settings, account: str, *, any_key: bool = False) -> Journal:
        seal = journals.seal(settings, self.env)
        habits = Habits(claims.checkpointed, veil=self._veil(settings, account), seal=seal, any_key=any_key)
        return journals.account(self.git, settings, account, self.clock, habits)

    def control(self, settings: Settings) -> Journal:
        """What people said to running rollouts."""
        habits = Habits(veil=self._veil(settings, ""), seal=journals.seal(settings, self.env))
        return journals.control(self.git, settings, self.clock, habits)

    def state(self, settings: Settings, account: str, *, any_key: bool = False) -> State:
        """What the journal of an account says."""
        return claims.fold(self.journal(settings, account, any_key=any_key).recent())

    def _veil(self, settings: Settings, account: str) -> Veil | None:
        """What keeps names out of the journal, where there is a secret for it."""
        if not settings.journal_key:
            return None
        key = journals.secret(settings.journal_key, "journal.key", self.env).encode()
        body = settings.accounts.get(account)
        logins = body is not None and self.vendor(body, "").info.key == "login"
        return Veil(key, self.names, logins=logins)

    def _read_file(self, commit: str, path: str) -> tuple[bytes, datetime]:
        """A file's bytes and since when it is what it is. Raises Stop where it is outside or not there."""
        if commit and commit != WORKTREE:
            tracked = self.git.files(commit, [path])
            if path in tracked:
                return tracked[path], self.git.last_changed(commit, path) or self.clock.now()
        return self._from_disk(path)

    def _from_disk(self, path: str) -> tuple[bytes, datetime]:
        full = (self.root / path).resolve()
        if not full.is_relative_to(self.root.resolve()):
            raise Stop(Exit.ERROR, f"{path}: is outside the repository", "name a file inside it")
        try:
            data = full.read_bytes()
        except OSError:
            raise Stop(
                Exit.ERROR, f"{path}: no such file", "put it there, or correct the path in seatwise.yaml"
            ) from None
        head = self.git.head()
        if head and not self.git.dirty([path]) and (committed := self.git.last_changed(head, path)):
            return data, committed
        return data, datetime.fromtimestamp(full.stat().st_mtime, UTC)


def _holdings(vendor: Vendor, skus: Iterable[str]) -> tuple[dict[str, Holding], tuple[str, ...]]:
    """The holdings of the skus that the account sells, and all that it sells where one is not known there."""
    wanted = set(skus)
    sold: tuple[str, ...] = ()
    while wanted:
        try:
            return {holding.sku: holding for holding in vendor.read(sorted(wanted))}, sold
        except UnknownSku as unknown:
            wanted.discard(unknown.sku)
            sold = unknown.known
    return {}, sold


Watch = Callable[[str, int, int], None]
"""Told how far a run has come: account, changes sent, changes to send in this batch."""
