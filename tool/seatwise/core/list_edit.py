"""What shall change in one list of a file: rows that come, rows that go, rows that end on another day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from seatwise.core.model import Options, Terms


@dataclass(frozen=True, slots=True)
class ListEdit:
    """An edit of an assignment's people or devices, or, without an assignment, of a list of the license's own."""

    assignment: str
    devices: bool = False
    add: Mapping[str, Terms] = field(default_factory=dict)
    """Name → what the row says beyond it; the remark is a reason in `never`. Of a name that is there it takes the place."""
    remove: frozenset[str] = frozenset()
    """Names, case folded."""
    through: Mapping[str, date] = field(default_factory=dict)
    """Name of a row that stays → its last day; the rest of the row is left as it is."""
    about: Mapping[str, str] = field(default_factory=dict)
    """What an assignment that is made for it says before its list: ticket, reason."""
    options: Mapping[str, Options] = field(default_factory=dict)
    """Name of a row that stays → its options; the same."""
    own: str = "never"
    """The license's own list, where no assignment is named: never, reassert."""
    at: str = ""
    """What a row that comes says before all else: a row of `reassert` has no end, it has a moment."""

    @property
    def key(self) -> str:
        """The list's own key."""
        return ("devices" if self.devices else "people") if self.assignment else self.own

    @property
    def one(self) -> str:
        return "device" if self.devices else "person"
