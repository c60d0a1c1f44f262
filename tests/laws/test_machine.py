"""The eight laws under fire: people, HR, administrators and faults in any order, a real repository, and after every run
what the vendor shows is held against the journal and against a second opinion (ledger.py).

`SEATWISE_TORTURE=200 pytest tests/laws/test_machine.py` plays that many long games, with other dice each time.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.company import Company, person
from tests.laws.ledger import CREW, FAMILY, LICENSES, PEOPLE, Ledger, every, family

from seatwise.core.model import ClaimState, Exit, Plan, Run, Seat
from seatwise.vendors.sandbox.console import Console
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
Key = tuple[str, str]
"""License and person."""
Truth = Mapping[tuple[str, str], Seat]
"""(sku, the vendor's holder id) → seat, as the vendor has it."""


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
    faults: tuple[str, ...] = ()
    absent: frozenset[str] = frozenset()

    @property
    def taken(self) -> list[tuple[str, Seat]]:
        return [(sku, seat) for (sku, holder), seat in self.before.items() if (sku, holder) not in self.after]

    @property
    def given(self) -> list[tuple[str, Seat]]:
        return [(sku, seat) for (sku, holder), seat in self.after.items() if (sku, holder) not in self.before]


@dataclass
class Known:
    """What an onlooker knows of seats: which may be ours, and which a hand took from us."""

    ours: set[tuple[str, str]] = field(default_factory=set)
    gone: set[tuple[str, str]] = field(default_factory=set)
    """Ours, taken by a hand, and no run has looked since."""
    taken: dict[Key, int] = field(default_factory=dict)
    """What a hand took → how many commits a run had seen by then."""


@cache
def begun(acts_like: str) -> Company:
    """A company of six with three licenses under management, and one seat of each that nobody asked for."""
    company = Company(Path(tempfile.mkdtemp(prefix="laws-")), acts_like=acts_like, remote=False)
    company.hires(*PEOPLE)
    company.sells(**POOLS)
    company.holds("A", "fay")
    company.holds("E3", "eve")
    for id in LICENSES:
        company.license(id, extra=RANKS[id])
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
        self.seen: Witness | None = None
        self.commits: set[str] = set()
        self.applied = 0

    @initialize(acts_like=st.sampled_from(["plain", "microsoft365"]))
    def opens(self, acts_like: str) -> None:
        self.company = begun(acts_like).copy(self.folder)
        self.console: Console = self.company.console
        self.login = {who(seat): seat.login for seat in self.truth().values()}

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None and hasattr(self, "company"):
                self.ends()
        finally:
            shutil.rmtree(self.folder)

    # what people write

    @rule(license=st.sampled_from(LICENSES), name=st.sampled_from(PEOPLE))
    def gives_a_row(self, license: str, name: str) -> None:
        self.ledger.drafted.team[license].setdefault(name, self.mail[name])

    @rule(license=st.sampled_from(LICENSES), name=st.sampled_from(PEOPLE))
    def takes_a_row(self, license: str, name: str) -> None:
        self.ledger.drafted.team[license].pop(name, None)

    @rule(license=st.sampled_from(LICENSES))
    def turns_a_rule_on_or_off(self, license: str) -> None:
        self.ledger.drafted.crew ^= {license}

    @rule(license=st.sampled_from(LICENSES), name=st.sampled_from(PEOPLE))
    def turns_never_on_or_off(self, license: str, name: str) -> None:
        self.ledger.drafted.never[license] ^= {name}

    @rule()
    def commits_it(self) -> None:
        drafted = self.ledger.drafted
        for id in LICENSES:
            names = "".join(f"\n  - {self.mail[name]}: {{reason: no}}" for name in sorted(drafted.never[id]))
            never = f"never:{names}\n" if names else ""
            extra = f"{RANKS[id]}movers: {{keep_for: 1 day}}\n{never}"
            rules = RULE if id in drafted.crew else ""
            self.company.license(id, drafted.team[id].values(), extra=extra, rules=rules)
        self.ledger.commit()
        self.commits.add(self.company.commit(f"change {self.ledger.commits}"))

    # what an administrator does

    @rule(license=st.sampled_from(LICENSES), name=st.sampled_from(PEOPLE), origin=st.sampled_from(["direct", "group"]))
    def gives_by_hand(self, license: str, name: str, origin: Any) -> None:
        try:
            holder = self.console.hand_grant(license.upper(), self.login.get(name, self.mail[name]), origin=origin)
        except Refused:
            return
        self.login.setdefault(name, self.mail[name])
        self.known.taken.pop((license, name), None)
        self.known.gone.discard((license.upper(), holder))

    @precondition(lambda self: self.truth())
    @rule(data=st.data())
    def takes_by_hand(self, data: st.DataObject) -> None:
        truth = self.truth()
        sku, holder = data.draw(st.sampled_from(sorted(truth)))
        seat, license = truth[sku, holder], sku.lower()
        name = who(seat)
        if seat.origin == "direct" and self.claimed(license, name):
            self.known.taken[license, name] = self.applied
        self.console.hand_revoke(sku, seat.login)
        self.known.gone.add((sku, holder))

    @rule(name=st.sampled_from(PEOPLE))
    def renames_there(self, name: str) -> None:
        if name in self.login and self.login[name] != self.mail[name]:
            self.console.rename(self.login[name], self.mail[name])
            self.login[name] = self.mail[name]

    # what HR says

    @rule(name=st.sampled_from(PEOPLE), status=st.sampled_from(["A", "L", "T"]))
    def says_who_works(self, name: str, status: str) -> None:
        self.ledger.status[name] = status
        self.exports()

    @rule(name=st.sampled_from(PEOPLE))
    def moves_somebody(self, name: str) -> None:
        self.ledger.department[name] = "Sales" if self.ledger.department[name] == CREW else CREW
        self.exports()

    @rule(name=st.sampled_from(PEOPLE))
    def renames_somebody(self, name: str) -> None:
        number = self.mail[name].removeprefix(name).split("@")[0]
        self.mail[name] = f"{name}{int(number or 0) + 1}@x.example"
        self.exports()

    @rule(name=st.sampled_from(PEOPLE))
    def loses_or_finds_somebody(self, name: str) -> None:
        if name in self.ledger.absent or not self.ledger.absent:
            self.ledger.absent ^= {name}
            self.exports()

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

    @rule()
    def applies(self) -> None:
        self.watches()
        before = self.company.calls()
        again = self.company.apply()
        law = "a second apply at once sends nothing"
        assert (self.company.calls(), again.written) == (before, ()), law

    @rule(fault=st.sampled_from(WRITES), name=st.sampled_from(["", *PEOPLE]))
    def applies_while_writing_fails(self, fault: dict[str, Any], name: str) -> None:
        self.watches({**fault, "login": self.login.get(name, "")})

    @rule(fault=st.sampled_from(READS))
    def applies_while_reading_fails(self, fault: dict[str, Any]) -> None:
        self.watches(fault)
        assert self.seen is not None
        if len(self.seen.before) > 0:
            assert self.seen.requests == 0, "law 4, unknown is not empty: an account that could not be read was called"

    def watches(self, *faults: dict[str, Any]) -> None:
        """Plan, then apply, and what each of them did."""
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
        intents = tuple(
            {**change, "lane": record["lane"]}
            for record in records
            if record["type"] == "intent"
            for change in record["changes"]
        )
        outcomes = tuple(one for record in records if record["type"] == "outcome" for one in record["outcomes"])
        self.seen = Witness(
            before,
            self.truth(),
            plan,
            run,
            company.calls() - calls,
            intents,
            outcomes,
            tuple(fault["kind"] for fault in faults),
            frozenset(self.ledger.absent),
        )

    def refs(self) -> str:
        return self.company.git("for-each-ref") + self.company.git("status", "--porcelain")

    def truth(self) -> dict[tuple[str, str], Seat]:
        return {(sku, seat.holder): seat for sku in POOLS for seat in self.console.seats(sku)}

    def claimed(self, license: str, name: str) -> bool:
        """Whether a run has seen that the seat is asked and ours, and no call about it is open."""
        workspace = self.company.workspace
        state = workspace.state(workspace.sound_tree("HEAD").settings, "v")
        names = {self.mail[name], *(sent.change.who for sent in state.sent.values())}
        claims = [claim for who_, claim in state.of(license).items() if who_.split("@")[0].rstrip("0123456789") == name]
        open_calls = any(one.split("@")[0].rstrip("0123456789") == name for one in names - {self.mail[name]})
        busy = open_calls or any(sent.change.who == self.mail[name] for sent in state.sent.values())
        return not busy and any(claim.asked and claim.state is ClaimState.OURS for claim in claims)
