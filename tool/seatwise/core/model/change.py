"""A difference that has a cause, and what the repository asks: rows, causes, changes, claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import msgspec

from seatwise.core.model.repo import Options, Place


@dataclass(frozen=True, slots=True)
class Row:
    """One typed line of what the repository asks, from git alone. `value` is canonical JSON; None: the row is not there.

    Rows compare by kind, key and value. Places, tickets and assignment names are notes: they are not approved.
    """

    kind: str
    """user, rule, never, reassert, terms, mode, target, govern, rights, person, file."""
    key: tuple[str, ...]
    value: Mapping[str, Any] = field(hash=False)
    license: str = field(default="", compare=False)
    bundle: str = field(default="", compare=False)
    place: Place = field(default=Place(""), compare=False)
    unread: str = field(default="", compare=False)
    """What in a person's row can't be read; a note, as the place is."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that a changeset changes: before and after; one of them may be None."""

    before: Row | None
    after: Row | None

    @property
    def row(self) -> Row:
        row = self.after or self.before
        assert row is not None
        return row

    def reverse(self) -> RowChange:
        return RowChange(self.after, self.before)


@dataclass(frozen=True, slots=True)
class Changeset:
    """The contiguous first-parent commits of one merged pull request. `commit` is its last one, `parent` the commit before it."""

    commit: str
    parent: str
    title: str = field(default="", compare=False)
    author: str = field(default="", compare=False)
    reverts: str = field(default="", compare=False)
    """The trailer Seatwise-Reverts, or what git revert wrote; a pointer, never believed without its rows."""
    at: datetime | None = field(default=None, compare=False)
    over: tuple[str, ...] = field(default=(), compare=False)
    """Commits before it that could not be read, oldest first: its rows are theirs too, and so is its approval."""


class CauseKind(StrEnum):
    COMMIT = "commit"
    REVERSE = "reverse"
    LEAVER = "leaver"
    EXPIRY = "expiry"
    RULE = "rule"
    UNLISTED = "unlisted"
    REASSERT = "reassert"


@dataclass(frozen=True, slots=True)
class Cause:
    """The last event that flipped what is asked of a seat. `commit` is the changeset's, for commit, reverse and reassert."""

    kind: CauseKind
    commit: str = ""
    why: str = field(default="", compare=False)
    """For people: the assignment, bundle, rule or last day."""
    place: Place | None = field(default=None, compare=False)
    ticket: str = field(default="", compare=False)
    at: datetime | None = field(default=None, compare=False)


class Lane(StrEnum):
    """The way a change travels; each has its own cap and stages."""

    COMMIT = "commit"
    REVERSE = "reverse"
    JOINERS = "joiners"
    MOVERS = "movers"
    LEAVERS = "leavers"
    EXPIRY = "expiry"
    UNLISTED = "unlisted"


class Verb(StrEnum):
    ASSIGN = "assign"
    REVOKE = "revoke"
    SWAP = "swap"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a holder has of one license."""

    license: str
    sku: str
    options: Options = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One call: what one holder has before and after. Never both None."""

    account: str
    who: str
    """The person's id; where nobody in the directory fits, the vendor's holder id behind a `?`."""
    before: Grant | None
    after: Grant | None
    holder: str = field(default="", compare=False)
    """The vendor's immutable id, where it has shown one."""
    login: str = field(default="", compare=False)
    """The name to give a seat to, where the vendor has not shown the holder yet."""
    cause: Cause = field(default=Cause(CauseKind.COMMIT), compare=False)
    profile: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Fields of the person that the vendor needs, such as country."""
    last_used: date | None = field(default=None, compare=False)
    needs_room: bool = field(default=True, compare=False)
    """Whether it takes a free seat; not where the holder's old one is ending and still counts."""
    lossy: str = field(default="", compare=False)
    """What becomes of it when it is given back, by the vendor's `undo`: new, lossy, none; empty: the reverse is exact."""

    @property
    def verb(self) -> Verb:
        if self.before is None:
            return Verb.ASSIGN
        if self.after is None:
            return Verb.REVOKE
        return Verb.CHANGE if self.before.license == self.after.license else Verb.SWAP

    @property
    def license(self) -> str:
        """The license that the change is about: the one that is reached, else the one that is left."""
        grant = self.after or self.before
        assert grant is not None
        return grant.license

    @property
    def licenses(self) -> tuple[str, ...]:
        """Every license that it touches, the one that is left first."""
        return tuple(dict.fromkeys(g.license for g in (self.before, self.after) if g is not None))

    def reverse(self) -> Change:
        return replace(self, before=self.after, after=self.before)


class ClaimState(StrEnum):
    NONE = "none"
    OURS = "ours"
    MISSING = "missing"


class Made(StrEnum):
    """How a seat of ours came to be."""

    US = "us"
    FOUND = "found"
    UNKNOWN = "unknown"


class Claim(msgspec.Struct, frozen=True, gc=False):
    """What we know of one seat, folded from the journal: what is asked, whether it is ours, and what is still to do.

    A million may be held, so it costs as little as it can; nothing in it leads back to it.
    """

    asked: bool = False
    state: ClaimState = ClaimState.NONE
    made: Made = Made.UNKNOWN
    options: Options = ()
    """As asked at the last run."""
    pending: Cause | None = None
    """The cause of a change that is asked and not carried out yet."""
    commit: str = ""
    """The changeset that last asked or un-asked; for an adopted seat, the one that adopted it."""
    row: str = ""
    """The row that asks, or last asked: `user:<bundle>` or `rule:<bundle>:<selector>`."""
    holder: str = ""
    """The vendor's immutable id of the holder, once it has shown one."""
    fingerprint: str = ""
    """Person.fingerprint when it was asked: the same key with another one is another person."""
    dead: bool = False
    """An explicit row whose leaver's removal was carried out; only a changeset that touches the row revives it."""
    verified: bool = True
    """Whether a reading has shown what our call did."""
    since: datetime | None = None
    """The first run that saw what is waited for: a mover's loss, somebody's leave, an unlisted seat."""
    asked_at: datetime | None = None
    """When what is asked last flipped."""
    handed: datetime | None = None
    """When a task for it was handed to a person; an export dated later settles it."""
