"""What the doctor finds: one answer for each thing that work here needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    OK = "ok"
    WARN = "warn"
    """It works, and could be better."""
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Answer:
    """`about` is the section: machine, files, secrets, remote, journal, people, accounts or freshness."""

    about: str
    health: Health
    what: str
    fix: str = ""
