"""A real `seatwise apply` is killed at one place, and run again: every seat is as asked, or held with its reason; nothing is
called twice; the chain holds; no intent is without its outcome.

The suite kills at a few places; `make torture` at every one, before and after it and while it is under way.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.company import Company
from tests.torture.killing import Room, room

from seatwise.core import claims
from seatwise.edges.clock import SystemClock
from seatwise.edges.git import Git
from seatwise.edges.journal import Journal

LONG = bool(os.environ.get("SEATWISE_TORTURE"))
WANTED = {"A": {"ann", "cid"}, "B": {"ann", "eve"}, "E3": {"cid"}, "E5": {"bob"}}
"""What the last commit asks: dan loses his seat of A, ann and eve get one of B, bob swaps E3 for E5."""
SHORT = ("after git 8", "before vendor 1", "after vendor 2", "while git 11")


@pytest.fixture(scope="session")
def before(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A company in which five things are asked that no run has done yet."""
    company = Company(tmp_path_factory.mktemp("torture"))
    company.clock.move_to(datetime.now(UTC).replace(microsecond=0))
    company.write("policies/bulk-threshold.yaml", "policy: bulk-threshold\nlevel: warn\nseats: 50\nshare: 100%\n")
    company.sells(A=9, B=9, E3=9, E5=9)
    company.hires("ann", "bob", "cid", "dan", "eve")
    company.holds("A", "ann", "cid", "dan")
    company.holds("E3", "bob", "cid")
    ranks = {id: f"one_of: suite\nrank: {rank}\n" for id, rank in (("e3", 10), ("e5", 20))}
    company.license("e3", ["bob", "cid"], extra=ranks["e3"])
    company.license("e5", [], extra=ranks["e5"])
    company.asks("manage", a="ann cid dan", b="")
    company.apply()
    company.license("e3", ["cid"])
    company.license("e5", ["bob"])
    company.asks("change", a="ann cid", b="ann eve")
    return company


def again(company: Company, hooks: Room) -> subprocess.CompletedProcess[str]:
    """What people do after a crash: free the account, where the dead run holds it, and apply."""
    done = hooks.run(company.root, "apply")
    if done.returncode == 6:
        hooks.run(company.root, "run", "unlock", "v", "--reason", "it was killed")
        done = hooks.run(company.root, "apply")
    return done


def tortured(company: Company, hooks: Room, place: str) -> bool:
    """Whether the place was reached; Raises where anything is not as it should be after it."""
    if not hooks.killed(company.root, place):
        return False
    time_out(company)
    done = again(company, hooks)
    assert "Traceback" not in done.stderr and done.returncode in (0, 5), (place, done.returncode, done.stderr)
    assert {sku: company.has(sku) for sku in WANTED} == WANTED, (place, done.stdout)
    nothing_twice(hooks, place)
    journal_holds(company, place)
    return True


def time_out(company: Company) -> None:
    """A push that outlives its runner has ended: its branch is not moved behind the next run's back."""
    for _ in range(100):
        if not list(Path(str(company.remote)).rglob("*.lock")):
            return


def nothing_twice(hooks: Room, place: str) -> None:
    """A call that was under way when its run died may be asked for again; it must not be made again."""
    asked = Counter(hooks.calls)
    assert all(count <= 2 for count in asked.values()), (place, asked)
    assert sum(count - 1 for count in asked.values()) <= 1, (place, asked)


def journal_holds(company: Company, place: str) -> None:
    fresh = company.root.parent / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    subprocess.run(["git", "clone", "-q", str(company.remote), str(fresh)], check=True)
    records = Journal(Git.open(fresh), "refs/heads/seatwise/journal/v", "origin", SystemClock()).read()
    state = claims.fold(records)
    assert state.sent == {}, (place, state.sent)
    answered = {o["id"] for r in records if r["type"] == "outcome" for o in r["outcomes"]}
    assert {c["id"] for r in records if r["type"] == "intent" for c in r["changes"]} <= answered, place


@pytest.mark.parametrize("place", SHORT)
def test_a_run_that_was_killed_is_finished_by_the_next(before: Company, tmp_path: Path, place: str) -> None:
    assert tortured(before.copy(tmp_path), room(tmp_path / "hooks"), place)


def test_where_nothing_may_be_asked_twice_nothing_is_and_what_is_not_known_says_so(
    before: Company, tmp_path: Path
) -> None:
    company, hooks = before.copy(tmp_path), room(tmp_path / "hooks")
    hooks.once()
    assert hooks.killed(company.root, "before vendor 1")
    again(company, hooks)
    held = json.loads(hooks.run(company.root, "apply", "--json").stdout)["held"]
    assert max(Counter(hooks.calls).values()) == 1 and "may not be asked twice" in held[0]["what"]
    left = {name for sku, names in WANTED.items() for name in company.has(sku) ^ names}
    assert left and left == {one["who"].split("@")[0] for one in held}
    journal_holds(company, "once")


@pytest.mark.skipif(not LONG, reason="make torture: it takes minutes")
def test_at_every_place(before: Company, tmp_path: Path) -> None:
    kills = 0
    for what, whens in (("git", ("before", "while", "after")), ("vendor", ("before", "after"))):
        for when in whens:
            for number in itertools.count(1):
                folder = tmp_path / f"{when}-{what}-{number}"
                if not tortured(before.copy(folder), room(folder / "hooks"), f"{when} {what} {number}"):
                    break
                kills += 1
                shutil.rmtree(folder)
    print(f"{kills} kills, {kills} recoveries")  # noqa: T201
    assert kills > 30
