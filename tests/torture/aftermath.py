"""What must hold after anything that befell a run: people apply again, and then every seat is as asked, or held with its
reason; nothing was done twice; the chains hold; no intent is without its outcome."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.company import Company
from tests.torture.killing import TALLY, Room
from tests.torture.scenes import Scene, Wanted

from seatwise.core import claims
from seatwise.core.chain import Record
from seatwise.edges.clock import SystemClock
from seatwise.edges.git import Git
from seatwise.edges.journal import Journal
from seatwise.vendors import sandbox

HELD_BY_ANOTHER = 6
WAITS = 7
"""For the vendor to show what was sent just now."""
TRIES = 20
"""A dead run holds each of eight accounts at most; another one may be writing meanwhile."""


def healed(scene: Scene, what: object, troubles: int = 1) -> None:
    """Raises where anything is not as it should be, after so many troubles and one more apply."""
    quiet(scene.company)
    time.sleep(scene.settles)
    done = again(scene)
    if scene.settles and done.returncode == WAITS:
        time.sleep(scene.settles)
        done = again(scene)
    assert done.returncode in (0, 5), (what, done.returncode, done.stdout, done.stderr)
    seats_as_asked_or_held(scene, json.loads(done.stdout), what)
    nothing_twice(scene.hooks, what, troubles)
    journals_hold(scene.company, scene.wanted, what)
    TALLY.recoveries += 1


def again(scene: Scene) -> subprocess.CompletedProcess[str]:
    """What people do after a crash: apply, and where the answer says so, free what a dead run or a dead git holds."""
    for _ in range(TRIES):
        done = scene.hooks.run(scene.company.root, "apply", "--json")
        if left := re.search(r"any more: rm (\S+\.lock)", done.stdout):
            Path(left[1]).unlink()
        elif done.returncode != HELD_BY_ANOTHER:
            break
        for account in re.findall(r"run unlock (\S+)", done.stdout):
            scene.hooks.run(scene.company.root, "run", "unlock", account, "--reason", "it was killed")
    return done


def quiet(company: Company) -> None:
    """A push that outlives its runner has ended: its branch is not moved behind the next run's back."""
    for _ in range(250):
        if not list(Path(str(company.remote)).rglob("*.lock")):
            return
        time.sleep(0.02)


def seats_as_asked_or_held(scene: Scene, said: Mapping[str, Any], what: object) -> None:
    held = {one["who"].split("@")[0] for one in said["held"] if one["what"]}
    for (account, sku), names in scene.wanted.items():
        off = has(scene.company, account, sku) ^ names
        assert off <= (held if scene.hooks.only_once else set()), (what, account, sku, off, said)


def has(company: Company, account: str, sku: str) -> set[str]:
    """Who holds it at that account's vendor."""
    workspace = company.workspace
    known = workspace.sound_tree("HEAD").settings.accounts[account]
    return {seat.login.split("@")[0] for seat in sandbox.console(known, workspace.site("HEAD")).seats(sku)}


def nothing_twice(hooks: Room, what: object, troubles: int) -> None:
    """A call that was under way in a trouble may be asked for again, where the vendor allows that; no other."""
    asked = Counter(hooks.calls)
    assert sum(count - 1 for count in asked.values()) <= (0 if hooks.only_once else troubles), (what, asked)


def journals_hold(company: Company, wanted: Wanted, what: object) -> None:
    """Somebody who has never seen them reads them well, and every intent has its outcome."""
    fresh = company.root.parent / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    subprocess.run(["git", "clone", "-q", str(company.remote), str(fresh)], check=True)
    journal(fresh, "_admit").read()
    for account in {account for account, _ in wanted}:
        records = journal(fresh, account).read()
        assert claims.fold(records).sent == {}, (what, account)
        assert _intended(records) <= _answered(records), (what, account)


def journal(clone: Path, account: str) -> Journal:
    return Journal(Git.open(clone), f"refs/heads/seatwise/journal/{account}", "origin", SystemClock())


def _intended(records: tuple[Record, ...]) -> set[str]:
    return {c["id"] for r in records if r["type"] == "intent" for c in r["changes"]}


def _answered(records: tuple[Record, ...]) -> set[str]:
    return {o["id"] for r in records if r["type"] == "outcome" for o in r["outcomes"]}
