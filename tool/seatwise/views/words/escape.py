"""Values as each format can hold them: names come from outside and are never trusted."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 240
"""Characters shown of one value; what is longer is no name."""
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that a terminal obeys or hides: control, format (bidi marks), surrogate, unassigned, separator."""

_MARKUP = re.compile(r"[\\`*_\[\]|~$]")
_LINKS = re.compile(r"@|#|://|\b[wW]{3}\.|\b[gG][hH]-(?=\d)")
_BREAK = "&#8203;"
"""A space of no width: behind it a forge sees no mention, reference or address."""


def text(value: object) -> str:
    """The value on one line, with everything that a terminal would obey or hide written out."""
    raw = str(value)
    shown = raw if raw.isascii() and raw.isprintable() else "".join(map(_visible, raw))
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


def _visible(char: str) -> str:
    if unicodedata.category(char) not in UNSEEN:
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def markdown(value: object) -> str:
    """The value as prose in Markdown: no markup, no HTML, no table cell's end, no mention, no reference, no link."""
    plain = _MARKUP.sub(r"\\\g<0>", text(value))
    plain = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LINKS.sub(_unlinked, plain)


def _unlinked(match: re.Match[str]) -> str:
    mark = match[0]
    return f":{_BREAK}//" if mark == "://" else f"{mark}{_BREAK}"


def code(value: object) -> str:
    """The value as a code span: copied as it is, and forges look for no mention in it. Not for table cells."""
    plain = text(value)
    if not plain.strip():
        return "(empty)"
    longest = max((len(run) for run in re.findall("`+", plain)), default=0)
    fence = "`" * (longest + 1)
    room = " " if plain[0] in "` " or plain[-1] in "` " else ""
    return f"{fence}{room}{plain}{room}{fence}"
