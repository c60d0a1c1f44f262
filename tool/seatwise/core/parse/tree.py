"""All files of one tree → Tree, and what is wrong between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from seatwise.core.model import Finding, Level, License, Settings, Tree
from seatwise.core.parse import cross
from seatwise.core.parse.assignment import doubles
from seatwise.core.parse.parsed import Parsed

Found = Mapping[str, Sequence[Parsed]]
"""Kind → its files, by path."""


def assembled(files: Iterable[Parsed], governed: Mapping[str, str]) -> tuple[Tree, tuple[Finding, ...]]:
    """The tree and every finding, of its files and between them. `governed`: digests of other files, by path."""
    every = sorted(files, key=lambda one: one.path)
    found: dict[str, list[Parsed]] = defaultdict(list)
    for one in every:
        found[one.kind].append(one)
    licenses, between = _licenses(found)
    tree = _tree(found, licenses, {**governed, **{one.path: one.digest for one in every if one.digest}})
    own = [finding for one in every for finding in one.findings]
    return tree, (*own, *between, *cross.findings(every, tree))


def _tree(found: Found, licenses: dict[str, License], digests: dict[str, str]) -> Tree:
    def nouns(kind: str) -> dict[str, Any]:
        return {one.id: one.noun for one in reversed(found.get(kind, ())) if one.noun is not None}

    return Tree(
        nouns("format").get("seatwise", Settings()),
        licenses,
        nouns("contract"),
        nouns("bundle"),
        nouns("owner"),
        nouns("holder"),
        nouns("policy"),
        nouns("exception"),
        nouns("ack"),
        dict(sorted(digests.items())),
        {one.id: one.path.split("/")[1] for one in reversed(found.get("license", ()))},
    )


def _licenses(found: Found) -> tuple[dict[str, License], list[Finding]]:
    parts: dict[str, list[Parsed]] = defaultdict(list)
    for part in found.get("assignments_of", ()):
        parts[part.id].append(part)
    licenses: dict[str, License] = {}
    findings: list[Finding] = []
    for one in found.get("license", ()):
        if one.noun is not None and one.id not in licenses:
            licenses[one.id], told = joined(one, tuple(parts[one.id]))
            findings += told
    return licenses, findings


@lru_cache(maxsize=4096)
def joined(one: Parsed, parts: tuple[Parsed, ...]) -> tuple[License, tuple[Finding, ...]]:
    """A license with the assignments of its split files. The same files give the same object."""
    license: License = one.noun
    if not parts:
        return license, tuple(_unassigned(license, one))
    named = [*(license.assignments or ()), *(assignment for part in parts for assignment in part.noun or ())]
    whole = replace(license, assignments=tuple(named))
    return whole, (*_same_names(whole), *_twice(whole))


def _unassigned(license: License, one: Parsed) -> Iterator[Finding]:
    if license.assignments is None and license.mode != "observe" and "mode" in one.lines:
        what = f"license {license.id!r} has no 'assignments', and its mode is {license.mode}"
        yield Finding(
            "missing-key", Level.ERROR, what, "assignments: [] for nobody, or mode: observe", license.place, license.id
        )


def _same_names(license: License) -> Iterator[Finding]:
    seen: dict[str, Any] = {}
    for assignment in license.assignments or ():
        other = seen.setdefault(assignment.name, assignment)
        if other is not assignment:
            what = f"license {license.id!r} has an assignment {assignment.name!r} already, {other.place}"
            key = f"{license.id}/{assignment.name}"
            yield Finding("same-id", Level.ERROR, what, "give it another name", assignment.place, key)


def _twice(license: License) -> Iterator[Finding]:
    for name, here, there in doubles(license.assignments or ()):
        if here.place.path != there.place.path:
            what = f"{name} is already in {there.name!r}, {there.line(name)}"
            yield Finding("person-twice", Level.ERROR, what, "keep one", here.line(name), f"{license.id}/{name}")
