"""Companies in which something is asked that no run has done yet, lived through once and copied for each game."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from tests.company import Company
from tests.company import license as text
from tests.torture.killing import Room, room

from seatwise.core.lifecycle import Event
from seatwise.flows import runs

Wanted = Mapping[tuple[str, str], set[str]]
"""Account and sku → who is to have it."""
FIVE: Wanted = {
    ("v", "A"): {"ann", "cid"}, ("v", "B"): {"ann", "eve"}, ("v", "E3"): {"cid"}, ("v", "E5"): {"bob"},
}  # fmt: skip
"""What the last commit asks: dan loses his seat of A, ann and eve get one of B, bob swaps E3 for E5."""
ACCOUNTS = [f"v{n}" for n in range(1, 9)]
TEN = [f"p{n}" for n in range(10)]
EIGHT: Wanted = {(id, "A"): {"ann", "bob"} for id in ACCOUNTS}

WINDOW = """policy: change-window
level: hold
days: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]
opens: "00:00"
closes: "00:00"
"""
"""Open at all times."""
STAGES = """policy: stages
level: block
early: 60%
half: 80%
soak: {{gives: {soak}, takes: {soak}}}
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """A company, the room that its runs are in, and what its last commit asks."""

    company: Company
    hooks: Room
    wanted: Wanted
    settles: float = 0
    """Seconds that a dead run's calls need to be seen at the vendor."""


def one_account(folder: Path, config: str = "") -> Scene:
    """Five things are asked."""
    company = _opened(folder, config)
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
    company.commit("a note, so that the journal has a past that it can be pushed back to")
    company.apply()
    company.license("e3", ["cid"])
    company.license("e5", ["bob"])
    company.asks("change", a="ann cid", b="ann eve")
    return Scene(company, room(folder / "hooks"), FIVE)


def once(folder: Path) -> Scene:
    """The same five things at a vendor that may not be asked twice, and shows what it did two seconds later."""
    scene = one_account(folder, config="settle: 2 seconds")
    scene.hooks.once()
    return replace(scene, settles=3)


def stages(folder: Path) -> Scene:
    """Ten people lose their seats of A in four stages, each behind its gate, which is passed at once."""
    company = ten_people(folder, soak="0 minutes")
    company.asks("ten lose a", a="")
    return Scene(company, room(folder / "hooks"), {("v", "A"): set(), ("v", "B"): set()})


def abort(folder: Path) -> Scene:
    """Ten people were to get B; five of them have it, and somebody said that it is to be taken back."""
    company = ten_people(folder, soak="1 hour")
    commit = company.asks("ten get b", b=" ".join(TEN))
    company.apply()
    runs.say(company.workspace, runs.Order(Event.ABORT, commit, reason="it was wrong"))
    return Scene(company, room(folder / "hooks"), {("v", "A"): set(TEN), ("v", "B"): set()})


def revert(folder: Path) -> Scene:
    """Ten people got B, and the commit that asked for it is reverted."""
    company = ten_people(folder, soak="0 minutes")
    commit = company.asks("ten get b", b=" ".join(TEN))
    company.apply()
    company.revert(commit)
    return Scene(company, room(folder / "hooks"), {("v", "A"): set(TEN), ("v", "B"): set()})


def ten_people(folder: Path, soak: str) -> Company:
    """All hold A, and none of them B; no stage waits for a window, only for its soak."""
    company = _opened(folder)
    company.write("policies/max-removals.yaml", "policy: max-removals\nlevel: warn\nnever_over: {share: 100%}\n")
    company.write("policies/change-window.yaml", WINDOW)
    company.write("policies/pilot.yaml", "policy: pilot\nlevel: block\nsize: 5\n")
    company.write(
        "policies/stages.yaml",
        f"policy: stages\nlevel: block\nearly: 60%\nhalf: 80%\nsoak: {{gives: {soak}, takes: {soak}}}\n",
    )
    company.sells(A=20, B=20)
    company.hires(*TEN)
    company.holds("A", *TEN)
    company.asks("manage both", a=" ".join(TEN), b="")
    company.apply()
    return company


def eight_accounts(folder: Path) -> Scene:
    """At each of them two people are to get a seat, and no run was there yet."""
    company = _opened(folder)
    company.sells(A=9)
    company.hires("ann", "bob")
    settings = (company.root / "seatwise.yaml").read_text()
    one = next(line for line in settings.splitlines(True) if line.startswith("  v: "))
    company.write("seatwise.yaml", settings.replace(one, "".join(one.replace("v:", f"{id}:") for id in ACCOUNTS)))
    for id in ACCOUNTS:
        there = text(id, ["ann", "bob"], sku="A").replace("account: v\n", f"account: {id}\n")
        company.write(f"licenses/x/{id}.yaml", there)
    company.commit("eight accounts")
    return Scene(company, room(folder / "hooks"), EIGHT)


def _opened(folder: Path, config: str = "") -> Company:
    company = Company(folder, config=config)
    company.clock.move_to(datetime.now(UTC).replace(microsecond=0))
    return company


def copied(scene: Scene, folder: Path) -> Scene:
    """The same once more, in a folder of its own."""
    twin = replace(scene, company=scene.company.copy(folder), hooks=room(folder / "hooks"))
    if scene.hooks.only_once:
        twin.hooks.once()
    return twin


def runner(company: Company, to: Path) -> Path:
    """A further runner's checkout; the vendor and HR's export are the same ones."""
    subprocess.run(["git", "clone", "-q", str(company.remote), str(to)], check=True)
    (company.root / ".seatwise").mkdir(exist_ok=True)
    (to / ".seatwise").symlink_to(company.root / ".seatwise")
    shutil.copy2(company.root / "hr.csv", to)
    return to


SCENES = {"change": one_account, "eight": eight_accounts, "once": once, "stages": stages, "abort": abort,
          "revert": revert}  # fmt: skip
