"""How a command ends when it cannot do what was asked: objects here, wording at the border."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from seatwise.core.model.repo import Finding


class Exit(IntEnum):
    """What every command ends with."""

    OK = 0
    ERROR = 1
    CHANGES = 2
    DENIED = 3
    STALE = 4
    PARTLY = 5
    LOCKED = 6
    WAITING = 7
    DRIFT = 8
    EVIDENCE = 9
    USAGE = 64
    BUG = 70


class Stop(Exception):
    """An expected end before the work was done: an exit code, and what to say. Never shown as a traceback."""

    def __init__(self, code: Exit, what: str, fix: str = "", *, findings: Sequence[Finding] = ()) -> None:
        super().__init__(what)
        self.code = code
        self.what = what
        self.fix = fix
        self.findings = tuple(findings)
