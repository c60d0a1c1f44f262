"""The journal: records in, records out, hash-chained on a git branch that moves only by compare-and-swap pushes.

Rules (docs/journal.md):
- One branch per account; one commit per append; one segment file per commit, and older files stay as they are.
- A push that finds the branch moved wrote nothing: what is new is read and verified, and the caller decides (`Moved`).
- The journal is the lock: who began a lease may append until somebody else began one; then its next append is refused,
  before it calls a vendor. Without a lease nobody appends while another's is live.
- What was verified once must stay: a head that does not descend from the one read before is no journal.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from seatwise.core import lease
from seatwise.core.canon import instant, plain
from seatwise.core.chain import Record, Segment, link
from seatwise.core.model import Exit, Stop
from seatwise.edges import bodies
from seatwise.edges.branch import Branch
from seatwise.edges.clock import Clock
from seatwise.edges.git import Git
from seatwise.edges.segments import LAST, Page, Seen, advanced, segments

TRIES = 60
"""How often an append that contends with nothing is made again when others were first."""
SKEW = timedelta(seconds=60)
"""How far a clock may be behind another runner's before it counts as wrong."""


class Moved(Exception):
    """Somebody else appended first and nothing was written; `records` are theirs, verified."""

    def __init__(self, records: tuple[Record, ...]) -> None:
        super().__init__(f"{len(records)} new records")
        self.records = records


class Journal:
    """One branch of records. Not for several threads: each needs its own."""

    def __init__(self, git: Git, ref: str, remote: str | None, clock: Clock) -> None:
        self._git = replace(git, clock=clock)
        self._branch = Branch(self._git, ref, remote)
        self._clock = clock
        self._seen: Seen | None = None
        self._held: tuple[str, int, timedelta] | None = None

    @property
    def name(self) -> str:
        """The branch."""
        return self._branch.name

    def read(self, *, fetch: bool = True) -> tuple[Record, ...]:
        """All records, verified, as they are at the remote now; () where there is no journal yet.

        Without fetching: as this clone saw them last. Costs one round trip, and the new segments only.
        Raises Stop(EVIDENCE) at the first broken link, or where the branch is not the one that was read before.
        """
        head = self._branch.stands(fetch=fetch)
        seen = self._seen or Seen()
        if self._seen is None or head != seen.head:
            known = seen.head or self._git.at(self._branch.seen_ref)
            self._seen = self._verified(head, seen, known)
            if fetch and head != known:
                self._remember(head)
        return self._seen.records

    def _verified(self, head: str | None, seen: Seen, known: str | None) -> Seen:
        if known is None:
            return advanced(self._git, seen, Page(self.name, head), {}) if head else seen
        was = Page(self.name, known)
        if head is None:
            raise was.wrong(f"the branch is gone; it stood at {known[:9]}")
        if not self._git.is_ancestor(known, head):
            raise was.wrong(f"it was rewritten: {head[:9]} does not come after {known[:9]}, which was read before")
        return advanced(self._git, seen, Page(self.name, head), seen.segments or segments(self._git, was))

    def _remember(self, head: str | None) -> None:
        known = self._git.at(self._branch.seen_ref)
        if head and head != known:
            self._git.move(self._branch.seen_ref, head, known)

    def append(self, records: Sequence[Record]) -> tuple[Record, ...]:
        """These records as they now stand in the journal, in one commit. A lease that is held is renewed in time.

        Raises Moved where somebody was first, Stop(LOCKED) where another run holds the account or has taken it over.
        """
        seen = self._seen or self._first_read()
        self._guard(seen)
        at = self._time(seen)
        segment = link([{**record, "at": at} for record in (*records, *self._renewal(seen))], seen.last)
        path = f"{at[:7]}/{len(seen.segments) + 1:06}.jsonl"
        new = self._git.commit(seen.head, {path: segment.data}, self._message(segment))
        if not self._branch.swap(new, seen.head):
            raise Moved(self._news(seen))
        self._seen = Seen(
            new, {**seen.segments, **{entry.path: entry.sha for entry in self._git.entries(new, [path])}},
            seen.records + segment.records, segment.last, lease.lease(segment.records, seen.lease),
        )  # fmt: skip
        self._remember(new)
        return segment.records

    def append_again(self, make: Callable[[tuple[Record, ...]], Sequence[Record] | None]) -> tuple[Record, ...]:
        """What `make` made of all records, as it now stands; made anew when others were first. None: nothing to add."""
        for attempt in range(TRIES):
            new = make(self.read())
            if not new:
                return ()
            try:
                return self.append(new)
            except Moved:
                self._clock.sleep(random.uniform(0, 0.02 * 2 ** min(attempt, 5)))
        raise Stop(Exit.LOCKED, f"journal {self.name}: others were first {TRIES} times", "run again")

    def begin(self, run: str, seconds: int) -> int:
        """Takes the account for this run; the number of the record that says so. Raises Stop(LOCKED) where another run's
        lease is live."""
        until = self._clock.now() + timedelta(seconds=seconds)
        begun = self.append_again(lambda records: [lease.begin(run, until)])
        token: int = begun[0]["n"]
        self._held = (run, token, timedelta(seconds=seconds))
        return token

    def renew(self, run: str, seconds: int) -> None:
        """Holds the account for so long from now."""
        self.append([lease.renew(run, self._clock.now() + timedelta(seconds=seconds))])

    def end(self, run: str) -> None:
        """Gives the account back."""
        self.append([lease.end(run)])
        self._held = None

    def put_body(self, data: bytes, name: str) -> str:
        """The digest of data that is kept outside the chain, so that it can be erased after its retention."""
        return bodies.put(self._git, self._branch.remote, data, name)

    def get_body(self, digest: str) -> bytes | None:
        """What was put under this digest; None: it was erased."""
        return bodies.get(self._git, self._branch.remote, digest)

    def _first_read(self) -> Seen:
        self.read()
        return self._seen or Seen()

    def _news(self, seen: Seen) -> tuple[Record, ...]:
        news = self.read()[len(seen.records) :]
        self._guard(self._seen or seen)
        return news

    def _guard(self, seen: Seen) -> None:
        held = seen.lease
        if self._held is None:
            if held and held.live(self._clock.now()):
                what = f"run {held.run} holds {self.name} since {_clock_time(held.since)}"
                fix = f"wait until it ends; from {_clock_time(held.until)} on the next run takes over"
                raise Stop(Exit.LOCKED, what, fix)
        elif held is None or held.token != self._held[1]:
            who = f"run {held.run} took it over at {_clock_time(held.since)}" if held else "it was ended by another run"
            what = f"run {self._held[0]} holds {self.name} no longer: {who}"
            raise Stop(Exit.LOCKED, what, "nothing was written; run again")

    def _renewal(self, seen: Seen) -> tuple[Record, ...]:
        """Half way through its lease a run renews it with whatever it appends."""
        if not (self._held and seen.lease):
            return ()
        run, _, span = self._held
        now = self._clock.now()
        return (lease.renew(run, now + span),) if seen.lease.until - now < span / 2 else ()

    def _time(self, seen: Seen) -> str:
        now = self._clock.now()
        last = instant(seen.last.at) if seen.last.at else now
        if now < last - SKEW:
            what = f"the clock says {_clock_time(now)}, but journal {self.name} has a record of {_clock_time(last)}"
            raise Stop(Exit.ERROR, what, "set the clock of this machine")
        return str(plain(max(now, last)))

    def _message(self, segment: Segment) -> str:
        counted = Counter(str(record["type"]) for record in segment.records)
        what = ", ".join(kind if count == 1 else f"{count} {kind}s" for kind, count in counted.items())
        subject = f"{self.name.rpartition('/')[2]}: {what}"
        span = f"{segment.records[0]['n']}-{segment.last.n}"
        return f"{subject}\n\nSeatwise-Records: {span}\n{LAST}: {segment.last.digest}\n"


def _clock_time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
