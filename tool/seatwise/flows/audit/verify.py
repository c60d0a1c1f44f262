"""Journals, the default branch and signed approvals → the first thing in each that does not hold, and what vouches for the rest.

Needs a clone. People and vendors are not asked; the people source is read where it can be, for who is called how.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from seatwise.core import canon, founded, trail
from seatwise.core.audit import Anchor, Audit, Checked, Fault
from seatwise.core.chain import Record
from seatwise.core.founded import Asks
from seatwise.core.model import People, Stop
from seatwise.core.practice import NOT_ASKED
from seatwise.core.veil import KEY
from seatwise.edges import bodies
from seatwise.edges.branch import Branch
from seatwise.edges.forge import signed
from seatwise.edges.ledger import Leaf, Ledger
from seatwise.edges.seal import Seal
from seatwise.flows import survey as surveys
from seatwise.flows.audit.books import Books, anchors, opened
from seatwise.flows.workspace import Workspace

MOST_NAMED = 5


def verify(workspace: Workspace, *, offline: bool = False) -> Audit:
    """All that a clone can show. Not `offline`: the remote is asked first, so that a branch that was forced is found, and where
    journals stand that hold is kept in this clone."""
    return audited(opened(workspace, offline=offline))


def audited(books: Books) -> Audit:
    desk = _Desk(books)
    checked = tuple(_checked(books, desk, name) for name in books.names)
    audit = Audit(
        books.workspace.clock.now(), books.offline, books.tip, len(books.admitted), checked, notes=tuple(desk.notes())
    )
    kept = Counter(desk.body(sha) for sha in _bodies(books))
    if not books.offline:
        _remember(books, checked)
    return replace(audit, bodies=kept["kept"], erased=kept["erased"])


def _checked(books: Books, desk: _Desk, name: str) -> Checked:
    one = books.ledgers.get(name)
    fault = next(_faults(books, desk, name, one), None)
    if one is None:
        return Checked(name, "", 0, 0, 0, faults=(fault,) if fault else ())
    commit = fault.commit or one.commit_of(fault.n) if fault else ""
    placed = (replace(fault, journal=name, commit=commit),) if fault else ()
    signatures = tuple(desk.signed(one))
    proven = tuple(_proven(books, one, signatures))
    return Checked(name, one.head, one.last, len(one.leaves), len(signatures), proven, placed)


def _faults(books: Books, desk: _Desk, name: str, one: Ledger | None) -> Iterator[Fault]:
    """What does not hold, what the rest rests on first."""
    known = (*books.known.get(name, ()), *anchors(books, name))
    if one is None:
        stood = f"; {known[0][1]}: it stood at {known[0][0][:12]}" if known else ""
        yield Fault("gone", 0, f"the branch is gone{stood}", known[0][0] if known else "", name)
        return
    if one.fault:
        yield one.fault
    for commit, by in known:
        if books.git.resolve(commit) is None or not books.git.is_ancestor(commit, one.head):
            yield Fault(
                "rewritten", 0, f"{one.head[:12]} does not come after {commit[:12]}, where it stood by {by}", commit
            )
    account = books.account(name)
    count, n = desk.lengths.get(account, (0, 0))
    if one.last < count:
        what = f"it has {one.last} records, and had {count} when record {n} of the admissions was written"
        yield Fault("shorter", one.last, what, one.head)
    yield from desk.unsigned(one)
    if name == books.admit:
        yield from desk.admissions()
    elif account:
        yield from trail.account(one.records, desk.causes)
        yield from desk.unfounded(one)
        yield from desk.bodies_of(one)


def _proven(books: Books, one: Ledger, signatures: tuple[tuple[Leaf, str], ...]) -> Iterator[Anchor]:
    if signatures:
        leaf, signer = signatures[-1]
        yield Anchor(f"the key of {signer}, in seatwise.yaml of what was admitted", leaf.records[-1]["n"])
    for commit, by in anchors(books, one.name):
        if n := one.upto(commit):
            yield Anchor(by, n)


def _remember(books: Books, checked: tuple[Checked, ...]) -> None:
    """Where journals stand that hold, so that the next audit of this clone finds what was forced since."""
    sound = [one for one in checked if one.head and not one.faults]
    refs = {Branch(books.git, f"refs/heads/{one.journal}", books.remote).seen_ref: one.head for one in sound}
    if refs:
        books.git.note(refs)


def _bodies(books: Books) -> Iterator[str]:
    for _, one in books.accounts:
        yield from (record["sha256"] for record in one.records if record["type"] == "snapshot")


@dataclass
class _Desk:
    """What is looked up for several journals, once."""

    books: Books
    trees: dict[str, tuple[Mapping[str, Asks], ...]] = field(default_factory=dict)
    people: People | None = None
    seals: tuple[Seal, ...] = ()
    unnamed: dict[str, None] = field(default_factory=dict)
    unread: dict[str, None] = field(default_factory=dict)
    as_told: int = 0
    unasked: int = 0
    unsigned_segments: int = 0

    def __post_init__(self) -> None:
        self.lengths = trail.lengths(self.books.admissions)
        self.on_main = {commit for commit in self._commits() if self._is_on_main(commit)}
        self.causes = frozenset(self._causes())
        self.seals = tuple(self._signers())
        self.people = self._people()

    def _commits(self) -> set[str]:
        return {record["commit"] for record in self.books.admitted}

    def _is_on_main(self, commit: str) -> bool:
        git = self.books.git
        return git.resolve(commit) is not None and git.is_ancestor(commit, self.books.tip)

    def _causes(self) -> Iterator[str]:
        """Commits that a cause may name; where admissions were lost and begun anew, whatever led to that one too."""
        for record in self.books.admitted:
            yield record["commit"]
            if record["approval"]["how"] == trail.RECOVERED and record["commit"] in self.on_main:
                yield from (one.sha for one in self.books.git.first_parents(None, record["commit"]))

    def _signers(self) -> Iterator[Seal]:
        """Whose signatures count: whom the files of what was admitted name, and ever named."""
        named: dict[tuple[str, str], None] = {}
        for record in self.books.admitted:
            if record["commit"] in self.on_main:
                signers = self.books.workspace.tree(record["commit"])[0].settings.journal_signers
                named.update(dict.fromkeys(signers.items()))
        return (Seal(signers={name: key}) for name, key in named)

    def _people(self) -> People | None:
        """Everybody, where a file here says so: no other source is asked."""
        books = self.books
        try:
            tree = books.workspace.sound_tree(books.tip)
            if any(source.kind != "csv" for source in tree.settings.sources):
                return None
            people, findings = books.workspace.people(tree, books.tip, {})
        except Stop:
            return None
        return people if people.persons and not any(f.level == "error" for f in findings) else None

    def signed(self, one: Ledger) -> Iterator[tuple[Leaf, str]]:
        """The segments with a good signature, and whose it is."""
        for leaf in one.leaves:
            if leaf.signature is not None and (signer := self._signer(leaf, one.name)):
                yield leaf, signer

    def _signer(self, leaf: Leaf, name: str) -> str:
        for seal in self.seals:
            if leaf.signature is not None and not seal.refuses(leaf.data, leaf.signature, name):
                return next(iter(seal.signers))
        return ""

    def unsigned(self, one: Ledger) -> Iterator[Fault]:
        """A signature that is not good; and a newest segment without one, where there must be one."""
        for leaf in one.leaves if self.seals else ():
            n = leaf.records[-1]["n"]
            if leaf.signature is not None and not self._signer(leaf, one.name):
                yield Fault("signature", n, f"{leaf.path} is signed by none of the keys that count", leaf.commit.sha)
        if self.books.settings.journal_signers and self.seals and one.leaves and one.leaves[-1].signature is None:
            leaf = one.leaves[-1]
            yield Fault("signature", leaf.records[-1]["n"], f"{leaf.path} is not signed", leaf.commit.sha)

    def admissions(self) -> Iterator[Fault]:
        yield from trail.admissions(self.books.admissions)
        for record in self.books.admitted:
            yield from self._admission(record)

    def _admission(self, record: Record) -> Iterator[Fault]:
        commit, n = record["commit"], record["n"]
        if commit not in self.on_main:
            branch = self.books.settings.branch
            what = f"commit {commit[:12]} was admitted, and {branch} at {self.books.tip[:12]} does not come after it"
            yield Fault("main-rewritten", n, what, commit)
            return
        if record["parent"] and not self.books.git.is_ancestor(record["parent"], commit):
            yield Fault("order", n, f"{commit[:12]} does not come after {record['parent'][:12]}", commit)
        if record["approval"]["how"] != trail.RECOVERED:
            yield from self._asks(record)
            yield from self._signatures(record)

    def _asks(self, record: Record) -> Iterator[Fault]:
        """The rows of a changeset, read anew from its commits."""
        try:
            rows = surveys.changed(self.books.workspace, record["parent"], record["commit"])
        except Stop:
            self.unread[record["commit"]] = None
            return
        ask = canon.ask_digest(rows) if rows else ""
        if ask != record["ask"]:
            said, asks = canon.short(record["ask"]) or "no rows", canon.short(ask) or "nothing"
            what = f"it says {said}; commit {record['commit'][:12]} asks {asks}"
            yield Fault("asks", record["n"], what, record["commit"])

    def _signatures(self, record: Record) -> Iterator[Fault]:
        """The votes that counted by a signature, each looked for on the branch of approvals."""
        books, evidence = self.books, record["approval"]["evidence"]
        votes = trail.counted(record)
        of_keys = [vote for vote in votes if vote.get("login", "").startswith("mail:")]
        self.as_told += len(votes) - len(of_keys)
        self.unasked += record["approval"]["how"] == NOT_ASKED
        if not of_keys:
            return
        ask, at = evidence.get("ask", record["ask"]), canon.instant(record["at"])
        before = books.workspace.tree(record["parent"])[0]
        before = before if before.owners else books.workspace.tree(record["commit"])[0]
        good = {vote.id for vote in signed.votes_at(books.git, books.approvals, before, ask, at)}
        for vote in of_keys:
            if vote["id"] not in good:
                of = f"{canon.short(ask)} by {vote['person']}"
                what = f"an approval of {of} counted, and there is no good signature of it"
                yield Fault("approval-signature", record["n"], what, record["commit"])

    def unfounded(self, one: Ledger) -> Iterator[Fault]:
        """Asks of seats that neither the commit that they name nor the one before it bears out."""
        for record in self.books.lifted(one):
            for commit, license, who in trail.asks(record):
                of = self._trees(commit)
                if any(founded.bears_out(asks, license, self._id(who)) for asks in of):
                    continue
                if self.people is None or who.startswith("~"):
                    self.unnamed[f"{who} of {license}"] = None
                else:
                    what = f"it says that {commit[:12]} asks {license} of {who}; that commit does not"
                    yield Fault("unfounded", record["n"], what)

    def _trees(self, commit: str) -> tuple[Mapping[str, Asks], ...]:
        if commit not in self.trees:
            trees = surveys.trees(self.books.workspace, self.books.admitted, commit)
            self.trees[commit] = tuple(founded.asks(tree, self.people or People()) for tree in trees)
        return self.trees[commit]

    def _id(self, who: str) -> str:
        person = self.people.find(who) if self.people else None
        return person.id if person else who.casefold()

    def bodies_of(self, one: Ledger) -> Iterator[Fault]:
        for record in one.records:
            if record["type"] == "snapshot" and self.body(record["sha256"]) == "changed":
                yield Fault("body", record["n"], f"the body {canon.short(record['sha256'])} is not what its name says")

    def body(self, digest: str) -> str:
        """kept, erased, or changed: it is not what its name says."""
        try:
            return "erased" if bodies.found(self.books.git, self.books.bodies, digest) is None else "kept"
        except Stop:
            return "changed"

    def notes(self) -> Iterator[str]:
        """What was not checked, and why."""
        if self.unasked:
            yield f"{self.unasked} admitted without asking anybody: every account was for practice"
        if self.as_told:
            yield f"{self.as_told} approvals are as the forge told them when they were taken up; the forge was not asked again"
        if self.unread:
            named = ", ".join(commit[:12] for commit in [*self.unread][:MOST_NAMED])
            yield f"{len(self.unread)} commits can't be read by this version, so their asks are not compared: {named}"
        if self.unnamed:
            named = ", ".join([*self.unnamed][:MOST_NAMED])
            why = (
                "people can't be read here, and they may have been called otherwise"
                if self.people is None
                else "names are pseudonyms"
            )
            yield f"{len(self.unnamed)} seats are asked by no name of their commit ({why}): {named}"
        if any(record.get(KEY) for _, one in self.books.accounts for record in one.records):
            yield "names are pseudonyms: checkpoints are not folded again"
        for account, one in self.books.accounts:
            if count := trail.unanswered(one.records):
                yield f"account {account}: {count} calls without an outcome yet"
