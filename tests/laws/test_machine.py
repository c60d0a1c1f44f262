"""The eight laws under fire: people and what they say to rollouts, HR, administrators, faults and kills in any order, in a real
repository; after every run what the vendor shows is held against the journal and against a second opinion (ledger.py).

The test plays two games, always the same, and one that is written down and comes to every state of semantics §13; `make torture`
plays 200, with other dice each time.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from tests.company import Company, person
from tests.laws.ledger import BEGUN, CREW, FAMILY, LICENSES, PEOPLE, Ledger, every, family

from seatwise import vendors
from seatwise.core import lifecycle
from seatwise.core.lifecycle import ABORTS, SAID, Event
from seatwise.core.model import (
    Change,
    ClaimState,
    Exit,
    Origin,
    Outcome,
    Plan,
    RolloutState,
    Run,
    Seat,
    StageState,
    Stop,
)  # fmt: skip
from seatwise.core.records import TAKEN_BACK
from seatwise.flows import runs, snapshots
from seatwise.flows.runs import Order
from seatwise.vendors.sandbox import Sandbox
from seatwise.vendors.sandbox.console import Console
from seatwise.vendors.sandbox.profile import PROFILES
from seatwise.vendors.sandbox.service import Refused

POOLS = {"E3": 5, "E5": 3, "A": 13}
CALM = "policy: max-removals\nlevel: warn\nnever_over: {share: 100%}\n"
SETTLE = timedelta(minutes=10)
SLOW = "settle: 10 minutes"
"""A vendor that shows what was written only then."""
RANKS = {"e3": "one_of: suite\nrank: 10\n", "e5": "one_of: suite\nrank: 20\n", "a": ""}
RULE = f"crew: {{where: {{department: [{CREW}]}}, max: 9}}"
WRITES: tuple[dict[str, Any], ...] = (
    {"kind": "refuse"},
    {"kind": "500", "times": 2, "call": "write"},
    {"kind": "500", "times": 99, "call": "write"},
    {"kind": "429", "times": 2, "seconds": 7},
    {"kind": "timeout-before"},
    {"kind": "timeout-after"},
    {"kind": "down", "call": "write", "skip": 1},
)
READS: tuple[dict[str, Any], ...] = tuple(
    {"kind": kind, "times": 99, "call": "read"} for kind in ("short-page", "empty-read", "shrink", "down")
)
SOME = st.sets(st.sampled_from(PEOPLE), min_size=1, max_size=4)
MANY = st.sets(st.sampled_from(PEOPLE), min_size=10)
DIES = st.tuples(st.sampled_from(["before", "after"]), st.integers(1, 3))
WORDS = {event.value: event for event in SAID}
REACHED: set[str] = set()
"""States of semantics §13 that a rollout of any game was in."""
TABLE = {"refused", *(state for state in (*RolloutState, *StageState) if state not in ("open", "passed"))}
Key = tuple[str, str]
"""License and person."""
Truth = Mapping[tuple[str, str], Seat]
"""(sku, the vendor's holder id) → seat, as the vendor has it."""


@dataclass
class Known:
    """What an onlooker knows of seats: which may be ours, and which a hand took from us."""

    ours: set[tuple[str, str]] = field(default_factory=set)
    gone: set[tuple[str, str]] = field(default_factory=set)
    """Taken by a hand, and no run has looked since."""
    taken: dict[Key, int] = field(default_factory=dict)
    """What a hand took of ours → how many commits a run had seen by then."""


@dataclass(frozen=True)
class Witness:
    """One run seen from outside."""

    before: Truth
    after: Truth
    plan: Plan | None
    """None: nobody looked, or what main says is refused."""
    run: Run | None
    """None: the run was killed."""
    requests: int
    records: tuple[dict[str, Any], ...]
    outcomes: tuple[dict[str, Any], ...]
    faults: tuple[str, ...]
    quiet: frozenset[str]
    """Rollouts that somebody halted; the account's name, where all of it stands still."""
    ledger: Ledger
    known: Known
    """Both as they were when the run began."""
    unseen: Counter[str]
    """Sku → seats that a hand gave so lately that the vendor did not show them yet."""

    @property
    def intents(self) -> tuple[dict[str, Any], ...]:
        return tuple({**one, **of(record)} for record in self.all("intent") for one in record["changes"])

    def all(self, type: str) -> list[dict[str, Any]]:
        return [record for record in self.records if record["type"] == type]

    def settled(self, how: str) -> set[Key]:
        """What was settled so, without a call."""
        return {(record["license"], base(id)) for record in self.all("settled") for id in record["seats"].get(how, ())}

    @property
    def taken_back(self) -> set[Key]:
        """Seats that an abort called."""
        back = [one for one in self.intents if one["stage"] == TAKEN_BACK]
        return {(grant["license"], base(one["who"])) for one in back for grant in grants(one)}

    @property
    def taken(self) -> list[tuple[str, Seat]]:
        return [(sku, seat) for (sku, holder), seat in self.before.items() if (sku, holder) not in self.after]

    @property
    def given(self) -> list[tuple[str, Seat]]:
        return [(sku, seat) for (sku, holder), seat in self.after.items() if (sku, holder) not in self.before]


@cache
def begun(acts_like: str, config: str) -> Company:
    """A company of twelve with three licenses at work, and two seats that nobody asked for."""
    folder = Path(tempfile.mkdtemp(prefix="laws-"))
    atexit.register(shutil.rmtree, folder)
    company = Company(folder, acts_like=acts_like, config=config, remote=False)
    company.write("policies/max-removals.yaml", CALM)
    company.hires(*PEOPLE)
    company.sells(**POOLS)
    company.holds("A", "fay")
    company.holds("E3", "eve")
    for id in LICENSES:
        company.license(id, BEGUN[id], extra=RANKS[id])
    company.commit("manage all")
    company.apply()
    return company


class Laws(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="laws-"))
        self.ledger, self.known = Ledger(), Known()
        self.mail = {name: f"{name}@x.example" for name in PEOPLE}
        self.login: dict[str, str] = {}
        self.stirred = 0
        self.landed: set[str] = set()
        self.applied = 0
        self.halted: set[str] = set()
        self.did: dict[str, list[tuple[Any, ...]]] = {}
        """Rollout → what it did and has not taken back."""
        self.lists: dict[str, set[Key]] = {}
        """Rollout → the seats on its frozen list."""
        self.on_main: dict[str, set[str]] = {}
        """Rollout that somebody aborted → the commits that had landed by then."""
        self.held: set[str] = set()
        """Rollouts whose seats are held: taken back, or being so."""
        self.snapshot = ""
        self.handed: dict[tuple[str, str], datetime] = {}
        """Seats that a hand gave, and when."""

    @initialize(acts_like=st.sampled_from(["plain", "microsoft365"]), config=st.sampled_from(["", SLOW]))
    def opens(self, acts_like: str, config: str) -> None:
        self.acts_like, self.slow = acts_like, bool(config)
        self.company = begun(acts_like, config).copy(self.folder)
        self.console: Console = self.company.console
        truth = self.truth()
        self.login = {who(seat): seat.login for seat in truth.values()}
        begins = self.company.git("rev-parse", "HEAD")
        self.landed.add(begins)
        self.ledger.moved[begins] = set(every())
        given = [(who(seat), None, sku.lower()) for (sku, _), seat in truth.items()]
        self.did = {begins[:12]: [one for one in given if one[0] in BEGUN[one[2]]]}
        self.known.ours = {at for at, seat in truth.items() if self.ledger.asked(at[0].lower(), who(seat))}

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None and hasattr(self, "company"):
                self.ends()
        finally:
            shutil.rmtree(self.folder)

    def happens(self) -> None:
        """Something happened; the schedule's turn comes after every fifth time."""
        self.stirred += 1
        if self.stirred >= 5:
            self.watches(True)

    # what people write

    @rule(license=st.sampled_from(LICENSES), names=SOME)
    def gives_rows(self, license: str, names: set[str]) -> None:
        for name in names:
            self.ledger.drafted.team[license].setdefault(name, self.mail[name])
        self.happens()

    @rule(license=st.sampled_from(LICENSES), names=SOME)
    def takes_rows(self, license: str, names: set[str]) -> None:
        for name in names:
            self.ledger.drafted.team[license].pop(name, None)
        self.happens()

    @rule(license=st.sampled_from(LICENSES), names=MANY)
    def gives_rows_to_many(self, license: str, names: set[str]) -> None:
        self.gives_rows(license, names)

    @rule(license=st.sampled_from(LICENSES), names=MANY)
    def takes_rows_of_many(self, license: str, names: set[str]) -> None:
        self.takes_rows(license, names)

    @rule(license=st.sampled_from(LICENSES))
    def turns_a_rule_on_or_off(self, license: str) -> None:
        self.ledger.drafted.crew ^= {license}
        self.happens()

    @rule(license=st.sampled_from(LICENSES), name=st.sampled_from(PEOPLE))
    def turns_never_on_or_off(self, license: str, name: str) -> None:
        self.ledger.drafted.never[license] ^= {name}
        self.happens()

    @rule()
    def commits(self) -> None:
        self.committed()
        self.happens()

    def committed(self) -> None:
        drafted = self.ledger.drafted
        for id in LICENSES:
            names = "".join(f"\n  - {self.mail[name]}: {{reason: no}}" for name in sorted(drafted.never[id]))
            never = f"never:{names}\n" if names else ""
            extra = f"{RANKS[id]}movers: {{keep_for: 1 day}}\n{never}"
            rules = RULE if id in drafted.crew else ""
            self.company.license(id, drafted.team[id].values(), extra=extra, rules=rules)
        self.lands(self.company.commit(f"change {self.ledger.commits + 1}"))

    def lands(self, commit: str) -> None:
        self.last = commit
        self.landed.add(commit)
        self.ledger.moved[commit] = self.ledger.commit()

    @precondition(lambda self: self.ledger.past and self.ledger.past[-1] != self.ledger.main)
    @rule()
    def reverts(self) -> None:
        """The last commit is taken back; what somebody drafts at the moment is lost."""
        self.ledger.drafted = deepcopy(self.ledger.past[-1])
        self.lands(self.company.revert(self.last))
        self.happens()

    @rule()
    def asks_what_is_refused(self) -> None:
        """A license goes before it was retired; whoever did it takes it back."""
        self.company.remove("licenses/x/a.yaml")
        refused = self.company.commit("no more a")
        self.holds_the_laws(self.company.apply, None)
        assert refused not in {record["commit"] for record in self.company.records() if "commit" in record}
        REACHED.add("refused")
        self.company.revert("HEAD")

    @rule()
    def takes_a_snapshot(self) -> None:
        (taken,) = snapshots.take(self.company.workspace)
        self.snapshot = taken.id
        self.happens()

    @precondition(lambda self: self.snapshot)
    @rule()
    def restores(self) -> None:
        """The rows that bring the snapshot back are merged as they are."""
        try:
            made = snapshots.restore(self.company.workspace, self.snapshot, f"restore-{self.ledger.commits}")
        except Stop as stop:
            assert stop.code is Exit.USAGE, stop
            return
        drafted = self.ledger.drafted = deepcopy(self.ledger.main)
        for edit in made.edits:
            name = base(edit.who)
            if edit.how == "never":
                drafted.never[edit.license].add(name)
            elif edit.how == "give":
                drafted.team[edit.license][name] = edit.who
            else:
                del drafted.team[edit.license][name]
        self.company.git("merge", "-q", "--ff-only", made.branch)
        self.lands(self.company.git("rev-parse", "HEAD"))
        self.happens()

    # what people say to rollouts

    @rule(word=st.sampled_from(sorted(WORDS)), without=st.booleans(), data=st.data())
    def speaks(self, word: str, without: bool, data: st.DataObject) -> None:
        shown = runs.shown(self.company.workspace).tallies
        stands(self)
        if shown:
            self.says(word, data.draw(st.sampled_from(sorted(one.rollout.id for one in shown))), without=without)

    def says(self, word: str, id: str, *, without: bool = False) -> None:
        try:
            runs.say(self.company.workspace, Order(WORDS[word], id, reason="so", without=without))
        except Stop as stop:
            assert stop.code is Exit.USAGE, stop
            return
        (self.halted.add if word == "halt" else self.halted.discard)(id)
        if word == "abort":
            self.on_main[id] = set(self.landed)
            self.ledger.aborted |= {commit for commit in self.landed if commit.startswith(id)}
        self.happens()

    @rule()
    def stops_the_account_or_lets_it_go_on(self) -> None:
        word = Event.RESUME if "v" in self.halted else Event.HALT
        runs.say(self.company.workspace, Order(word, account="v", reason="so"))
        self.halted ^= {"v"}
        self.happens()

    # what an administrator does

    @rule(
        license=st.sampled_from(LICENSES),
        name=st.sampled_from(PEOPLE),
        origin=st.sampled_from([Origin.DIRECT, Origin.GROUP]),
    )
    def gives_by_hand(self, license: str, name: str, origin: Origin) -> None:
        try:
            holder = self.console.hand_grant(license.upper(), self.login.get(name, self.mail[name]), origin=origin)
        except Refused:
            return
        self.login.setdefault(name, self.mail[name])
        self.known.taken.pop((license, name), None)
        self.known.gone.discard((license.upper(), holder))
        self.handed[license.upper(), holder] = self.company.clock.now()
        self.happens()

    @precondition(lambda self: self.truth())
    @rule(data=st.data())
    def takes_by_hand(self, data: st.DataObject) -> None:
        truth = self.truth()
        sku, holder = data.draw(st.sampled_from(sorted(truth)))
        seat, license = truth[sku, holder], sku.lower()
        name = who(seat)
        if seat.origin is Origin.DIRECT and self.claimed(license, name):
            self.known.taken[license, name] = self.applied
        self.console.hand_revoke(sku, seat.login)
        self.known.gone.add((sku, holder))
        self.handed.pop((sku, holder), None)
        self.happens()

    # what HR says

    @rule(name=st.sampled_from(PEOPLE), status=st.sampled_from(["A", "L", "T"]))
    def says_who_works(self, name: str, status: str) -> None:
        self.ledger.status[name] = status
        self.exports()
        self.happens()

    @rule(name=st.sampled_from(PEOPLE))
    def moves_somebody(self, name: str) -> None:
        self.ledger.department[name] = "Sales" if self.ledger.department[name] == CREW else CREW
        self.exports()
        self.happens()

    @rule(name=st.sampled_from(PEOPLE), there=st.booleans())
    def renames_somebody(self, name: str, there: bool) -> None:
        """HR does, and keeps the old mail as an alias; the vendor's administrator may follow."""
        number = int(self.mail[name].removeprefix(name).split("@")[0] or 0)
        self.mail[name] = f"{name}{number + 1}@x.example"
        if there and name in self.login:
            with suppress(Refused):
                self.console.rename(self.login[name], self.mail[name])
                self.login[name] = self.mail[name]
        self.exports()
        self.happens()

    @rule(name=st.sampled_from(PEOPLE))
    def loses_or_finds_somebody(self, name: str) -> None:
        if name in self.ledger.absent or not self.ledger.absent:
            self.ledger.absent ^= {name}
            self.exports()
        self.happens()

    def exports(self) -> None:
        """HR's file as it is now: it comes anew, whether something changed or not."""
        self.company.people = {m: row for m, row in self.company.people.items() if row["title"]}
        ledger = self.ledger
        for name in sorted(set(PEOPLE) - ledger.absent):
            number = int(self.mail[name].removeprefix(name).split("@")[0] or 0)
            former = " ".join(f"{name}{n or ''}@x.example" for n in range(number))
            row = person(name, status=ledger.status[name], department=ledger.department[name], former=former)
            self.company.people[self.mail[name]] = {**row, "mail": self.mail[name]}
        self.company.hr()

    # what runs

    @rule(hours=st.sampled_from([1, 20, 60]))
    def waits(self, hours: int) -> None:
        self.company.clock.sleep(timedelta(hours=hours).total_seconds())
        self.exports()
        self.happens()

    @precondition(lambda self: self.stirred > 1)
    @rule(commits=st.booleans())
    def applies(self, commits: bool) -> None:
        self.watches(commits)
        before = self.company.calls()
        again = self.company.apply()
        assert (self.company.calls(), again.written) == (before, ()), "a second apply at once sends something"

    @precondition(lambda self: self.stirred > 1)
    @rule(fault=st.sampled_from(WRITES), name=st.sampled_from(PEOPLE))
    def applies_while_writing_fails(self, fault: dict[str, Any], name: str) -> None:
        of_one = {"login": self.login[name]} if name in self.login else {}
        self.watches(True, {**fault, **of_one})

    @precondition(lambda self: self.stirred > 3)
    @rule(fault=st.sampled_from(READS))
    def applies_while_reading_fails(self, fault: dict[str, Any]) -> None:
        self.watches(True, fault)

    def watches(self, commits: bool, /, *faults: dict[str, Any]) -> None:
        """Plan, then apply, and what each of them did."""
        if commits:
            self.committed()
        company = self.company
        refs, before, calls = self.refs(), self.truth(), company.calls()
        plan = company.plan()
        law = "reading changes nothing"
        assert (self.refs(), self.truth(), company.calls()) == (refs, before, calls), law
        self.holds_the_laws(company.apply, plan, *faults)

    @precondition(lambda self: self.stirred > 1)
    @rule(commits=st.booleans(), place=DIES)
    def is_killed(self, commits: bool, place: tuple[str, int]) -> None:
        """A real process, killed before or after one of its calls; its lease runs out."""
        if commits:
            self.committed()
        self.holds_the_laws(lambda: killed(self.company, place), None)
        self.company.clock.sleep(timedelta(minutes=20).total_seconds())

    def holds_the_laws(self, does: Callable[[], Run | None], plan: Plan | None, *faults: dict[str, Any]) -> None:
        """Does it, and looks at it from outside."""
        company, before, calls, past = self.company, self.truth(), self.company.calls(), len(self.company.records())
        began = company.clock.now()
        for fault in faults:
            self.console.fault(**fault)
        run = does()
        self.console.clear_faults()
        records = company.records()[past:]
        outcomes = tuple(one for record in records if record["type"] == "outcome" for one in record["outcomes"])
        self.ledger.run()
        kinds = tuple(fault["kind"] for fault in faults) if run else ("killed",)
        unseen = Counter(sku for (sku, _), at in self.handed.items() if self.slow and began - at < SETTLE)
        quiet, book, known = frozenset(self.halted), deepcopy(self.ledger), deepcopy(self.known)
        requests = company.calls() - calls
        seen = Witness(before, self.truth(), plan, run, requests, records, outcomes, kinds, quiet, book, known, unseen)
        REACHED.update(reached(records))
        for law in self.laws if run else self.laws_of_calls:
            law(self, seen)
        self.remembers(seen)
        self.stirred = 0

    def refs(self) -> str:
        return self.company.git("for-each-ref") + self.company.git("status", "--porcelain")

    def truth(self) -> dict[tuple[str, str], Seat]:
        return {(sku, seat.holder): seat for sku in POOLS for seat in self.console.seats(sku)}

    def claimed(self, license: str, name: str) -> bool:
        """Whether a run has seen that the seat is asked and ours, and no call for this person is open."""
        workspace = self.company.workspace
        state = workspace.state(workspace.sound_tree("HEAD").settings, "v")
        open_calls = {base(sent.change.who) for sent in state.sent.values()}
        claims = [claim for id, claim in state.of(license).items() if base(id) == name]
        return name not in open_calls and any(c.asked and c.state is ClaimState.OURS for c in claims)

    def remembers(self, seen: Witness) -> None:
        """What an onlooker learns from a run about whose seats these are."""
        known, ledger = self.known, self.ledger
        known.ours |= {at for at, seat in seen.before.items() if ledger.asked(at[0].lower(), who(seat)) is not False}
        known.ours |= seen.after.keys() - seen.before.keys()
        known.ours -= seen.before.keys() - seen.after.keys()
        let_go = seen.settled("forget")
        known.ours -= {at for at, seat in seen.after.items() if (at[0].lower(), who(seat)) in let_go}
        if seen.run and not any(finding.rule == "account-failed" for finding in seen.run.findings):
            known.ours -= known.gone - seen.after.keys()
            known.gone.clear()
            known.taken = {key: at for key, at in known.taken.items() if ledger.asked(*key)}
            self.applied = ledger.commits

    # the laws, after every run

    def law_1_every_call_has_a_cause_in_the_journal(self, seen: Witness) -> None:
        for intent in seen.intents:
            assert self.happened(seen, intent["cause"], intent), f"nothing happened that would be the cause of {intent}"
        written = {(grant["sku"], base(i["who"])) for i in seen.intents for grant in grants(i)}
        moved = {(sku, who(seat)) for sku, seat in (*seen.taken, *seen.given)}
        assert moved <= written, "a seat moved, and the journal does not say why"
        if not seen.faults:
            calls = sum(self.calls_of(seen, i) for i in seen.intents) + self.refused_as_full(seen).total()
            assert seen.requests == calls, (seen.intents, seen.outcomes)

    def happened(self, seen: Witness, cause: Mapping[str, str], intent: Mapping[str, Any]) -> bool:
        name, ledger = base(intent["who"]), seen.ledger
        if cause["kind"] in ("commit", "reverse"):
            return cause["commit"] in self.landed
        if cause["kind"] == "leaver":
            return ledger.status[name] == "T"
        follows = any((grant["license"], name) in ledger.matched for grant in grants(intent))
        returns = intent["after"] and ledger.asked(intent["after"]["license"], name)
        return cause["kind"] == "rule" and bool(follows or returns)

    def calls_of(self, seen: Witness, intent: Mapping[str, Any]) -> int:
        """Calls that a change takes at this vendor: a swap takes two where it is not atomic, none if nothing was sent."""
        done = any(one["id"] == intent["id"] and one["result"] == "done" for one in seen.outcomes)
        halves = len({grant["sku"] for grant in grants(intent)})
        return done * (halves if self.acts_like == "plain" else 1)

    def refused_as_full(self, seen: Witness) -> Counter[str]:
        """Sku → seats that were asked of it, and there was none: a hand had just taken the last."""
        full = {one["id"] for one in seen.outcomes if one["reason"] == PROFILES[self.acts_like].full}
        return Counter(intent["after"]["sku"] for intent in seen.intents if intent["id"] in full)

    def law_2_nobody_is_given_what_is_not_asked(self, seen: Witness) -> None:
        for sku, seat in seen.given:
            asked = seen.ledger.asked(sku.lower(), who(seat)) is not False
            assert asked or (sku.lower(), who(seat)) in seen.taken_back, f"{who(seat)} was given {sku}"

    def law_2_a_plan_taken_just_before_covers_what_is_sent(self, seen: Witness) -> None:
        if seen.plan is None:
            return
        planned = {
            (step.change.who, *(grant and grant.license for grant in (step.change.before, step.change.after)))
            for step in (*seen.plan.steps, *seen.plan.others)
        }
        sent = {(i["who"], *(i[side] and i[side]["license"] for side in ("before", "after"))) for i in seen.intents}
        assert sent <= planned, f"sent, and not in the plan: {sent - planned}"

    def law_3_left_out_is_not_removed(self, seen: Witness) -> None:
        """Nobody asked and we never claimed: never taken. Nor is what is asked, but for a higher seat of the family."""
        held = {(sku.lower(), who(seat)) for (sku, _), seat in seen.after.items()}
        for sku, seat in seen.taken:
            license, name = sku.lower(), who(seat)
            asked = seen.ledger.asked(license, name)
            known = (sku, seat.holder) in seen.known.ours or asked is not False
            assert known, f"{sku} of {name} was never ours nor asked, and was taken"
            assert seat.origin is Origin.DIRECT, f"{sku} of {name} comes from a group, and was taken"
            swapped = license in FAMILY and any((id, name) in held for id in FAMILY if id != license)
            back = (license, name) in seen.taken_back
            assert swapped or back or not asked, f"{sku} of {name} is asked, and was taken"

    def law_3_what_a_group_gives_is_never_ours(self, seen: Witness) -> None:
        direct = {(sku.lower(), who(seat)) for (sku, _), seat in seen.before.items() if seat.origin is Origin.DIRECT}
        held = {(sku.lower(), who(seat)) for (sku, _), seat in seen.before.items()}
        assert not seen.settled("adopt") & held - direct, "a seat that a group gives was adopted"

    def law_1_what_a_hand_took_away_does_not_come_back_by_itself(self, seen: Witness) -> None:
        for sku, seat in seen.given:
            key = (sku.lower(), who(seat))
            since = seen.known.taken.get(key)
            anew = seen.ledger.touched.get(key, 0)
            assert since is None or anew > since, f"a hand took {key}, nothing asked anew, and it came back"

    def law_4_whoever_is_absent_from_hr_is_called_for_commits_only(self, seen: Witness) -> None:
        for intent in seen.intents:
            absent = base(intent["who"]) in seen.ledger.absent
            assert not absent or intent["cause"]["kind"] in ("commit", "reverse"), (
                f"{intent['who']} is unknown, not gone"
            )

    def law_5_what_is_called_done_is_what_the_vendor_shows(self, seen: Witness) -> None:
        held = {(sku, who(seat)) for (sku, _), seat in seen.after.items()}
        done = {one["id"] for one in seen.outcomes if one["result"] == "done" and not one["settled"]}
        for intent in seen.intents:
            if intent["id"] in done and intent["after"]:
                assert (intent["after"]["sku"], base(intent["who"])) in held, f"{intent} is not there"
        assert done <= {intent["id"] for intent in seen.intents}, "done, and not written down before"

    def law_2_of_what_was_aborted_only_the_way_back_is_sent(self, seen: Witness) -> None:
        for intent in seen.intents:
            aborted = intent["cause"]["commit"] in seen.ledger.aborted
            assert aborted == (intent["stage"] == TAKEN_BACK), f"aborted: {aborted}, and sent: {intent}"
            if aborted:
                name = base(intent["who"])
                touched = {(grant["license"], name) for grant in grants(intent)} & self.ledger.moved[
                    intent["cause"]["commit"]
                ]
                assert touched, f"{intent} was never of that commit"

    def law_2_whoever_is_on_the_list_of_what_was_aborted_is_left_to_leavers_and_to_what_lands_later(
        self, seen: Witness
    ) -> None:
        for record in seen.records:
            if record["type"] == "rollout":
                items = record["rollout"]["items"]
                self.lists[record["rollout"]["id"]] = {(item["license"], base(item["who"])) for item in items}
                self.held |= {record["rollout"]["id"]} if record["rollout"]["state"] in ABORTS else set()
            elif record["type"] in ("obeyed", "state") and record["to"] in {*ABORTS, RolloutState.CLOSED}:
                (self.held.add if record["to"] in ABORTS else self.held.discard)(record["rollout"])
            elif record["type"] == "intent" and record["stage"] != TAKEN_BACK:
                for one in record["changes"]:
                    self.may_be_called(one)

    def may_be_called(self, intent: Mapping[str, Any]) -> None:
        seats = {(grant["license"], base(intent["who"])) for grant in grants(intent)}
        cause = intent["cause"]
        for id in self.held if cause["kind"] not in ("leaver", "expiry") else ():
            later = cause["commit"] and cause["commit"] not in self.on_main[id]
            assert later or not seats & self.lists[id], f"{id} was aborted, and its seat was called: {intent}"

    def law_2_an_abort_takes_back_what_the_rollout_did_and_once(self, seen: Witness) -> None:
        done = {one["id"] for one in seen.outcomes if one["result"] in ("done", "already")}
        for record in seen.all("intent"):
            did = self.did.setdefault(record["rollout"], [])
            for one in record["changes"]:
                before, after = (one[side] and one[side]["license"] for side in ("before", "after"))
                if record["stage"] != TAKEN_BACK:
                    did.append((base(one["who"]), before, after))
                else:
                    assert (base(one["who"]), after, before) in did, f"taken back, and never done: {one}"
                    if one["id"] in done:
                        did[:] = [other for other in did if other != (base(one["who"]), after, before)]

    def law_2_what_is_halted_sends_nothing(self, seen: Witness) -> None:
        sent = {intent["rollout"] for intent in seen.intents}
        assert not sent & seen.quiet, f"halted, and sent: {sent & seen.quiet}"
        assert not ("v" in seen.quiet and seen.requests), "the account stands still, and was called"

    def capacity_is_never_exceeded(self, seen: Witness) -> None:
        for sku, bought in POOLS.items():
            assert sum(1 for of, _ in seen.after if of == sku) <= bought
        full = self.refused_as_full(seen)
        assert seen.faults or full <= seen.unseen, f"seats were asked of full pools: {full}"

    def law_4_an_account_that_can_not_be_read_is_not_called(self, seen: Witness) -> None:
        reading = any(fault["kind"] in seen.faults for fault in READS if fault["kind"] != "down")
        assert not (reading and seen.before and seen.requests), "unknown is not empty"

    laws_of_calls = (
        law_1_every_call_has_a_cause_in_the_journal,
        law_1_what_a_hand_took_away_does_not_come_back_by_itself,
        law_2_nobody_is_given_what_is_not_asked,
        law_2_of_what_was_aborted_only_the_way_back_is_sent,
        law_2_whoever_is_on_the_list_of_what_was_aborted_is_left_to_leavers_and_to_what_lands_later,
        law_2_an_abort_takes_back_what_the_rollout_did_and_once,
        law_2_what_is_halted_sends_nothing,
        law_3_left_out_is_not_removed,
        law_3_what_a_group_gives_is_never_ours,
        law_4_whoever_is_absent_from_hr_is_called_for_commits_only,
    )
    """Those that a run holds too which is killed."""
    laws = (
        *laws_of_calls,
        law_2_a_plan_taken_just_before_covers_what_is_sent,
        law_4_an_account_that_can_not_be_read_is_not_called,
        law_5_what_is_called_done_is_what_the_vendor_shows,
        capacity_is_never_exceeded,
    )

    def ends(self) -> None:
        """All quiet, days later: asked is actual, or something says why not."""
        self.exports()
        for days in range(40):
            self.company.clock.sleep(timedelta(days=1).total_seconds())
            self.exports()
            run = self.company.apply()
            if days > 1 and RolloutState.OPEN not in {one.state for one in run.rollouts}:
                break
        plan = self.company.plan()
        waits = {one.id for one in run.rollouts if one.state is RolloutState.QUEUED}
        steps = (*plan.steps, *plan.others)
        left = [(step.change.who, step.change.cause, step.rollout) for step in steps if step.rollout not in waits]
        standing = [(one.id, one.state, one.why) for one in run.rollouts]
        assert not left, f"something is to be done, and no run does it: {left}, {standing}"
        listed = {(item.license, item.who) for one in run.rollouts if one.id in waits for item in one.items}
        queued = {(family(id), base(name)) for id, name in listed & {(s.change.license, s.change.who) for s in steps}}
        said = self.said(plan, run) | queued
        for license, name in every():
            asked, wanted = self.ledger.asked(license, name), self.ledger.wanted(license, name)
            has = any(sku.lower() == license and who(seat) == name for (sku, _), seat in self.truth().items())
            differs = (has and asked is False) or (wanted is True and not has)
            explained = (family(license), name) in said
            assert not differs or explained, f"{license} of {name}: asked {asked}, there {has}, and nothing says why"

    def said(self, plan: Plan, run: Run) -> set[Key]:
        """(family, person) of whom the plan or the last run says something that is not as it should be."""
        holders = {seat.holder: who(seat) for seat in self.truth().values()}
        holds = [(h.license, h.who) for h in (*plan.held, *plan.others_held, *run.held)]
        shown = [(one.license, one.who) for one in (*plan.drift, *plan.unlisted)]
        found = [(f.license, f.person) for f in (*plan.findings, *run.findings)]
        return {(family(id), holders.get(one.removeprefix("?"), base(one))) for id, one in (*holds, *shown, *found)}


def base(id: str) -> str:
    """The person behind an id or a login: `ann` of `ann2@x.example`."""
    return id.partition("@")[0].rstrip("0123456789")


def who(seat: Seat) -> str:
    return base(seat.login)


def grants(intent: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [intent[side] for side in ("before", "after") if intent[side]]


def of(intent: Mapping[str, Any]) -> dict[str, Any]:
    return {name: intent[name] for name in ("rollout", "stage", "lane")}


def reached(records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The states that these records tell of."""
    for record in records:
        if record["type"] == "rollout":
            yield record["rollout"]["state"]
            yield from (stage["state"] for stage in record["rollout"]["stages"])
        elif record["type"] == "obeyed":
            yield from (record["was"], record["to"])
        elif record["type"] in ("state", "stage"):
            yield record["to" if record["type"] == "state" else "state"]
        elif record["type"] == "intent" and record["kind"]:
            yield StageState.WRITING


def killed(company: Company, place: tuple[str, int]) -> None:
    """An apply in a process of its own, which is killed before or after that call; one that makes fewer ends by itself."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            Dying.place = place
            vendors.BUILT_IN["sandbox"] = f"{Dying.__module__}:{Dying.__name__}"
            company.apply()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert status == 0 or os.WTERMSIG(status) == signal.SIGKILL, "the run failed before it could be killed"


class Dying(Sandbox):
    """The embedded vendor, in whose hands a process dies at one call."""

    place: ClassVar[tuple[str, int]]
    made: ClassVar[int] = 0

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        for change in changes:
            Dying.made += 1
            self.dies("before")
            outcomes = list(super().apply([change]))
            self.dies("after")
            yield from outcomes

    def dies(self, when: str) -> None:
        if self.place == (when, self.made):
            os.kill(os.getpid(), signal.SIGKILL)


GAMES = int(os.environ.get("SEATWISE_TORTURE", "0"))
Laws.TestCase.settings = settings(
    max_examples=GAMES or 2,
    stateful_step_count=50,
    derandomize=not GAMES,
    database=None,
    deadline=None,
    phases=(Phase.generate,),  # to shrink takes minutes; a game of 50 steps is short enough to read
    suppress_health_check=list(HealthCheck),
)
TestLaws = Laws.TestCase


def test_one_game_comes_to_every_state_of_the_table() -> None:
    """What dice seldom do in a few games, in order; the laws are held against each run of it."""
    past, game = set(REACHED), Laws()
    REACHED.clear()
    try:
        game.opens(acts_like="plain", config=SLOW)
        plays(game)
        game.ends()
        assert not TABLE - REACHED
    finally:
        REACHED.update(past)
        shutil.rmtree(game.folder)


def plays(game: Laws) -> None:
    company, team = game.company, game.ledger.drafted.team
    goes_on(game, 180)
    game.asks_what_is_refused()
    team["a"].update({name: game.mail[name] for name in PEOPLE})
    game.committed()
    first = game.last[:12]
    game.watches(False, {"kind": "down", "times": 99})
    stands(game)
    game.says("halt", first)
    goes_on(game, 1)
    game.says("resume", first)
    goes_on(game, 15, {"kind": "timeout-after", "call": "write"})
    goes_on(game, 15)
    leaver = min(company.has("A") - {"dan"})
    team["a"] = {leaver: game.mail[leaver]}
    game.committed()
    goes_on(game, 5)
    game.says("halt", first)
    goes_on(game, 1)
    game.says("resume", first)
    goes_on(game, 1)
    game.ledger.status[leaver] = "T"
    goes_on(game, 33)
    goes_on(game, 6)
    late = min(set(PEOPLE) - company.has("A") - {leaver})
    team["a"][late] = game.mail[late]
    game.committed()
    game.says("abort", first)
    game.says("halt", first)
    goes_on(game, 5)
    game.says("resume", first)
    game.is_killed(commits=False, place=("after", 2))
    goes_on(game, 1)
    game.says("release", first)
    goes_on(game, 1)


def goes_on(game: Laws, minutes: int, *faults: dict[str, Any]) -> None:
    game.company.clock.sleep(timedelta(minutes=minutes).total_seconds())
    game.exports()
    game.watches(False, *faults)
    stands(game)


def stands(game: Laws) -> None:
    REACHED.update(lifecycle.phase(one.rollout) for one in runs.shown(game.company.workspace).tallies)


@pytest.mark.skipif(not GAMES, reason="two games do not come so far; `make torture` plays enough of them")
def test_the_games_come_to_every_state_of_the_table() -> None:
    assert not TABLE - REACHED
