"""What is going to happen and how far it has come: the plan, rollouts and their stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from seatwise.core.model.change import Cause, CauseKind, Change, Changeset, ClaimState, Lane, RowChange, Verb
from seatwise.core.model.people import Feed
from seatwise.core.model.repo import Finding, Place
from seatwise.core.model.stop import Exit, Stop
from seatwise.core.model.vendor import Outcome, Result


class Kind(StrEnum):
    """The two walks of a rollout: what people gain, and what they lose or swap."""

    GIVES = "gives"
    TAKES = "takes"


@dataclass(frozen=True, slots=True)
class Hold:
    """A row or change that is kept back, says why, and is tried again each run. It stops nothing else."""

    rule: str
    license: str
    who: str
    what: str
    fix: str = ""
    place: Place | None = None
    verb: Verb | None = None
    cause: Cause | None = field(default=None, compare=False)
    account: str = ""


class DriftKind(StrEnum):
    ADDED = "added there"
    REMOVED = "removed there"
    CHANGED = "changed there"


@dataclass(frozen=True, slots=True)
class Drift:
    """A difference without a cause: shown, never applied on its own."""

    kind: DriftKind
    license: str
    who: str
    what: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A seat of ours that stays for now, though what gave it is gone: why, and until when. Shown; no change, no drift."""

    license: str
    who: str
    what: str
    fix: str = ""
    until: date | None = None
    """The first day without it; None: it stays until somebody takes it."""


@dataclass(frozen=True, slots=True)
class Unlisted:
    """A seat that nothing asks and that was never ours: reported, left alone."""

    license: str
    who: str
    login: str
    origin: str = "direct"
    last_used: date | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What a complete reading settles without a call: adopt, cover (held by group or auto), miss, forget."""

    license: str
    who: str
    how: str


@dataclass(frozen=True, slots=True)
class Step:
    """One change in the way that it will travel."""

    change: Change
    lane: Lane
    stage: str
    """pilot, early, half, rest, or all where there is one."""
    rollout: str = ""
    """The changeset's commit, where it travels in a rollout."""
    opens: datetime | None = None
    exact_through: date | None = None
    """The last day on which a lossy change can still be taken back exactly; None: not at all."""


@dataclass(frozen=True, slots=True)
class StagePlan:
    """One cohort of one walk: who is in it, and when it is expected to open and to have passed its gate."""

    rollout: str
    kind: Kind
    name: str
    people: tuple[str, ...]
    changes: int
    opens: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """One license in numbers, before and after everything that this plan would do. Money is a month's."""

    license: str
    account: str
    sku: str
    asked: int
    held: int
    """Seats as the vendor shows them now, pending ones too."""
    after: int
    bought: int | None
    """Rights of the lots in force; where none are declared, the vendor's own number."""
    on_order: tuple[tuple[date, int], ...] = ()
    waiting: int = 0
    """Asked and without a seat because the pool is full."""
    adopts: int = 0
    covered: int = 0
    drift: int = 0
    unlisted: int = 0
    bill: Decimal = Decimal(0)
    """The change of the bill; seats that are billed by what is assigned, or bought beyond the rights."""
    currency: str = ""
    bill_from: date | None = None
    """The first day on which the bill shows the whole of it."""
    paid: int = 0
    """Gives that are already paid for."""
    freed: int = 0
    """Takes that save money only when the quantity is cut."""
    saves_from: date | None = None
    """The first day on which the quantity may be cut."""

    @property
    def full(self) -> bool:
        return self.bought is not None and self.after >= self.bought


@dataclass(frozen=True, slots=True)
class Charge:
    """The change of a month's bill on one cost centre."""

    cost_center: str
    license: str
    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls to one account and the time that they take at its limit."""

    account: str
    reads: int
    writes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Need:
    """Approvals that an owner must give, from bounds; sizes may ask for more. `why` is for people."""

    owner: str
    count: int
    licenses: tuple[str, ...] = ()
    bound: int = 0
    size: int = 0
    why: str = ""
    approvers: tuple[str, ...] = ()
    given: int = 0
    """Approvals that stand now."""
    besides: bool = False
    """Whether it is needed for the size alone, beside those who answer for the license."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the plan's knowledge comes from: one account's reading."""

    account: str
    vendor: str
    as_of: datetime | None
    failure: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The difference between what the repository asks and what the vendors show, with its causes and its way.

    `steps` are the changes of the changeset(s) planned; `others` those of other lanes and open rollouts, which go
    their way without this change. `ask_digest` is what is approved. `plan_digest` names the calls of this plan: for
    `apply plan.json` and for evidence, never for approval.
    """

    title: str
    base: str
    """The commit in force; empty before the first run."""
    head: str
    """The commit planned, or `worktree`."""
    now: datetime
    tool: str
    timezone: str = "UTC"
    feeds: tuple[Feed, ...] = ()
    sources: tuple[Source, ...] = ()
    changesets: tuple[Changeset, ...] = ()
    rows: tuple[RowChange, ...] = ()
    steps: tuple[Step, ...] = ()
    others: tuple[Step, ...] = ()
    held: tuple[Hold, ...] = ()
    others_held: tuple[Hold, ...] = ()
    drift: tuple[Drift, ...] = ()
    kept: tuple[Kept, ...] = ()
    unlisted: tuple[Unlisted, ...] = ()
    settled: tuple[Settled, ...] = ()
    figures: tuple[Figures, ...] = ()
    charges: tuple[Charge, ...] = ()
    calls: tuple[Calls, ...] = ()
    stages: tuple[StagePlan, ...] = ()
    needs: tuple[Need, ...] = ()
    findings: tuple[Finding, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict, compare=False)
    """License id → product, for reading."""
    words: Mapping[str, str] = field(default_factory=dict, compare=False)
    """License id → what revoking means there, in the vendor's word."""
    verdict: str = ""
    """How it stands with approval, in one sentence."""
    approve_through: date | None = None
    """The last day on which an approval that is given now still counts."""
    ask_digest: str = ""
    plan_digest: str = ""

    @property
    def blocked(self) -> tuple[Finding, ...]:
        """Findings that stop this plan: errors and blocks that nothing lets pass."""
        return tuple(f for f in self.findings if f.level in ("error", "block") and not f.passed_by)


class StageState(StrEnum):
    """How far one cohort of one walk has come; core/lifecycle.py says what each means and what leads where."""

    READY = "ready"
    WRITING = "writing"
    IN_DOUBT = "in-doubt"
    VERIFYING = "verifying"
    SOAKING = "soaking"
    PAUSED = "paused"
    PASSED = "passed"


class RolloutState(StrEnum):
    """Where a changeset stands at one account. While it is `open`, its stages say how far; before it is drawn, no record does."""

    ADMITTED = "admitted"
    QUEUED = "queued"
    OPEN = "open"
    HALTED = "halted"
    ABORTING = "aborting"
    HALTED_ABORT = "halted-abort"
    ABORTED = "aborted"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Item:
    """One seat of a frozen list: what the changeset's rows ask (or un-ask), and the stage that its holder is in."""

    who: str
    license: str
    asks: bool
    kind: Kind
    stage: str
    row: str = ""


class Probe(StrEnum):
    """What a probe says of whether people can work."""

    SUCCESS = "success"
    FAILURE = "failure"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer of a probe at a gate; `what` is its words, for people."""

    verdict: Probe
    what: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """How far one cohort of one walk has come. `people` is its cohort, drawn once."""

    kind: Kind
    name: str
    people: tuple[str, ...] = ()
    state: StageState = StageState.READY
    written: datetime | None = None
    """When its last write ended; soak counts from here."""
    since: datetime | None = field(default=None, compare=False)
    """Since when it stands as it does, where it is the first of its walk that has not passed."""
    approved: bool = False
    """Whether somebody said that it goes on after this stage."""


@dataclass(frozen=True, slots=True)
class StageWait:
    """A stage that has its turn, and what it waits for: a window, the end of a freeze, somebody who answers."""

    account: str
    rollout: str
    kind: Kind
    stage: str
    seats: int
    rule: str
    what: str
    until: datetime | None = None
    """When the first of its seats may go."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """The staged life of one admitted changeset at one account; open for days."""

    id: str
    account: str
    commit: str
    title: str
    items: tuple[Item, ...]
    stages: tuple[Stage, ...]
    opened: datetime
    bulk: bool = False
    reverse_of: str = ""
    """The commit of the changeset whose outcomes this one exactly reverses, fast."""
    soak_seconds: Mapping[str, int] = field(default_factory=dict)
    """Kind → soak after each stage."""
    state: RolloutState = RolloutState.OPEN
    why: str = ""
    """Why it is halted, or how it closed: done, partial, superseded, reverted, cancelled."""
    snapshot: str = ""
    ended: datetime | None = None
    """When it closed: its outcomes are taken back fast for a while after."""
    wrong: tuple[tuple[str, str], ...] = ()
    """(who, license) that a gate found not as wanted when it halted."""
    aside: tuple[tuple[str, str], ...] = ()
    """(who, license) that somebody let it go on without: no gate counts them, no stage sends them."""
    on_main: tuple[str, ...] = ()
    """Changesets that were on the default branch when it was aborted: its seats are held against them too."""
    since: datetime | None = field(default=None, compare=False)
    """Since when it stands as it does."""

    def open_stage(self, kind: Kind) -> Stage | None:
        """The first stage of this walk that has not passed its gate."""
        return next((s for s in self.stages if s.kind is kind and s.state is not StageState.PASSED), None)


@dataclass(frozen=True, slots=True)
class Written:
    """What one run sent of one stage of a rollout, or of one lane where `stage` is empty."""

    account: str
    title: str
    lane: Lane
    stage: str = ""
    outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True)
class Restoration:
    """Whether the start is back after a changeset was taken back, at one account: seats that show what was there before,
    and those that others changed since."""

    account: str
    commit: str
    same: int
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """What the people of one rollout have and lack now, by what the journal says. Each is (who, license)."""

    rollout: Rollout
    gained: tuple[tuple[str, str], ...] = ()
    lacking: tuple[tuple[str, str], ...] = ()
    """Asked, and not there, though its stage has begun."""
    coming: tuple[tuple[str, str], ...] = ()
    """Asked, and of a stage that has not begun."""
    lost: tuple[tuple[str, str], ...] = ()
    keeping: tuple[tuple[str, str], ...] = ()
    """Not asked any more, and still there, though its stage has begun."""
    going: tuple[tuple[str, str], ...] = ()
    """Not asked any more, and of a stage that has not begun."""
    doubtful: tuple[tuple[str, str], ...] = ()
    """A call was made, and nobody knows yet what became of it."""
    refused: tuple[tuple[str, str], ...] = ()
    """Could not be taken back when the rollout was aborted: only these can be tried again."""
    unmet: tuple[tuple[str, str], ...] = ()
    """Of a rollout that was released: main still says of these what it said, and they are not so."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of apply did, and how it stands now. `rollouts` are those that it moved or found open."""

    exit: Exit
    now: datetime
    timezone: str = "UTC"
    written: tuple[Written, ...] = ()
    settled: tuple[Settled, ...] = ()
    rollouts: tuple[Rollout, ...] = ()
    held: tuple[Hold, ...] = ()
    restored: tuple[Restoration, ...] = ()
    findings: tuple[Finding, ...] = ()
    """Changesets that were not admitted, accounts that could not be read."""
    next: str = ""
    """The one command to type now, where the exit code alone does not say it."""
    tallies: tuple[Tally, ...] = ()
    """Of the rollouts that need a decision: who has what now."""
    stages: tuple[StageWait, ...] = ()
    """Stages that wait for a window, the end of a freeze, or somebody who answers."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand: what is under way, what is held or kept for now, and how much has drifted."""

    now: datetime
    timezone: str
    rollouts: tuple[Rollout, ...] = ()
    held: tuple[Hold, ...] = ()
    drift: int = 0
    kept: tuple[Kept, ...] = ()
    waiting: int = 0
    """Changesets on the default branch that are not admitted yet."""
    unread: Stop | None = None
    """Why what is newest there can't be read."""
    tallies: tuple[Tally, ...] = ()
    """Of the rollouts that wait for somebody's decision, or were released and left something unlike main."""
    stopped: Mapping[str, str] = field(default_factory=dict)
    """Account → why every lane of it stands still."""
    stages: tuple[StageWait, ...] = ()
    """Stages that wait for a window, the end of a freeze, or somebody who answers."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One seat in the journal: what became of it, by which cause and which run."""

    at: datetime
    account: str
    who: str
    license: str
    what: str
    """assign, revoke, swap, change; or adopt, cover, miss, forget, where nothing was called."""
    cause: CauseKind | None = None
    by: str = ""
    """The commit, or the run, that it goes back to."""
    result: Result | None = None
    """None: settled without a call."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One seat explained: what is asked and why, what is held, and what happens next."""

    license: str
    who: str
    asked: bool
    why: str = ""
    place: Place | None = None
    since: date | None = None
    claim: ClaimState = ClaimState.NONE
    actual: str = ""
    """direct, group, auto, invited or cancelled, as the vendor shows it; empty: not held."""
    last_used: date | None = None
    next: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """The answer about one person, license or seat: `subject` is the id asked about, `title` says it in words."""

    subject: str
    title: str
    facts: tuple[Fact, ...] = ()
