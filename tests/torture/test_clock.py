"""Clocks that jump while a run is under way: ahead, past its own lease; back, behind what its journal says already."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from tests.torture.aftermath import healed
from tests.torture.dice import games
from tests.torture.scenes import Scene, copied

JUMPS = ("-2h", "-90s", "-20s", "+20s", "+20m", "+5h")

pytestmark = pytest.mark.skipif(not shutil.which("faketime"), reason="faketime is not installed")


def watched(scene: Scene) -> tuple[Scene, Path]:
    """The scene with every process under a clock that a file sets, and the file."""
    file = scene.hooks.folder / "clock"
    file.write_text("+0\n")
    told = subprocess.run(["faketime", "-f", "+0", "sh", "-c", "echo $LD_PRELOAD"], capture_output=True, text=True,
                          check=True)  # fmt: skip
    env = {"LD_PRELOAD": told.stdout.strip(), "FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_NO_CACHE": "1",
           "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}  # fmt: skip
    return replace(scene, hooks=replace(scene.hooks, env=env)), file


@pytest.mark.parametrize("seed", games(24))
def test_a_run_whose_clock_jumps_does_its_work_or_stops_and_the_next_one_finishes(
    before: Scene, tmp_path: Path, seed: int
) -> None:
    dice = Random(seed)
    scene, file = watched(copied(before, tmp_path / "scene"))
    jump, number = dice.choice(JUMPS), dice.randint(1, 30)

    done = scene.hooks.run(scene.company.root, "apply", meanwhile=(f"git {number}", f"echo {jump} > {file}"))

    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode in (0, 5 if scene.hooks.calls else 1, 6, 7), (seed, jump, number, done.returncode, said)
    assert done.returncode not in (1, 5) or "set the clock" in said, (seed, jump, number, said)
    file.write_text(f"{jump}\n" if jump.startswith("+") else "+0\n")
    healed(scene, (seed, jump, number))
    shutil.rmtree(tmp_path)
