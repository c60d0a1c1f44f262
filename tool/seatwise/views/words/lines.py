"""Text over lines of a given width: words stay whole, wide characters count twice."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

NARROW = 80
"""Below this many columns a row's head stands on a line of its own."""
COMMAND = re.compile(r"(seatwise [^;,]*)")
"""A command in prose, up to a comma or semicolon. It stays on one line where it fits, so that it can be pasted."""


def columns(shown: str) -> int:
    """How many columns of a terminal the text takes: wide characters two, combining ones none."""
    if shown.isascii():
        return len(shown)
    return sum(_columns(char) for char in shown)


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def pad(shown: str, width: int) -> str:
    return shown + " " * max(width - columns(shown), 0)


def flow(items: Iterable[str], width: int, *, between: str = " ") -> list[str]:
    """Lines of at most `width` columns. An item stays whole where it fits on a line; `between` stands at line ends."""
    lines: list[str] = []
    line = ""
    for item in items:
        joined = f"{line}{between}{item}" if line else item
        if columns(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(f"{line}{between.rstrip()}" if columns(line + between.rstrip()) <= width else line)
        *full, line = _broken(item, width)
        lines.extend(full)
    return [*lines, line] if line else lines


def _broken(item: str, width: int) -> list[str]:
    """One item over as many lines as it takes: at its spaces, or in a word that is longer than a line."""
    if columns(item) <= width:
        return [item]
    words = item.split(" ")
    return flow(words, width) if len(words) > 1 else _chopped(item, width)


def _chopped(word: str, width: int) -> list[str]:
    pieces = [""]
    for char in word:
        if pieces[-1] and columns(pieces[-1] + char) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces


def wrap(shown: str, width: int, *, first: str = "", rest: str = "") -> list[str]:
    """Prose over lines of at most `width` columns, the first behind `first`, the others behind `rest`."""
    lines = flow(_items(shown), width - max(columns(first), columns(rest)))
    return [f"{rest if at else first}{line}" for at, line in enumerate(lines or [""])]


def _items(shown: str) -> list[str]:
    """Prose as its words, and each command in it as one item, with the comma or semicolon behind it."""
    if "seatwise " not in shown:
        return shown.split()
    items: list[str] = []
    for at, part in enumerate(COMMAND.split(shown)):
        words = part.split()
        if at and at % 2 == 0 and words and not part[:1].isspace():
            items[-1] += words.pop(0)
        items += [" ".join(words)] if at % 2 else words
    return items


def section(name: str, items: Sequence[str], width: int) -> list[str]:
    """Short items behind their section's name; no line where there is no item."""
    if not items:
        return []
    if width < NARROW:
        return [name, *(f"  {line}" for line in flow(items, width - 2, between=" · "))]
    if len(name) > 8:
        return flow([f"{name}  {items[0]}", *items[1:]], width, between=" · ")
    lines = flow(items, width - 10, between=" · ")
    return [pad("" if at else name, 10) + line for at, line in enumerate(lines)]


def row(head: str, items: Sequence[str], width: int, *, between: str = " ", most: int = 0) -> list[str]:
    """A head and its items beside it, or on a narrow screen below it; on `most` lines, where that is given."""
    narrow = width < NARROW or columns(head) > width // 3
    indent = 4 if narrow else max(columns(head) + 4, 14)
    lines = _lines(items, width - indent, between, most)
    if narrow:
        return [*wrap(head, width, first="  ", rest="  "), *(f"    {line}" for line in lines)]
    return [pad("" if at else f"  {head}", indent) + line for at, line in enumerate(lines)]


def _lines(items: Sequence[str], width: int, between: str, most: int) -> list[str]:
    """The items over lines; where that takes more than `most`, the first of them and how many there are beyond."""
    if not most:
        return flow(items, width, between=between)
    shown = min(len(items), most * width // 2)
    while shown > 1 and len(flow(_first(items, shown), width, between=between)) > most:
        shown -= 1
    return flow(_first(items, shown), width, between=between)


def _first(items: Sequence[str], shown: int) -> list[str]:
    return [*items[:shown], *([f"and {len(items) - shown:,} more"] if shown < len(items) else [])]
