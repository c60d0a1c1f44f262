"""What people wrote and what HR says → who is asked for what: a second opinion, made without the program.

Names are of people, whatever mail they have now. `None` is "not for this book to say": somebody absent from HR, or a
mover who may keep the seat for a day or until a cap lets it go.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field

LICENSES = ("e3", "e5", "a")
FAMILY = ("e3", "e5")
"""One of them each, the higher one last."""
PEOPLE = ("ann", "bob", "cid", "dan", "eve", "fay", "gus", "hal", "ida", "jon", "kim", "leo")
"""Twelve: what is done for all of them goes in stages."""
CREW = "Engineering"
BEGUN = {"e3": ("ann", "bob"), "e5": ("cid",), "a": ("dan",)}
"""Whom the license files name to begin with."""


@dataclass
class Wording:
    """What the license files of one commit say."""

    team: dict[str, dict[str, str]] = field(
        default_factory=lambda: {id: {name: f"{name}@x.example" for name in BEGUN[id]} for id in LICENSES}
    )
    """License → person → the name that the row has."""
    crew: set[str] = field(default_factory=set)
    """Licenses that a rule gives to the department CREW."""
    never: dict[str, set[str]] = field(default_factory=lambda: {id: set() for id in LICENSES})

    def about(self, license: str, name: str) -> tuple[tuple[bool, bool, bool], ...]:
        """All that it says of one person in a license and its family."""
        of = FAMILY if license in FAMILY else (license,)
        return tuple((name in self.team[id], id in self.crew, name in self.never[id]) for id in of)


@dataclass
class Ledger:
    """The book. `touched` counts commits: when one last said something new of a license and a person."""

    drafted: Wording = field(default_factory=Wording)
    main: Wording = field(default_factory=Wording)
    status: dict[str, str] = field(default_factory=lambda: dict.fromkeys(PEOPLE, "A"))
    department: dict[str, str] = field(default_factory=lambda: dict.fromkeys(PEOPLE, "Sales"))
    absent: set[str] = field(default_factory=set)
    touched: dict[tuple[str, str], int] = field(default_factory=dict)
    matched: set[tuple[str, str]] = field(default_factory=set)
    """Whom a rule has reached at some run: a mover keeps the seat for a while."""
    commits: int = 0
    past: list[Wording] = field(default_factory=list)
    """What main said before each commit."""
    moved: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    """Commit → what it said something new of."""
    aborted: set[str] = field(default_factory=set)
    """Commits of which a rollout was aborted: nothing is sent for them any more, but what takes it back."""

    def commit(self) -> set[tuple[str, str]]:
        """What is drafted is on main; whom it says something new of."""
        self.commits += 1
        new = {key for key in every() if self.main.about(*key) != self.drafted.about(*key)}
        self.touched |= dict.fromkeys(new, self.commits)
        self.past.append(self.main)
        self.main = deepcopy(self.drafted)
        return new

    def asked(self, license: str, name: str) -> bool | None:
        """Whether main asks this license for this person, with what HR says now."""
        if name in self.main.never[license] or self.status[name] == "T":
            return None if name in self.absent else False
        if name in self.main.team[license]:
            return True
        if license not in self.main.crew:
            return None if name in self.absent else False
        if name in self.absent:
            return None
        here = self.department[name] == CREW
        return here or (None if (license, name) in self.matched else False)

    def wanted(self, license: str, name: str) -> bool | None:
        """Whether the person should hold it in the end: of a family, the highest that is asked."""
        higher = FAMILY[FAMILY.index(license) + 1 :] if license in FAMILY else ()
        asked = self.asked(license, name)
        above = [self.asked(id, name) for id in higher]
        if asked is False or True in above:
            return False
        return None if None in above else asked

    def run(self) -> None:
        """A run has seen HR: whom rules reach now, they have reached."""
        for license, name in every():
            if license in self.main.crew and self.department[name] == CREW and name not in self.absent:
                self.matched.add((license, name))


def every() -> Iterator[tuple[str, str]]:
    return ((license, name) for license in LICENSES for name in PEOPLE)


def family(license: str) -> str:
    """What a license competes in: its family, or itself."""
    return FAMILY[0] if license in FAMILY else license
