"""Two and five runners at once, at one account and at eight, some of them killed: at a place, or at any moment.

One of them does each thing, and the others stop before they call anybody.
"""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from tests.torture.aftermath import healed
from tests.torture.dice import LONG, games
from tests.torture.killing import ended
from tests.torture.scenes import Scene, copied, runner

ENDS = {0, 5, 6, -signal.SIGKILL}
"""A run that isn't killed does its work, or finds an account held."""
SECONDS = 4.0
"""About how long a run takes."""


def place(dice: Random) -> str:
    """Where a run is killed; empty: nowhere."""
    what, most = dice.choice([("git", 30), ("vendor", 5)])
    when = dice.choice(["before", "after", *(["while"] if what == "git" else [])])
    return dice.choice(["", f"{when} {what} {dice.randint(1, most)}"])


def crowded(scene: Scene, count: int, dice: Random) -> int:
    """How many of so many runners were killed."""
    company, hooks = scene.company, scene.hooks
    roots = [company.root, *(runner(company, company.root.parent / f"runner{n}") for n in range(1, count))]
    running = [hooks.start(root, "apply", kill_at=place(dice), name=f".{n}") for n, root in enumerate(roots)]
    if dice.random() < 0.7:
        time.sleep(dice.uniform(0, SECONDS))
        dice.choice(running).kill()
    done = [ended(one) for one in running]
    assert {one.returncode for one in done} <= ENDS, [(one.returncode, one.stderr) for one in done]
    return sum(one.returncode == -signal.SIGKILL for one in done)


@pytest.mark.parametrize("seed", games(12))
def test_of_runners_at_once_each_seat_is_given_by_one_whoever_is_killed(
    whole: Callable[[str], Scene], tmp_path: Path, seed: int
) -> None:
    dice = Random(seed)
    count, name = (dice.choice([2, 5]), dice.choice(["change", "eight"])) if LONG else (2, "change")
    scene = copied(whole(name), tmp_path / "scene")
    killed = crowded(scene, count, dice)
    healed(scene, (seed, count), killed)
    shutil.rmtree(tmp_path)
