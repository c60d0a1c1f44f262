"""What can't be seen is refused, wherever words are given."""

from __future__ import annotations

import pytest

from seatwise.core.model import Exit, Stop
from seatwise.core.plain import hidden, reason, seen


@pytest.mark.parametrize("text", ["", "a b", "Größe 1", "a\u00a0b"])
def test_what_is_seen_is_taken(text: str) -> None:
    assert (hidden(text), seen("--po", text)) == (None, text)


@pytest.mark.parametrize(("text", "code"), [("\x1b[31mx", "U+001B"), ("a\nb", "U+000A"), ("a\u202eb", "U+202E")])
def test_what_is_hidden_is_named_and_refused(text: str, code: str) -> None:
    with pytest.raises(Stop) as stop:
        reason(text)
    assert (stop.value.code, stop.value.what) == (
        Exit.USAGE, f"--reason: {text!r} has a character that can't be seen, {code}",
    )  # fmt: skip


@pytest.mark.parametrize("text", ["", "  ", "..."])
def test_a_reason_says_something(text: str) -> None:
    with pytest.raises(Stop, match="is no reason"):
        reason(text)
    assert reason("so") == "so"
