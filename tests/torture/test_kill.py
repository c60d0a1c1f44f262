"""A real `seatwise apply` is killed at one place, and run again: every seat is as asked, or held with its reason; nothing is
called twice; the chain holds; no intent is without its outcome.

The suite kills at a few places; `make torture` at every one, before and after it and while it is under way.
"""

from __future__ import annotations

import itertools
import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from tests.torture.aftermath import again, has, healed, journals_hold
from tests.torture.dice import LONG
from tests.torture.scenes import Scene, copied

SHORT = ("after git 8", "before vendor 1", "after vendor 2", "while git 11")
EVERY = (("before", "git"), ("while", "git"), ("after", "git"), ("before", "vendor"), ("after", "vendor"))


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


@pytest.mark.skipif(not LONG, reason="make torture: it takes minutes")
@pytest.mark.parametrize(("when", "what"), EVERY)
def test_at_every_place(before: Scene, tmp_path: Path, when: str, what: str) -> None:
    for number in itertools.count(1):
        folder = tmp_path / f"{number}"
        if not tortured(copied(before, folder), f"{when} {what} {number}"):
            break
        shutil.rmtree(folder)
    assert number > (20 if what == "git" else 4)
