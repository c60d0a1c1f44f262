"""Every word of up to seven events about one seat (semantics §14), against an oracle written from the table of semantics §2.

C+ a commit asks, C- one un-asks, RV one that takes the last commit back; G / R given / taken by hand at the vendor;
A apply, Ap one that sends nothing, Ax one whose call is refused, Ai one that dies when the call was made and its answer is lost.
No git and no vendor: decide, then fold what a run would have written. Between two runs a hand comes first and once: a run
can't tell in which order things were. (An old job that runs again never comes so far: a story of test_sequences.py.)
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace

from tests.core.builders import NOW, holding, license, people, reading, situation, tree

from seatwise.core import canon, claims, decide, records, rows
from seatwise.core.claims import State
from seatwise.core.decide import AccountDecision, TreeLink
from seatwise.core.model import Changeset, Claim, ClaimState, Lane, Made, Outcome, Result, VendorInfo

LENGTH = 9 if os.environ.get("SEATWISE_TORTURE") else 7
APPLIES = ("A", "Ap", "Ax", "Ai")
TREES = {False: tree(license()), True: tree(license(people=["ann"]))}
ANN = people("ann")
INFO = VendorInfo("Sandbox", idempotent=True)


@dataclass
class Oracle:
    """What semantics says of one seat: as main has it, as the last run knew it, and as it is."""

    commits: list[tuple[str, bool, str]] = field(default_factory=list)
    """Changesets so far: name, whether it asks, which one it takes back."""
    seen: int = 0
    """How many of them a run has seen."""
    there: bool = False
    asked: bool = False
    by: str = ""
    """The changeset that asked last."""
    claim: str = "none"
    found: bool = False
    cause: str = ""
    """Why a change is pending: commit, or reverse. Empty: nothing is."""
    lost: str = ""
    """give, take: a call whose answer is lost."""

    @property
    def main(self) -> bool:
        return self.commits[-1][1] if self.commits else False

    def possible(self, last: str) -> Iterator[str]:
        """The events that may follow, and would change something that a run can see."""
        yield "C-" if self.main else "C+"
        if last in ("", *APPLIES):
            yield "R" if self.there else "G"
        if self.commits:
            yield "RV"
        yield from APPLIES if self.copy().sees() else APPLIES[:1]

    def copy(self) -> Oracle:
        return replace(self, commits=list(self.commits))

    def says(self) -> tuple[bool, str, bool, bool]:
        """Whether the seat is there; whose it is; whether it is asked; whether it is ours because we found it."""
        return self.there, self.claim, self.asked, self.claim == "ours" and self.found

    def happens(self, event: str) -> None:
        if event in ("G", "R"):
            self.there = event == "G"
        elif event in ("C+", "C-", "RV"):
            asks, takes_back = not self.main, self.commits[-1][0] if event == "RV" else ""
            self.commits.append((f"{len(self.commits):040x}", asks, takes_back))
        else:
            self.sends(event, self.sees())

    def sees(self) -> str:
        """A complete reading, and every changeset since: what is settled without a call. Says which call is due."""
        self.settles_the_lost_call()
        self.flips()
        if self.asked and self.there:
            self.found = self.claim == "none" or (self.found and self.claim != "none")
            self.claim, self.cause = "ours", ""
        elif self.asked and self.claim != "none":
            self.claim, self.cause = "missing", ""
        elif self.asked:
            return "give" if self.cause else ""
        elif self.claim == "ours" and self.there and not (self.found and self.cause == "reverse"):
            return "take" if self.cause else ""
        else:
            self.claim, self.found, self.cause = "none", False, ""
        return ""

    def settles_the_lost_call(self) -> None:
        if self.lost and self.there == (self.lost == "give"):
            self.claim, self.found = ("ours" if self.there else "none"), False
            self.cause = self.cause if self.asked != self.there else ""
        self.lost = ""

    def flips(self) -> None:
        new, self.seen = self.commits[self.seen :], len(self.commits)
        if not new:
            return
        name, asks, takes_back = new[-1]
        was, self.asked = self.asked, asks
        if not asks and was:
            self.cause = "reverse" if self.found and takes_back == self.by else "commit"
        elif asks and not (was and self.claim == "ours"):
            self.claim = "none" if self.claim == "missing" else self.claim
            self.by, self.cause = name, "commit"

    def sends(self, event: str, due: str) -> None:
        if not due or event in ("Ap", "Ax"):
            return
        self.there = due == "give"
        if event == "Ai":
            self.lost = due
        else:
            self.claim, self.found, self.cause = ("ours" if self.there else "none"), False, ""


@dataclass
class Program:
    """The same seat in the program's hands."""

    state: State = field(default_factory=State)
    resolved: int = 0

    def applies(self, event: str, oracle: Oracle) -> bool:
        """Applies, with the vendor as the oracle has it; whether the seat is there afterwards."""
        decision = self.decides(oracle)
        self.writes(*news(decision))
        self.resolved = len(oracle.commits)
        there = oracle.there
        for change in self.decides(oracle).changes if event != "Ap" else ():
            id = records.change_id(change, change.cause.commit)
            self.writes(records.intent([(id, change, False)], Lane.COMMIT, "", ""))
            result = Result.REFUSED if event == "Ax" else Result.DONE
            there = there if event == "Ax" else change.after is not None
            if event != "Ai":
                self.writes(records.outcome([(id, Outcome(change, result, holder="h-ann"))]))
        return there

    def decides(self, oracle: Oracle) -> AccountDecision:
        base = oracle.commits[self.resolved - 1][1] if self.resolved else False
        links, before = [], base
        for name, asks, takes_back in oracle.commits[self.resolved :]:
            changeset = Changeset(name, "", title=name)
            changed = rows.changed(TREES[before], TREES[asks])
            links.append(TreeLink(changeset, TREES[asks], changed, reverse_of=takes_back))
            before = asks
        shown = reading(holding(*["ann"] * oracle.there), info=INFO)
        given = situation(TREES[base], *links, people=ANN, reading=shown, state=self.state)
        return decide.account("figma", given)

    def writes(self, *new: records.Record) -> None:
        claims.fold([{**record, "at": canon.plain(NOW)} for record in new], self.state)


def news(decision: AccountDecision) -> Iterator[records.Record]:
    """What a run writes of a reading, in its order."""
    if decision.doubts:
        yield records.outcome(decision.doubts, settled=True)
    for id, flips in decision.flips.items():
        yield records.asked(id, flips)
    for one in decision.settled:
        yield records.settled(one.license, {one.how: {one.who: "h-ann"}})


@dataclass
class Search:
    """Words that were tried. Where two lead to the same, only one of them goes on."""

    wrong: list[str] = field(default_factory=list)
    been: dict[str, int] = field(default_factory=dict)
    """Where both stand → how many events came after it already."""

    def goes_on(self, oracle: Oracle, program: Program, *word: str) -> None:
        left, here = LENGTH - len(word), f"{oracle} {program} {word[-1:] and word[-1] not in APPLIES}"
        if left <= self.been.get(here, 0):
            return
        self.been[here] = left
        for event in oracle.possible("".join(word[-1:])):
            self.tries(oracle.copy(), program, *word, event)

    def tries(self, oracle: Oracle, program: Program, *word: str) -> None:
        if word[-1] not in APPLIES:
            oracle.happens(word[-1])
            self.goes_on(oracle, program, *word)
            return
        program = deepcopy(program)
        shown = program.applies(word[-1], oracle)
        oracle.happens(word[-1])
        claim = program.state.of("figma").get("ann", Claim())
        found = claim.state is ClaimState.OURS and claim.made is Made.FOUND
        if (shown, str(claim.state), claim.asked, found) == oracle.says():
            self.goes_on(oracle, program, *word)
        else:
            self.wrong.append(" ".join(word))


def test_after_every_word_the_seat_and_the_claim_are_what_the_table_says() -> None:
    search = Search()
    search.goes_on(Oracle(), Program())
    assert not search.wrong, f"{len(search.wrong)} words, the shortest: {min(search.wrong, key=len)}"
