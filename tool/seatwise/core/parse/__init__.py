"""Documents of one tree → Tree and findings, all at once. Text only: no people, no vendor, no clock."""

from seatwise.core.parse.file import kind_findings, parsed, unread
from seatwise.core.parse.parsed import Parsed
from seatwise.core.parse.tree import assembled

__all__ = ["Parsed", "assembled", "kind_findings", "parsed", "unread"]
