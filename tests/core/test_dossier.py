"""What there is to show of one changeset: its records word for word, and nobody else's."""

from __future__ import annotations

from typing import Any

from tests.core.test_tenure import asks, gives, journal, shows
from tests.core.test_trail import admission

from seatwise.core.dossier import dossier


def parts(*written: Any, commit: str = "c1") -> list[tuple[str, str]]:
    told = dossier(admission(commit=commit), "admit", {"v": journal(*written)})
    return [(one["part"], one["record"]["type"]) for one in told["trail"]]


def test_the_admission_comes_first_and_then_calls_answers_and_what_readings_showed() -> None:
    told = dossier(
        admission(commit="c1"), "admit", {"v": journal(asks(), *gives(), shows("verify"), shows("verify", "bo"))}
    )
    assert [one["part"] for one in told["trail"]] == ["admission", "intent", "outcome", "read-back"]
    assert (told["tickets"], told["plan"][:7], told["requests"], told["commit"]) == (["T-1"], "sha256:", [], "c1")


def test_rollouts_gates_snapshots_and_what_people_said_are_those_of_the_commit() -> None:
    mine = {"type": "rollout", "rollout": {"id": "r1", "commit": "c1"}}
    other = {"type": "rollout", "rollout": {"id": "r2", "commit": "c2"}}
    rest = [{"type": kind, "rollout": id} for id in ("r1", "r2") for kind in ("stage", "state", "snapshot", "obeyed")]
    assert parts(mine, other, *rest) == [
        ("admission", "admitted"), ("rollout", "rollout"), ("gate", "stage"), ("gate", "state"), ("snapshot", "snapshot"),
        ("obeyed", "obeyed"),
    ]  # fmt: skip


def test_a_changeset_that_called_nothing_has_no_plan() -> None:
    told = dossier(admission(commit="c9"), "admit", {"v": journal(asks(), *gives(), shows("verify"))})
    assert [one["part"] for one in told["trail"]] == ["admission"] and told["plan"] == ""
