"""The journal over http: what a forge serves, here served by git's own backend on the loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.edges.githttp import BACKEND, serving
from tests.edges.gitroom import NOON, bare, clone, git
from tests.edges.test_journal import REF, types

from seatwise.core.model import Exit, Stop
from seatwise.edges.clock import SetClock
from seatwise.edges.journal import Journal, Moved

pytestmark = pytest.mark.skipif(
    not (BACKEND / "git-http-backend").exists(), reason="this git comes without its http server"
)


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an empty remote behind http, on the loopback: git may speak http to it, and to no proxy."""
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "file:http")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    bare(tmp_path / "forge" / "licences.git")
    with serving(tmp_path / "forge") as address:
        yield f"{address}/licences.git"


def test_two_clones_share_a_journal_over_http_and_who_comes_second_writes_nothing(served: str, tmp_path: Path) -> None:
    one, two = (Journal(clone(served, tmp_path / name), REF, "origin", SetClock(NOON)) for name in ("one", "two"))
    two.read()
    one.append([{"type": "resolved"}])
    with pytest.raises(Moved):
        two.append([{"type": "intent"}])
    one.begin("a", 900)
    with pytest.raises(Stop, match="run a holds seatwise/journal/m365") as stop:
        two.begin("b", 900)
    assert stop.value.code is Exit.LOCKED
    one.end("a")
    two.begin("b", 900)
    assert types(one.read()) == ["resolved", "begin", "end", "begin"]
    assert git(tmp_path / "forge" / "licences.git", "rev-list", "--count", REF) == "4"


def test_a_server_that_is_down_is_an_error_and_nothing_is_written(served: str, tmp_path: Path) -> None:
    journal = Journal(clone(served, tmp_path / "one"), REF, "origin", SetClock(NOON))
    journal.append([{"type": "intent"}])
    git(tmp_path / "one", "remote", "set-url", "origin", "http://127.0.0.1:9/licences.git")
    with pytest.raises(Stop) as stop:
        journal.append([{"type": "outcome"}])
    assert stop.value.code is Exit.ERROR and stop.value.fix
    git(tmp_path / "one", "remote", "set-url", "origin", served)
    assert types(journal.read()) == ["intent"]
