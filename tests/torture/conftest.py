"""Scenes for each test, and the line that says what the torture did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.torture.dice import LONG
from tests.torture.killing import TALLY
from tests.torture.scenes import SCENES, Scene, copied


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Scene]:
    """Each scene as it is before anything befalls it, by its name; each is to be copied."""
    return cache(lambda name: SCENES[name](tmp_path_factory.mktemp(name)))


@pytest.fixture(scope="session")
def before(whole: Callable[[str], Scene]) -> Scene:
    return whole("change")


@pytest.fixture
def scene(before: Scene, tmp_path: Path) -> Scene:
    return copied(before, tmp_path / "scene")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process that does a share of the tests hands its sums to the one that started it."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["torture"] = asdict(TALLY)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    for name, count in getattr(node, "workeroutput", {}).get("torture", {}).items():
        setattr(TALLY, name, getattr(TALLY, name) + count)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if LONG:
        line = f"torture: {TALLY.runs} runs, {TALLY.kills} kills, {TALLY.recoveries} recoveries"
        terminalreporter.write_line(line)
