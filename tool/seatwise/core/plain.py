"""A word that somebody gave → what can't be seen in it. Nobody reviews what they don't see."""

from __future__ import annotations

import re
import unicodedata

from seatwise.core.model import Exit, Stop

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories of characters that nobody sees: they would make two people out of one."""


def hidden(text: str) -> tuple[str, str] | None:
    """What is wrong with the text, and how to mend it; None where all of it is seen."""
    found = "" if text.isprintable() else next((c for c in text if unicodedata.category(c) in HIDDEN), "")
    return (f"{text!r} has a character that can't be seen, U+{ord(found):04X}", "type it anew") if found else None


def seen(option: str, text: str) -> str:
    """The text; raises Stop where something in it can't be seen."""
    if fault := hidden(text):
        what, fix = fault
        raise Stop(Exit.USAGE, f"{option}: {what}", fix)
    return text


def reason(text: str, letters: int = 1) -> str:
    """The reason; raises Stop where it says nothing, or hides something."""
    if not re.search(rf"\w{{{letters}}}", text):
        raise Stop(Exit.USAGE, f"{text!r} is no reason", "--reason TEXT: say why, for whoever reads it later")
    return seen("--reason", text)
