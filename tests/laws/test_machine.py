"""The eight laws under fire: people, HR, administrators and faults in any order, a real repository, and after every run
what the vendor shows is held against the journal and against a second opinion (ledger.py).

The test plays four games, always the same; `make torture` plays 200, with other dice each time.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from tests.company import Company, person
from tests.laws.ledger import BEGUN, CREW, FAMILY, LICENSES, PEOPLE, Ledger, every, family

from seatwise.core.model import ClaimState, Origin, Plan, Run, Seat
from seatwise.vendors.sandbox.console import Console
from seatwise.vendors.sandbox.profile import PROFILES
from seatwise.vendors.sandbox.service import Refused

POOLS = {"E3": 4, "E5": 2, "A": 2}
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
SOME = st.sets(st.sampled_from(PEOPLE), min_size=1)
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
    plan: Plan
    run: Run
    requests: int
    intents: tuple[dict[str, Any], ...]
    outcomes: tuple[dict[str, Any], ...]
    faults: tuple[str, ...]
    ledger: Ledger
    known: Known
    """Both as they were when the run began."""

    @property
    def taken(self) -> list[tuple[str, Seat]]:
        return [(sku, seat) for (sku, holder), seat in self.before.items() if (sku, holder) not in self.after]

    @property
    def given(self) -> list[tuple[str, Seat]]:
        return [(sku, seat) for (sku, holder), seat in self.after.items() if (sku, holder) not in self.before]


@cache
def begun(acts_like: str) -> Company:
    """A company of six with three licenses at work, and two seats that nobody asked for."""
    folder = Path(tempfile.mkdtemp(prefix="laws-"))
    atexit.register(shutil.rmtree, folder)
    company = Company(folder, acts_like=acts_like, remote=False)
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

    @initialize(acts_like=st.sampled_from(["plain", "microsoft365"]))
    def opens(self, acts_like: str) -> None:
        self.acts_like = acts_like
        self.company = begun(acts_like).copy(self.folder)
        self.console: Console = self.company.console
        truth = self.truth()
        self.login = {who(seat): seat.login for seat in truth.values()}
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
        self.ledger.commit()
        self.landed.add(self.company.commit(f"change {self.ledger.commits}"))

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
        refs, before, calls, past = self.refs(), self.truth(), company.calls(), len(company.records())
        plan = company.plan()
        law = "reading changes nothing"
        assert (self.refs(), self.truth(), company.calls()) == (refs, before, calls), law
        for fault in faults:
            self.console.fault(**fault)
        run = company.apply()
        self.console.clear_faults()
        records = company.records()[past:]
        intents = tuple(one for record in records if record["type"] == "intent" for one in record["changes"])
        outcomes = tuple(one for record in records if record["type"] == "outcome" for one in record["outcomes"])
        self.ledger.run()
        kinds = tuple(fault["kind"] for fault in faults)
        book, known = deepcopy(self.ledger), deepcopy(self.known)
        requests = company.calls() - calls
        seen = Witness(before, self.truth(), plan, run, requests, intents, outcomes, kinds, book, known)
        for law in self.laws:
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
        let_go = {(one.license, base(one.who)) for one in seen.run.settled if one.how == "forget"}
        known.ours -= {at for at, seat in seen.after.items() if (at[0].lower(), who(seat)) in let_go}
        if not any(finding.rule == "account-failed" for finding in seen.run.findings):
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
            assert seen.requests == sum(self.calls_of(seen, i) for i in seen.intents)

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

    def law_2_nobody_is_given_what_is_not_asked(self, seen: Witness) -> None:
        for sku, seat in seen.given:
            assert seen.ledger.asked(sku.lower(), who(seat)) is not False, f"{who(seat)} was given {sku}"

    def law_2_a_plan_taken_just_before_covers_what_is_sent(self, seen: Witness) -> None:
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
            assert swapped or not asked, f"{sku} of {name} is asked, and was taken"

    def law_3_what_a_group_gives_is_never_ours(self, seen: Witness) -> None:
        direct = {(sku.lower(), who(seat)) for (sku, _), seat in seen.before.items() if seat.origin is Origin.DIRECT}
        held = {(sku.lower(), who(seat)) for (sku, _), seat in seen.before.items()}
        adopted = {(one.license, base(one.who)) for one in seen.run.settled if one.how == "adopt"}
        assert not adopted & held - direct, "a seat that a group gives was adopted"

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

    def capacity_is_never_exceeded(self, seen: Witness) -> None:
        for sku, bought in POOLS.items():
            assert sum(1 for of, _ in seen.after if of == sku) <= bought
        full = [one for one in seen.outcomes if one["reason"] == PROFILES[self.acts_like].full]
        assert seen.faults or not full, "a seat was asked of a full pool"

    def law_4_an_account_that_can_not_be_read_is_not_called(self, seen: Witness) -> None:
        reading = any(fault["kind"] in seen.faults for fault in READS if fault["kind"] != "down")
        assert not (reading and seen.before and seen.requests), "unknown is not empty"

    laws = (
        law_1_every_call_has_a_cause_in_the_journal,
        law_1_what_a_hand_took_away_does_not_come_back_by_itself,
        law_2_nobody_is_given_what_is_not_asked,
        law_2_a_plan_taken_just_before_covers_what_is_sent,
        law_3_left_out_is_not_removed,
        law_3_what_a_group_gives_is_never_ours,
        law_4_whoever_is_absent_from_hr_is_called_for_commits_only,
        law_4_an_account_that_can_not_be_read_is_not_called,
        law_5_what_is_called_done_is_what_the_vendor_shows,
        capacity_is_never_exceeded,
    )

    def ends(self) -> None:
        """All quiet, three days later: asked is actual, or something says why not."""
        self.exports()
        for _ in range(3):
            self.company.clock.sleep(timedelta(days=1).total_seconds())
            self.exports()
            run = self.company.apply()
        plan = self.company.plan()
        assert not (plan.steps or plan.others), "something is to be done, and no run does it"
        said = self.said(plan, run)
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


GAMES = int(os.environ.get("SEATWISE_TORTURE", "0"))
Laws.TestCase.settings = settings(
    max_examples=GAMES or 4,
    stateful_step_count=50,
    derandomize=not GAMES,
    database=None,
    deadline=None,
    phases=(Phase.generate,),  # to shrink takes minutes; a game of 50 steps is short enough to read
    suppress_health_check=list(HealthCheck),
)
TestLaws = Laws.TestCase
