"""The journal: records in, records out, hash-chained on a git branch that moves only by compare-and-swap pushes.

Rules (docs/journal.md):
- One branch per account; one commit per append; one segment file per commit, and older files stay as they are.
- A push that finds the branch moved wrote nothing: what is new is read and verified, and the caller decides (`Moved`).
- The journal is the lock: who began a lease may append until somebody else began one; then its next append is refused,
  before it calls a vendor. Without a lease nobody appends while another's is live.
- What was verified once must stay: a head that does not descend from the one read before, or from an anchor, is no journal.
- Every thousand segments one begins with a checkpoint: what all records before it come to. Reading begins there.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from seatwise.core import checkpoint, lease, veil
from seatwise.core.canon import instant, plain
from seatwise.core.chain import Record, Segment, link
from seatwise.core.lease import Lease
from seatwise.core.model import Exit, Stop
from seatwise.core.veil import Veil
from seatwise.edges import bodies
from seatwise.edges.branch import Branch
from seatwise.edges.clock import Clock
from seatwise.edges.git import Git
from seatwise.edges.gitread import blob_id
from seatwise.edges.seal import Seal
from seatwise.edges.segments import (
    CHECKPOINT,
    LAST,
    PLAIN,
    SIGNATURE,
    Page,
    Seen,
    advanced,
    segments,
    since_checkpoint,
)

TRIES = 60
"""How often an append that contends with nothing is made again when others were first."""
SKEW = timedelta(seconds=60)
"""How far a clock may be behind another runner's before it counts as wrong."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How one journal is kept, beyond what every journal is."""

    fold: Callable[[Sequence[Record], datetime], Record] | None = None
    """The checkpoint of these records at that time; None: it has no checkpoints."""
    every: int = 1000
    """Segments between checkpoints."""
    veil: Veil | None = None
    seal: Seal | None = None
    mirror: str | None = None
    """A remote that has the branch too, and that nobody may rewrite."""
    head: str | None = None
    """A commit that it is known to have stood at."""
    any_key: bool = False
    """Whether it is read although it was written under another secret: its names stay pseudonyms."""


class Moved(Exception):
    """Somebody else appended first and nothing was written; `records` are theirs, verified."""

    def __init__(self, records: tuple[Record, ...]) -> None:
        super().__init__(f"{len(records)} new records")
        self.records = records


class Journal:
    """One branch of records. Not for several threads: each needs its own."""

    def __init__(self, git: Git, ref: str, remote: str | None, clock: Clock, habits: Habits | None = None) -> None:
        self._git = replace(git, clock=clock)
        self._branch = Branch(self._git, ref, remote)
        self._clock = clock
        self._habits = habits or Habits()
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
        seen = self._look(fetch=fetch)
        if not seen.whole and seen.head:
            seen = self._seen = advanced(self._git, Seen(), Page(self.name, seen.head), seen.segments)
        return self._shown(seen.records)

    def recent(self, *, fetch: bool = True) -> tuple[Record, ...]:
        """The records since the newest checkpoint, which is the first of them; where there is none, all. Verified as by `read`,
        but what lies before the checkpoint is not read."""
        return self._shown(self._look(fetch=fetch).records)

    def _look(self, *, fetch: bool = True) -> Seen:
        seen = self._seen
        known, here = (seen.head, seen.head) if seen else self._branch.kept()
        asked = seen is not None or (fetch and self._branch.remote is not None)
        head = self._branch.stands(fetch=fetch, have=here) if asked else here
        if seen is None or head != seen.head:
            seen = self._verified(head, seen, known, fetch=fetch)
            self._vouched(seen)
            if not self._habits.any_key:
                veil.check(seen.records, self._habits.veil, f"journal {self.name}")
            self._seen = seen
            if fetch and head and head != known:
                self._git.note({self._branch.seen_ref: head})
        return seen

    def _verified(self, head: str | None, seen: Seen | None, known: str | None, *, fetch: bool) -> Seen:
        if seen is None:
            self._descends(head, self._anchors(fetch=fetch), "the anchor")
        if head is None and known is None:
            return Seen()
        self._descends(head, (known,), "which was read before")
        read: Seen | None = self._git.memory.get(self._branch.seen_ref)
        if seen is None and read and read.head == head == known:
            return read
        page = Page(self.name, str(head))
        before = seen.segments if seen else segments(self._git, Page(self.name, known)) if known else {}
        now = advanced(self._git, seen or since_checkpoint(self._git, page), page, before)
        self._git.memory[self._branch.seen_ref] = now
        return now

    def _descends(self, head: str | None, known: Sequence[str | None], how: str) -> None:
        """Raises Stop where the branch does not come after a commit that is known to have been it."""
        for commit in filter(None, known):
            was = Page(self.name, commit)
            if head is None:
                what = f"journal {self.name}: the branch is gone; it stood at {commit[:9]}, {how}"
                there = f"git push {self._branch.remote or '.'} {commit[:9]}:{self._branch.ref}"
                raise Stop(Exit.EVIDENCE, what, f"nothing was written; bring it back: {there}")
            if commit != head and (self._git.resolve(commit) is None or not self._git.is_ancestor(commit, head)):
                raise was.wrong(f"it was rewritten: {head[:9]} does not come after {commit[:9]}, {how}")

    def _anchors(self, *, fetch: bool) -> tuple[str | None, ...]:
        """Where it is known to have stood by what is not in the hands of who may push to it."""
        mirror = self._mirror()
        return self._habits.head, mirror.stands(fetch=fetch) if mirror else None

    def _mirror(self) -> Branch | None:
        return Branch(self._git, self._branch.ref, self._habits.mirror) if self._habits.mirror else None

    def anchor(self) -> None:
        """Takes the mirror along to where the journal stands; one that is ahead, by another run, stays."""
        mirror = self._mirror()
        head = self._look(fetch=False).head if mirror else None
        if mirror is None or head is None:
            return
        for _ in range(TRIES):
            there = mirror.stands()
            if there and self._git.is_ancestor(head, there):
                return
            self._descends(head, (there,), "the anchor")
            if mirror.swap(head, there):
                return
        raise Stop(
            Exit.ERROR, f"remote {self._habits.mirror} does not take {self.name}", "see whether it can be pushed to"
        )

    def _vouched(self, seen: Seen) -> None:
        """Raises Stop where the newest segment must be signed and is not; who signed it has verified all before it."""
        seal = self._habits.seal
        if seal is None or not seal.signers or not seen.head:
            return
        path = list(seen.segments)[-1]
        found = self._git.files(seen.head, [path, path + SIGNATURE])
        if (path + SIGNATURE) not in found:
            raise Page(self.name, seen.head).wrong(f"{path} is not signed", path)
        if why := seal.refuses(found[path], found[path + SIGNATURE], self.name):
            raise Page(self.name, seen.head).wrong(f"{path}: its signature is not good: {why}", path)

    def _shown(self, records: tuple[Record, ...]) -> tuple[Record, ...]:
        lift = self._habits.veil
        return tuple(map(lift.lifted, records)) if lift else records

    def append(self, records: Sequence[Record]) -> tuple[Record, ...]:
        """These records as they now stand in the journal, in one commit. A lease that is held is renewed in time. A record that
        says `at` became known then; any other does now.

        Raises Moved where somebody was first and no lease is held, Stop(LOCKED) where another run holds the account or has
        taken it over.
        """
        seen = self._seen or self._look()
        self._guard(seen)
        at = self._time(seen)
        clear = _timed([*self._checkpoint(seen, at), *records, *self._renewal(seen)], at)
        segment = link([self._written(record) for record in clear], seen.last)
        path = f"{at[:7]}/{len(seen.segments) + 1:06}{PLAIN if clear[0]['type'] != checkpoint.TYPE else CHECKPOINT}"
        new = self._git.commit(seen.head, self._files(path, segment.data), self._message(segment))
        if not self._branch.swap(new, seen.head, verified=True):
            news = self._news(seen)
            if self._held is None:
                raise Moved(news)
            return self.append(records)  # while a lease is held what is new is its own: a push that arrived unheard of
        self._seen = Seen(
            new, {**seen.segments, path: blob_id(segment.data, new)},
            seen.records + segment.records, segment.last, lease.lease(segment.records, seen.lease),
        )  # fmt: skip
        self._git.memory[self._branch.seen_ref] = self._seen
        linked = zip(clear, segment.records, strict=True)
        return tuple({**record, "n": chained["n"], "prev": chained["prev"]} for record, chained in linked)

    def _checkpoint(self, seen: Seen, at: str) -> Sequence[Record]:
        """What all that was read comes to, where the next segment is due to say so."""
        paths = list(seen.segments)
        newest = next((i for i in reversed(range(len(paths))) if paths[i].endswith(CHECKPOINT)), 0)
        if self._habits.fold is None or len(paths) - newest < self._habits.every:
            return ()
        state = self._habits.fold(self._shown(seen.records), instant(at))
        return ({**state, **lease.kept(seen.lease), **self._mark()},)

    def _written(self, record: Record) -> Record:
        return self._habits.veil.veiled(record) if self._habits.veil else record

    def _mark(self) -> Record:
        return {veil.KEY: self._habits.veil.mark} if self._habits.veil else {}

    def _files(self, path: str, data: bytes) -> dict[str, bytes | None]:
        seal = self._habits.seal
        return {path: data, path + SIGNATURE: seal.signature(data, self.name)} if seal and seal.key else {path: data}

    def append_again(self, make: Callable[[tuple[Record, ...]], Sequence[Record] | None]) -> tuple[Record, ...]:
        """What `make` made of the recent records, as it now stands; made anew when others were first. None: nothing to add."""
        for attempt in range(TRIES):
            new = make(self.recent())
            if not new:
                return ()
            try:
                return self.append(new)
            except Moved:
                self._clock.sleep(random.uniform(0, 0.02 * 2 ** min(attempt, 5)))
        raise Stop(Exit.LOCKED, f"journal {self.name}: others were first {TRIES} times", "run again")

    def begin(
        self, run: str, seconds: int, records: Sequence[Record] = (), after: int | None = None
    ) -> tuple[Record, ...]:
        """Takes the account for this run, with these records in the same append; all as they now stand.

        Raises Stop(LOCKED) where another run's lease is live, or where the last record is not number `after`: somebody
        wrote since the caller looked, and nothing is written.
        """
        begun = self._begun([*self._beginning(run, seconds), *records], after)
        token = next(record["n"] for record in begun if record["type"] == lease.BEGIN)
        self._held = (run, token, timedelta(seconds=seconds))
        return begun

    def whole(self, run: str, records: Sequence[Record], after: int) -> None:
        """A run that calls nobody: begun, recorded and ended in one append. Raises as `begin` does."""
        self._begun([*self._beginning(run, 0), *records, lease.end(run)], after)
        self.anchor()

    def _beginning(self, run: str, seconds: int) -> tuple[Record, ...]:
        until = self._clock.now() + timedelta(seconds=seconds)
        return ({**lease.begin(run, until), **self._mark()},)

    def _begun(self, records: Sequence[Record], after: int | None) -> tuple[Record, ...]:
        def unless_others(recent: tuple[Record, ...]) -> Sequence[Record]:
            seen = self._seen or self._look()
            self._guard(seen)
            if after not in (None, seen.last.n):
                what = f"another run worked at account {self.name.rpartition('/')[2]} while this one looked around"
                raise Stop(Exit.LOCKED, what, "nothing was written there; run again")
            return records

        return self.append_again(unless_others)

    def renew(self, run: str, seconds: int) -> None:
        """Holds the account for so long from now."""
        self.append([lease.renew(run, self._clock.now() + timedelta(seconds=seconds))])

    def end(self, run: str, records: Sequence[Record] = ()) -> tuple[Record, ...]:
        """Gives the account back, with these records in the same append; all as they now stand."""
        ended = self.append([*records, lease.end(run)])
        self._held = None
        self.anchor()
        return ended

    def unlock(self, by: str, reason: str) -> Lease:
        """The lease that another run held until now: it is ended, and that run's next append is refused.

        Raises Stop(USAGE) where no run holds the account.
        """
        held = self._look().lease
        if held is None or not held.live(self._clock.now()):
            raise Stop(Exit.USAGE, f"no run holds {self.name}", "seatwise apply")
        self._held = (held.run, held.token, timedelta(0))
        self.append_again(lambda records: [lease.unlock(held.run, by, reason)])
        self._held = None
        self.anchor()
        return held

    def put_body(self, data: bytes, name: str) -> str:
        """The digest of data that is kept outside the chain, so that it can be erased after its retention."""
        return bodies.put(self._git, self._branch.remote, data, name)

    def get_body(self, digest: str) -> bytes | None:
        """What was put under this digest; None: it was erased."""
        return bodies.get(self._git, self._branch.remote, digest)

    def _news(self, seen: Seen) -> tuple[Record, ...]:
        now = self._look()
        self._guard(now)
        return self._shown(now.records[len(seen.records) :])

    def _guard(self, seen: Seen) -> None:
        held = seen.lease
        if self._held is None:
            if held and held.live(self._clock.now()):
                what = f"run {held.run} holds {self.name} since {_clock_time(held.since)}"
                account = self.name.rpartition("/")[2]
                fix = (
                    f"wait until it ends; from {_clock_time(held.until)} on the next run takes over. If it is dead: "
                    f"seatwise run unlock {account} --reason WHY"
                )
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


def _timed(records: Sequence[Record], at: str) -> tuple[Record, ...]:
    """Each with the time at which it became known, or now; none is later than those behind it, for a chain goes one way."""
    timed: list[Record] = []
    for record in reversed(records):
        at = min(at, record.get("at", at))
        timed.append({**record, "at": at})
    return tuple(reversed(timed))


def _clock_time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
