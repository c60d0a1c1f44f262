"""Companies in which something is asked that no run has done yet, lived through once and copied for each game."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.company import Company
from tests.company import license as text
from tests.torture.killing import Room, room

Wanted = Mapping[tuple[str, str], set[str]]
"""Account and sku → who is to have it."""
FIVE: Wanted = {
    ("v", "A"): {"ann", "cid"}, ("v", "B"): {"ann", "eve"}, ("v", "E3"): {"cid"}, ("v", "E5"): {"bob"},
}  # fmt: skip
"""What the last commit asks: dan loses his seat of A, ann and eve get one of B, bob swaps E3 for E5."""
ACCOUNTS = [f"v{n}" for n in range(1, 9)]
EIGHT: Wanted = {(id, "A"): {"ann", "bob"} for id in ACCOUNTS}


@dataclass(frozen=True, slots=True)
class Scene:
    """A company, the room that its runs are in, and what its last commit asks."""

    company: Company
    hooks: Room
    wanted: Wanted


def one_account(folder: Path) -> Scene:
    """Five things are asked."""
    company = _opened(folder)
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
    return Scene(company, room(folder / "hooks"), FIVE)


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


def _opened(folder: Path) -> Company:
    company = Company(folder)
    company.clock.move_to(datetime.now(UTC).replace(microsecond=0))
    return company


def copied(scene: Scene, folder: Path) -> Scene:
    """The same once more, in a folder of its own."""
    return Scene(scene.company.copy(folder), room(folder / "hooks"), scene.wanted)


def runner(company: Company, to: Path) -> Path:
    """A further runner's checkout; the vendor and HR's export are the same ones."""
    subprocess.run(["git", "clone", "-q", str(company.remote), str(to)], check=True)
    (company.root / ".seatwise").mkdir(exist_ok=True)
    (to / ".seatwise").symlink_to(company.root / ".seatwise")
    shutil.copy2(company.root / "hr.csv", to)
    return to
