"""One plan and how it is shown: what all its sections share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import TypeVar

from seatwise.core import gist
from seatwise.core.model import Cause, CauseKind, Plan
from seatwise.views import words

FEW = 3
"""Groups, holds or findings that a section shows."""
LINES = 2
"""Lines of names that a group shows."""
CAUSES = {
    CauseKind.COMMIT: "",
    CauseKind.REVERSE: "taken back: ",
    CauseKind.LEAVER: "leaver: ",
    CauseKind.EXPIRY: "expired: ",
    CauseKind.RULE: "rule: ",
    CauseKind.UNLISTED: "unlisted: ",
    CauseKind.REASSERT: "put right: ",
}

Shown = TypeVar("Shown")


@dataclass(frozen=True, slots=True)
class Page:
    """One plan and how it is to be shown."""

    plan: Plan
    width: int
    everything: bool
    place: tzinfo
    left_out: str
    """The `@domain` that names are shown without."""

    @property
    def today(self) -> date:
        return self.plan.now.astimezone(self.place).date()

    def few(self, rows: Sequence[Shown], most: int = FEW) -> Sequence[Shown]:
        return rows if self.everything else rows[:most]

    def day(self, value: date) -> str:
        return words.day(value, self.today)

    def moment(self, value: datetime) -> str:
        return words.moment(value, self.plan.now, self.place)

    def person(self, who: str) -> str:
        return words.person(who, self.left_out)


def cause(of: Cause) -> str:
    ticket = f", {words.text(of.ticket)}" if of.ticket else ""
    return f"{CAUSES[of.kind]}{words.text(of.why or of.kind)}{ticket}"


def sizes(groups: Iterable[gist.Group]) -> tuple[str, str]:
    changes = [change for group in groups for change in group.changes]
    people = len({change.who for change in changes})
    return words.count(len(changes), "seat"), words.count(people, "person", "people")


def row(page: Page, head: str, items: Sequence[str], between: str = " ") -> list[str]:
    return words.row(head, items, page.width, between=between, most=0 if page.everything else LINES)


def fix(page: Page, advice: str) -> list[str]:
    return words.wrap(words.text(advice), page.width, first="    fix: ", rest="         ") if advice else []


def more(number: int, one: str) -> list[str]:
    """The line that says how much a section does not show."""
    return [f"  … {words.count(number, f'{one} more', f'{one}s more')}: plan --all"] if number else []
