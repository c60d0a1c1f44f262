"""Disks that are full: no file of a run, of its git or of its remote may grow beyond so many blocks."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from tests.torture.aftermath import healed
from tests.torture.dice import games
from tests.torture.scenes import Scene, copied

BLOCKS = (1, 2, 3, 4, 6, 8, 16, 24, 32, 64)
"""Of 512 bytes. Small ones stop git, and larger ones the vendor's file."""


@pytest.mark.parametrize("seed", games(2))
def test_a_run_whose_disk_is_full_says_so_and_the_next_one_finishes(before: Scene, tmp_path: Path, seed: int) -> None:
    blocks = Random(seed).choice(BLOCKS)
    scene = copied(before, tmp_path / "scene")
    full = replace(scene.hooks, through=("sh", "-c", f'ulimit -f {blocks}; exec "$@"', "sh"))

    done = full.run(scene.company.root, "apply")

    assert done.returncode in (0, 1, 5), (blocks, done.returncode, done.stderr)
    assert done.returncode == 0 or "has a bug" not in done.stderr, (blocks, done.stderr)
    healed(scene, (seed, blocks), len(full.calls))
    shutil.rmtree(tmp_path)
