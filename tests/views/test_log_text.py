"""The journal, one line a seat."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from syrupy.assertion import SnapshotAssertion
from tests.views.plans import HOSTILE, mail

from seatwise.core.model import CauseKind, LogEntry, Result
from seatwise.views import log_text, words

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def entries() -> list[LogEntry]:
    return [
        LogEntry(AT, "octo", mail("ann"), "copilot-business", "assign", CauseKind.COMMIT, "9ab31f2", Result.DONE),
        LogEntry(
            AT, "slack", mail("ed"), "slack", "revoke", CauseKind.LEAVER, "run 14", Result.REFUSED, "only owner left"
        ),
        LogEntry(AT, "m365", mail("iris.weber"), "m365-e3", "adopt"),
    ]


@pytest.mark.parametrize("width", [60, 120])
def test_the_log_reads_like_this(width: int, as_text: SnapshotAssertion) -> None:
    assert log_text.log(entries(), timezone="Europe/Berlin", width=width) == as_text


def test_an_empty_log_says_so() -> None:
    assert log_text.log([]) == "The journal has nothing about this.\n"


@pytest.mark.parametrize("width", [60, 200])
def test_no_line_is_wider_than_asked_and_no_name_is_obeyed(width: int) -> None:
    evil = LogEntry(AT, HOSTILE, HOSTILE, HOSTILE, HOSTILE, CauseKind.COMMIT, HOSTILE, Result.DONE, HOSTILE)
    lines = log_text.log([*entries(), evil], width=width).splitlines()
    assert [line for line in lines if words.columns(line) > width or not line.isprintable()] == []
