"""What one file says by itself: its noun, what it refers to, what is wrong in it. parse/tree joins them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from seatwise.core.document import Map
from seatwise.core.model import Finding, Level, Place


@dataclass(frozen=True, slots=True)
class Ref:
    """A name that another file must know. `kind`: license, contract, owner, account, login or column."""

    kind: str
    id: str
    place: Place


@dataclass(frozen=True, slots=True, eq=False)
class Parsed:
    """One file. Compares by identity: the same file read twice is the same object (see edges/tree)."""

    path: str
    kind: str
    id: str
    noun: Any = None
    """The noun of the kind; None where the file has too little for one."""
    refs: tuple[Ref, ...] = ()
    findings: tuple[Finding, ...] = ()
    lines: dict[str, int] = field(default_factory=dict)
    """The line of each key at the top."""
    digest: str = ""

    def at(self, key: str) -> Place:
        return Place(self.path, self.lines.get(key, 1))


@dataclass(slots=True)
class File:
    """A typed document while its noun is being made: collects references and findings."""

    path: str
    id: str
    document: Map
    refs: list[Ref] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def place(self) -> Place:
        return Place(self.path, self.document.line)

    def text(self, key: str) -> str:
        """The text under a key of the top; empty where there is none."""
        return str(self.document.get(key, ""))

    def refer(self, kind: str, key: str) -> str:
        """The id under a key of the top, noted as a reference."""
        return self.note(kind, self.text(key), self.document.at(key))

    def refer_all(self, kind: str, key: str) -> tuple[str, ...]:
        """The ids of a list under a key of the top, each noted as a reference."""
        items = self.document.get(key)
        return (
            tuple(self.note(kind, item, line) for item, line in zip(items, items.lines, strict=True)) if items else ()
        )

    def note(self, kind: str, name: str, line: int) -> str:
        if name:
            self.refs.append(Ref(kind, name, Place(self.path, line)))
        return name

    def tell(self, rule: str, line: int, what: str, fix: str, *, level: Level = Level.ERROR, key: str = "") -> None:
        self.findings.append(Finding(rule, level, what, fix, Place(self.path, line), f"{self.path}/{key or what}"))
