"""What a policy may read: one changeset (or one run without any) with everything that it would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from seatwise.core.model.change import CauseKind, Change, Lane, RowChange, Verb
from seatwise.core.model.people import Feed, People
from seatwise.core.model.plan import Figures
from seatwise.core.model.repo import Policy, Tree
from seatwise.core.model.vendor import Reading


@dataclass(frozen=True, slots=True)
class Done:
    """One seat given or taken lately, from the journal, or admitted and still to be sent. A swap is two: a take and a give."""

    at: datetime
    verb: Verb
    license: str
    account: str
    who: str
    lane: Lane
    cause: CauseKind = CauseKind.COMMIT
    downgrade: bool = False
    pending: bool = False
    """Admitted and not sent yet: the seat still counts as held."""


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """How many people one rule gives one license to: at the last run (or in the tree before), and now."""

    license: str
    assignment: str
    bundle: str
    before: int
    now: int
    max: int | None
    same: bool
    """Whether the rule is written the same in the tree before: then a fall comes from the directory."""
    lost: tuple[str, ...] = ()
    """People whom it gave the license and gives it no longer, and who have not left."""
    new: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Size:
    """One license in one changeset: its bound from git alone, and how many seats it moves as people and vendors are now."""

    license: str
    bound: int
    gives: int
    takes: int
    cost: Decimal = Decimal(0)
    currency: str = ""

    @property
    def size(self) -> int:
        return self.gives + self.takes


@dataclass(frozen=True, slots=True)
class Review:
    """`changes` are the changeset's; `lanes` those of the other lanes that are due in the same run. A review of no changeset is
    of the whole run: its `lanes` hold what admitted changesets still have to send, too.

    `held` counts the seats that a license has at its vendor now. Policies yield findings and change nothing:
    a BLOCK stops the changeset; a HOLD names license and person and keeps that change back; with an empty license it
    keeps back all of the person's changes.
    """

    tree: Tree
    before: Tree
    people: People
    rules: Mapping[str, Policy]
    now: datetime
    today: date
    rows: tuple[RowChange, ...] = ()
    changes: tuple[Change, ...] = ()
    lanes: Mapping[Lane, tuple[Change, ...]] = field(default_factory=dict)
    figures: Mapping[str, Figures] = field(default_factory=dict)
    sizes: Mapping[str, Size] = field(default_factory=dict)
    matches: tuple[RuleMatch, ...] = ()
    past: tuple[Done, ...] = ()
    """The last 24 hours, and what earlier changesets still have to send."""
    readings: Mapping[str, Reading] = field(default_factory=dict)
    feeds: tuple[Feed, ...] = ()
    asks: str = ""
    """The ask digest of the changeset, which acknowledgements name."""
    asks_of: Mapping[str, str] = field(default_factory=dict)
    """Commit → ask digest of the admitted changesets, of which some changes may still be among `lanes`."""
    exact_reverse: bool = False
    tickets: tuple[str, ...] = ()
    """Tickets named by the assignments that the changeset touches, and in its title."""
    title: str = ""

    @property
    def reading(self) -> str:
        """The digest of the reading of people that an acknowledgement names: of the source that names them."""
        return self.feeds[0].digest if self.feeds else ""
