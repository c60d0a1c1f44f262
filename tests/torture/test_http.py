"""The remote behind http, as a forge serves it: a run that is killed there is finished by the next, and one that is told that
the server is ill says so."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from tests.edges.githttp import BACKEND, serving
from tests.torture.aftermath import healed
from tests.torture.dice import games
from tests.torture.scenes import Scene, copied

pytestmark = pytest.mark.skipif(
    not (BACKEND / "git-http-backend").exists(), reason="this git comes without its http server"
)


@pytest.fixture
def behind_http(before: Scene, tmp_path: Path) -> Iterator[Scene]:
    scene = copied(before, tmp_path / "scene")
    remote = Path(str(scene.company.remote))
    with serving(remote.parent) as address:
        scene.company.git("remote", "set-url", "origin", f"{address}/{remote.name}")
        env = {"GIT_ALLOW_PROTOCOL": "file:http", "no_proxy": "127.0.0.1"}
        yield replace(scene, hooks=replace(scene.hooks, env=env))
    shutil.rmtree(tmp_path)


@pytest.mark.parametrize("seed", games(3))
def test_a_run_that_was_killed_behind_http_is_finished_by_the_next(behind_http: Scene, seed: int) -> None:
    dice = Random(seed)
    place = f"{dice.choice(['before', 'while', 'after'])} git {dice.randint(1, 24)}"
    assert behind_http.hooks.killed(behind_http.company.root, place)
    healed(behind_http, place)


def test_a_server_that_is_gone_is_named_and_the_next_run_finishes(behind_http: Scene) -> None:
    remote = Path(str(behind_http.company.remote))
    away = remote.rename(f"{remote}.away")
    done = behind_http.hooks.run(behind_http.company.root, "apply")
    away.rename(remote)
    assert (done.returncode, behind_http.hooks.calls) == (1, []) and "origin can't be reached" in done.stderr
    healed(behind_http, "gone")
