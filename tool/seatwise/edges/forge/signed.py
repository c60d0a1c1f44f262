"""Approvals that were signed, not clicked: statements on a branch of their own, each with its signature.

A statement says: this person approved exactly these asks of this repository at this time. It is signed by `ssh-keygen -Y sign` in
the namespace `seatwise:approval`; whose key counts is said by owners/ of the tree before the change. Keys have to be valid when a
change is taken up, whatever time the statement claims, so that nothing is gained by dating one back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from seatwise.core import canon
from seatwise.core.approval import MAIL
from seatwise.core.model import Approver, Exit, Says, Stop, Tree, Vote
from seatwise.edges.git import Git
from seatwise.edges.seal import Seal

REF = "refs/heads/seatwise/approvals"
NAMESPACE = "approval"
MOST_BYTES = 20_000
TRIES = 5


@dataclass(frozen=True, slots=True)
class Statement:
    """What is signed. `repository` is the oldest commit, which no other repository has."""

    ask: str
    person: str
    commit: str
    at: datetime
    repository: str

    def data(self) -> bytes:
        return canon.canonical({
            "format": 1, "says": "approved", "ask": self.ask, "person": self.person, "commit": self.commit,
            "at": canon.plain(self.at), "repository": self.repository,
        })  # fmt: skip


def signed(git: Git, remote: str | None, statement: Statement, key: str) -> str:
    """Signs it, and puts it on the branch of approvals; the file's path there. Raises Stop where it can't be signed or pushed."""
    data = statement.data()
    signature = Seal(key).signature(data, NAMESPACE)
    path = f"{canon.short(statement.ask)}/{hashlib.sha256(signature).hexdigest()[:16]}.json"
    body = json.dumps({"statement": data.decode(), "signature": signature.decode()}, indent=1) + "\n"
    message = f"{statement.person} approves {canon.short(statement.ask)}\n"
    for _ in range(TRIES):
        tip = _tip(git, remote)
        commit = git.commit(tip, {path: body.encode()}, message)
        if remote is None:
            if git.move(REF, commit, tip):
                return path
        elif git.push(remote, f"{commit}:{REF}", tip):
            return path
    raise Stop(Exit.LOCKED, "others are approving at the same time", "run again")


def votes(git: Git, remote: str | None, before: Tree, ask: str, now: datetime) -> tuple[Vote, ...]:
    """The sound ones for these asks, as votes; each by a key that `before` names for its person and that is valid now."""
    return votes_at(git, _tip(git, remote), before, ask, now)


def votes_at(git: Git, tip: str | None, before: Tree, ask: str, now: datetime) -> tuple[Vote, ...]:
    """The same of the branch of approvals at one commit (None: there is no branch), as it stood with keys at that time."""
    files = git.files(tip, [canon.short(ask)]) if tip and ask else {}
    keys = _keys(before)
    repository = origin(git)
    found = (_vote(data, ask, repository, keys, now) for _, data in sorted(files.items()))
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.at))


def origin(git: Git) -> str:
    """The oldest commit of this repository, by its default line of parents."""
    return git.root_commit()


def _tip(git: Git, remote: str | None) -> str | None:
    return git.at(REF) if remote is None else git.fetch(remote, [REF]).get(REF)


def signer(approver: Approver) -> str:
    """What stands before a key in a file of allowed signers (man ssh-keygen): the name, and until when it counts."""
    until = f' valid-before="{approver.key_through:%Y%m%d}235959Z"' if approver.key_through else ""
    return approver.person + until


def _keys(before: Tree) -> dict[str, tuple[Approver, ...]]:
    """Person → what owners say of their keys."""
    found: dict[str, dict[Approver, None]] = {}
    for owner in before.owners.values():
        for one in owner.approvers:
            if one.key:
                found.setdefault(one.person, {})[one] = None
    return {person: tuple(keys) for person, keys in found.items()}


def _vote(
    data: bytes, ask: str, repository: str, keys: Mapping[str, tuple[Approver, ...]], now: datetime
) -> Vote | None:
    if len(data) > MOST_BYTES:
        return None
    try:
        told = json.loads(data)
        text, signature = told["statement"].encode(), told["signature"].encode()
        said = json.loads(text)
        statement = Statement(ask, said["person"], said["commit"], canon.instant(said["at"]), repository)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    if statement.data() != text or statement.at > now or not any(_by(statement, text, signature, keys, now)):
        return None
    id = f"sha256:{hashlib.sha256(signature).hexdigest()}"
    return Vote(id, f"{MAIL}{statement.person}", Says.APPROVED, statement.commit, statement.at, ask=ask)


def _by(
    statement: Statement, text: bytes, signature: bytes, keys: Mapping[str, tuple[Approver, ...]], now: datetime
) -> Iterator[bool]:
    for one in keys.get(statement.person, ()):
        yield not Seal(signers={signer(one): one.key}).refuses(text, signature, NAMESPACE, now)
