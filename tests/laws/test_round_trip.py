"""There and back: a random changeset over fourteen licenses goes out in stages, later pull requests touch the same files, and
a rollback of it gives every seat back that it touched, but for what the plan had called irreversible.

`SEATWISE_TORTURE=N make torture` plays N of them, with up to 2,000 changes each; the suite plays two small ones.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from tests.company import Company
from tests.stories.conftest import CALM

from seatwise.flows import rollback as going_back

LICENSES = tuple(f"l{n:02}" for n in range(14))
FAMILY = LICENSES[:3]
"""Of these one person has one at most: what is asked beside it makes swaps."""
GAMES = int(os.environ.get("SEATWISE_TORTURE", "0"))
CROWD = 60 if not GAMES else 300
Seats = dict[str, set[str]]


class There:
    """One company, one random changeset, and the way back."""

    def __init__(self, folder: Path, seed: int, acts_like: str) -> None:
        self.dice = random.Random(seed)
        self.company = Company(folder, acts_like=acts_like, remote=False)
        self.names = [f"p{n:03}" for n in range(CROWD)]
        self.company.hires(*self.names, "late")
        self.company.write("policies/max-removals.yaml", CALM)
        self.company.sells(**{id.upper(): 5 * CROWD for id in LICENSES})

    def begins(self) -> Seats:
        """Everybody has some of what there is, and it is ours."""
        asked = {id: set(self.dice.sample(self.names, self.dice.randrange(CROWD // 2))) for id in LICENSES}
        for rank, id in enumerate(FAMILY):
            for higher in FAMILY[rank + 1 :]:
                asked[id] -= asked[higher]
        for id, names in asked.items():
            self.company.holds(id.upper(), *names)
        self.asks("begin", asked)
        self.goes()
        return asked

    def asks(self, title: str, asked: Seats) -> str:
        for rank, id in enumerate(LICENSES):
            family = f"one_of: suite\nrank: {10 * rank + 10}\n" if id in FAMILY else ""
            self.company.license(id, sorted(asked[id]), quantity=5 * CROWD, extra=family)
        return self.company.commit(title)

    def changes(self, asked: Seats) -> Seats:
        """Of each license some lose their seat and others get one."""
        wanted = {}
        for id, names in asked.items():
            free = sorted(set(self.names) - names)
            gone = self.dice.sample(sorted(names), self.dice.randrange(len(names) + 1))
            come = self.dice.sample(free, self.dice.randrange(min(len(free), CROWD // 3)))
            wanted[id] = (names - set(gone)) | set(come)
        return wanted

    def goes(self) -> None:
        """Until nothing is under way."""
        for _ in range(14):
            if not [r for r in self.company.apply().rollouts if r.state != "closed"]:
                return
            self.company.clock.sleep(21 * 3600)
        raise AssertionError([(r.title, r.state, r.why) for r in self.company.apply().rollouts])

    def has(self) -> Seats:
        return {id: self.company.has(id.upper()) for id in LICENSES}


@pytest.mark.parametrize("acts_like", ["plain", "microsoft365"])
@pytest.mark.parametrize("seed", range(max(1, GAMES)))
def test_a_rollback_gives_back_every_seat_that_the_changeset_touched(tmp_path: Path, seed: int, acts_like: str) -> None:
    there = There(tmp_path, seed, acts_like)
    asked = there.begins()
    before = there.has()
    wanted = there.changes(asked)
    commit = there.asks("a new order of things", wanted)
    there.goes()
    after = there.has()
    touched = {(id, who) for id in LICENSES for who in before[id] ^ after[id]}
    assert len(touched) >= CROWD, "the dice made a changeset that is worth going back from"

    for id in there.dice.sample(LICENSES, 7):
        lines = there.company.lines[id]
        there.company.license(id, sorted(wanted[id]), **{**lines, "rules": "more: {people: [late@x.example]}"})
    there.company.commit("a pull request of somebody else, in the same files")
    there.goes()
    back = going_back.rollback(there.company.workspace, commit)
    there.company.git("merge", "-q", "--no-edit", back.branch)
    there.goes()

    assert (back.superseded, back.by_hand, back.stays) == ((), (), ())
    end = there.has()
    assert {id: names - {"late"} for id, names in end.items()} == before
    assert sum("late" in names for names in end.values()) >= 5, "what others asked since stays"
