"""Any answer made of nouns → JSON in one stable shape."""

from __future__ import annotations

import json

from seatwise.core import canon


def dumps(answer: object) -> str:
    """ASCII, so that no name in it can hide or command anything."""
    return json.dumps(canon.plain(answer), indent=2) + "\n"
