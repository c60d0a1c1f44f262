"""A real `seatwise apply` is killed at one place, and run again: every seat is as asked, or held with its reason; nothing is
called twice; the chain holds; no intent is without its outcome.

The suite kills at a few places; `make torture` at every one, before and after it and while it is under way.
"""

from __future__ import annotations

import itertools
import json
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from tests.torture.aftermath import again, has, healed, journals_hold
from tests.torture.dice import LONG, games
from tests.torture.killing import ended
from tests.torture.scenes import SCENES, Scene, copied

Scenes = Callable[[str], Scene]
SECONDS = 6.0
"""About how long a run takes."""
SHORT = ("after git 8", "before vendor 1", "after vendor 2", "while git 11")
PLACES = ("before git", "while git", "after git", "before vendor", "after vendor")
FEWER = ("after git", "before vendor", "after vendor")
"""Between two calls of git nothing is written, so that before one is after the other."""
EVERY = [("change", place) for place in PLACES]
EVERY += [(name, place) for name in ("once", "stages", "abort", "revert") for place in FEWER]


def tortured(scene: Scene, place: str) -> bool:
    """Whether the place was reached; Raises where anything is not as it should be after it."""
    if not scene.hooks.killed(scene.company.root, place):
        return False
    healed(scene, place)
    return True


@pytest.mark.parametrize("place", SHORT)
def test_a_run_that_was_killed_is_finished_by_the_next(scene: Scene, place: str) -> None:
    assert tortured(scene, place)


def test_where_nothing_may_be_asked_twice_nothing_is_and_what_is_not_known_says_so(scene: Scene) -> None:
    company, hooks = scene.company, scene.hooks
    hooks.once()
    assert hooks.killed(company.root, "before vendor 1")
    again(scene)
    held = json.loads(hooks.run(company.root, "apply", "--json").stdout)["held"]
    assert max(Counter(hooks.calls).values()) == 1 and "may not be asked twice" in held[0]["what"]
    left = {name for (account, sku), names in scene.wanted.items() for name in has(company, account, sku) ^ names}
    assert left and left == {one["who"].split("@")[0] for one in held}
    journals_hold(company, scene.wanted, "once")


@pytest.mark.parametrize(
    ("name", "place"), [("stages", "after vendor 6"), ("abort", "before vendor 3"), ("revert", "after git 9")]
)
def test_stages_an_abort_and_a_revert_are_finished_too(whole: Scenes, tmp_path: Path, name: str, place: str) -> None:
    assert tortured(copied(whole(name), tmp_path / "scene"), place)


@pytest.mark.skipif(not LONG, reason="make torture: it takes minutes")
@pytest.mark.parametrize(("name", "place"), EVERY)
def test_at_every_place(whole: Scenes, tmp_path: Path, name: str, place: str) -> None:
    for number in itertools.count(1):
        folder = tmp_path / f"{number}"
        if not tortured(copied(whole(name), folder), f"{place} {number}"):
            break
        shutil.rmtree(folder)
    assert number > (12 if "git" in place else 4)


@pytest.mark.parametrize("seed", games(7))
def test_who_is_killed_at_any_moment_again_and_again_goes_on(whole: Scenes, tmp_path: Path, seed: int) -> None:
    dice = Random(seed)
    scene = copied(whole(dice.choice(list(SCENES)) if LONG else "change"), tmp_path / "scene")
    times = [dice.uniform(0, SECONDS) for _ in range(dice.randint(2, 5) if LONG else 2)]
    killed = sum(cut_off(scene, seconds) for seconds in times)
    healed(scene, (seed, times), killed)
    shutil.rmtree(tmp_path)


def cut_off(scene: Scene, seconds: float) -> bool:
    """Whether an apply was still at it after that time, and was killed; what the last one held is freed before."""
    for account in {account for account, _ in scene.wanted}:
        scene.hooks.run(scene.company.root, "run", "unlock", account, "--reason", "it was killed")
    running = scene.hooks.start(scene.company.root, "apply")
    time.sleep(seconds)
    running.kill()
    return ended(running).returncode == -signal.SIGKILL
