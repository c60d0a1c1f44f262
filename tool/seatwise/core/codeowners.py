"""Owners, licenses and people → the text of CODEOWNERS: which logins answer for which file, and whom it can't name.

Rules (docs/codeowners.md):
- It is a floor. A forge asks by file and is content with any one of a line; who must approve which rows, and how many, only
  seatwise says.
- Of an owner its approvers answer, then its deputy's, by the login that people sources give as `forge`. Who has none, or has
  left, or shares it with somebody, is in no line, and a finding.
- A line that nobody would be left on would be a hole; then whoever may approve policies and settings stands there, or, where no
  owner is named for these, every approver.
- Where all of a publisher's files have one owner, its folder is one line, and new files in it are that owner's too.
- At GitHub the last line that matches counts, so the general ones come first. At GitLab every section counts, so each owner has
  one of its own, with the approvals that the smallest change needs; it has none for what no owner answers for yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from seatwise.core.approval import FORGE, logins
from seatwise.core.model import Finding, Level, Owner, People, Place, Status, Tree
from seatwise.core.parse.places import JOBS, SETTINGS, WORKFLOWS

PATHS = {"github": ".github/CODEOWNERS", "gitlab": ".gitlab/CODEOWNERS"}
"""Forge → where its file is written."""
FILES = {"github": WORKFLOWS, "gitlab": JOBS}
"""Forge → what its jobs are made from."""
FIRST = {"github": (), "gitlab": ("CODEOWNERS", "docs/CODEOWNERS")}
"""Forge → files that it reads instead, where they are there."""
MOST_BYTES = {"github": 3_000_000}
"""Forge → what it ignores a larger file from."""
HEAD = (
    "# Written by `seatwise approval codeowners`; don't edit it. A floor: who must approve what,\n"
    "# seatwise says (seatwise approval show), and a pull request may need more than these.\n"
)
WRITABLE = re.compile(r"[A-Za-z0-9._/ -]+")
"""Paths that mean themselves as patterns, at both forges; blanks are escaped."""
LOGIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
RULE = "codeowners"
NOBODY = "settings of seatwise"
"""The section of what no owner is named for. It has blanks, so that no owner is called so."""


@dataclass(frozen=True, slots=True)
class Keepers:
    """What policy min-approvals says: the owners for policies and settings and for people (empty: anybody who may approve),
    and how many approvals the smallest change needs."""

    files: str = ""
    people: str = ""
    approvals: int = 1


@dataclass(frozen=True, slots=True)
class Codeowners:
    """The file that a forge should have, and what it leaves out."""

    forge: str
    path: str
    text: str
    findings: tuple[Finding, ...]

    @property
    def size(self) -> int:
        return len(self.text.encode())


@dataclass(frozen=True, slots=True)
class _Line:
    path: str
    owner: str


def codeowners(tree: Tree, people: People, keepers: Keepers, forge: str, today: date) -> Codeowners:
    """The file for this forge."""
    desk = _Desk(tree, people, keepers, today)
    lines = [*_general(tree, keepers, forge), *_files(tree)]
    good = [line for line in lines if WRITABLE.fullmatch(line.path)]
    text = _github(good, desk) if forge == "github" else _gitlab(good, desk)
    findings = (*desk.findings(line.owner for line in good), *_unwritable(lines))
    return Codeowners(forge, PATHS[forge], HEAD + text, tuple(findings))


def _general(tree: Tree, keepers: Keepers, forge: str) -> Iterator[_Line]:
    """What decides who may decide, and new files where a forge can say so."""
    new = ("licenses/", "owners/") if forge == "github" else ("owners/holders/",)
    for path in (*new, SETTINGS, "policies/", FILES[forge], PATHS[forge], ".gitattributes"):
        yield _Line(path, keepers.files)
    for source in tree.settings.sources:
        if path := str(source.config.get("from", "")).removeprefix("./"):
            yield _Line(path, keepers.people)


def _files(tree: Tree) -> Iterator[_Line]:
    """The files that owners answer for, by path."""
    folders: dict[str, list[_Line]] = {}
    for license in tree.licenses.values():
        path = license.place.path
        own = folders.setdefault(_publisher(path), [])
        own += [_Line(path, license.owner), _Line(f"{path.removesuffix('.yaml')}/", license.owner)]
    for contract in tree.contracts.values():
        folders.setdefault(_publisher(contract.place.path), []).append(_Line(contract.place.path, contract.owner))
    for folder, lines in sorted(folders.items()):
        owners = {line.owner for line in lines}
        yield from [_Line(folder, *owners)] if len(owners) == 1 else sorted(lines, key=lambda one: one.path)
    yield from (_Line(bundle.place.path, bundle.owner) for _, bundle in sorted(tree.bundles.items()))
    yield from (_Line(owner.place.path, id) for id, owner in sorted(tree.owners.items()))


def _publisher(path: str) -> str:
    return "/".join(path.split("/")[:2]) + "/"


def _github(lines: Iterable[_Line], desk: _Desk) -> str:
    return "".join(f"{_pattern(line.path)} {' '.join(desk.answering(line.owner))}\n" for line in lines)


def _gitlab(lines: Iterable[_Line], desk: _Desk) -> str:
    sections: dict[str, list[str]] = {}
    for line in lines:
        sections.setdefault(line.owner, []).append(f"{_pattern(line.path)}\n")
    return "".join(
        f"\n[{owner or NOBODY}][{desk.count(owner)}] {' '.join(desk.answering(owner))}\n{''.join(patterns)}"
        for owner, patterns in sorted(sections.items())
    )


def _pattern(path: str) -> str:
    return "/" + path.replace(" ", "\\ ")


def _unwritable(lines: Iterable[_Line]) -> Iterator[Finding]:
    for line in lines:
        if not WRITABLE.fullmatch(line.path):
            what = "has characters that no line of CODEOWNERS can name; it has no floor"
            yield Finding(RULE, Level.WARN, what, "rename it", Place(line.path), line.path)


class _Desk:
    """Who answers for an owner, as logins of the forge."""

    def __init__(self, tree: Tree, people: People, keepers: Keepers, today: date) -> None:
        self._tree, self._people, self._keepers, self._today = tree, people, keepers, today
        self._logins = logins(people)

    def answering(self, owner: str) -> list[str]:
        """At least one, where anybody at all has a login."""
        return self._mapped(owner) or self._mapped(self._keepers.files) or self._mapped("")

    def count(self, owner: str) -> int:
        return max(1, min(self._keepers.approvals, len(self.answering(owner))))

    def findings(self, owners: Iterable[str]) -> Iterator[Finding]:
        named = sorted(set(owners))
        yield from self._unmapped(named)
        for owner in named:
            if owner and not self._mapped(owner):
                known = self._tree.owners.get(owner)
                what = f"no approver of {owner} has a login at the forge; others stand for it"
                yield Finding(RULE, Level.WARN, what, _FIX, known.place if known else None, owner)

    def _unmapped(self, owners: Sequence[str]) -> Iterator[Finding]:
        told = set()
        for owner in owners:
            for one in self._owners(owner):
                for approver in one.approvers:
                    why = self._why_not(approver.person)
                    if why and approver.person not in told:
                        told.add(approver.person)
                        what = f"{approver.person} {why}, and is in no line"
                        yield Finding(RULE, Level.WARN, what, _FIX, one.place, approver.person, person=approver.person)

    def _mapped(self, owner: str) -> list[str]:
        names = [approver.person for one in self._owners(owner) for approver in one.approvers]
        return list(dict.fromkeys(f"@{self._login(name)}" for name in names if not self._why_not(name)))

    def _owners(self, owner: str) -> list[Owner]:
        """The owner and its deputy; every owner, where none is named."""
        owners = self._tree.owners
        if not owner:
            return [one for _, one in sorted(owners.items())]
        known = owners.get(owner)
        found = (known, owners.get(known.deputy)) if known else ()
        return [one for one in found if one is not None]

    def _login(self, name: str) -> str:
        person = self._people.find(name)
        return person.logins.get(FORGE, "").strip() if person else ""

    def _why_not(self, name: str) -> str:
        """Why an approver can't stand in a line; empty: can."""
        person, login = self._people.find(name), self._login(name)
        if person is None:
            return "is in no people source"
        if person.status is Status.LEFT or (person.last_day is not None and person.last_day < self._today):
            return "has left"
        if not login:
            return "has no login at the forge"
        if not LOGIN.fullmatch(login):
            return f"has a login that is none: {login!r}"
        return "" if self._logins.get(login.casefold()) == person.id else "shares the login with somebody"


_FIX = "map it in seatwise.yaml: people: sources: <source>: map: {logins: {forge: <column>}}"
