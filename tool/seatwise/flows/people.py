"""A workspace → who works here, what moved since an older export, and which seats and rows fit nobody; only reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from seatwise.core import census
from seatwise.core.census import Moved, Stray
from seatwise.core.model import Exit, Finding, Stop, Tree
from seatwise.core.model.people import People, Person
from seatwise.flows.workspace import WORKTREE, Workspace


def listed(
    workspace: Workspace, filters: Mapping[str, Sequence[str]]
) -> tuple[tuple[Person, ...], tuple[Finding, ...]]:
    """The people whom all filters match, and what the sources leave open."""
    people, findings = workspace.people(workspace.sound_tree(WORKTREE), WORKTREE, {})
    return census.listed(people, filters), findings


def compared(workspace: Workspace, before: str, after: str) -> tuple[Moved, ...]:
    """What the export `after` says otherwise than `before`; an empty path is the export that seatwise.yaml names."""
    tree = workspace.sound_tree(WORKTREE)
    return census.moves(_at(workspace, tree, before), _at(workspace, tree, after))


def unmatched(workspace: Workspace) -> tuple[tuple[Stray, ...], tuple[str, ...]]:
    """Seats and rows that fit nobody, and why accounts could not be read."""
    tree = workspace.sound_tree(WORKTREE)
    people, _ = workspace.people(tree, WORKTREE, {})
    readings = workspace.readings(tree, WORKTREE)
    failures = tuple(f"{reading.account}: {reading.failure}" for reading in readings.values() if reading.failure)
    return census.strays(tree, people, readings.values()), failures


def _at(workspace: Workspace, tree: Tree, path: str) -> People:
    """Everybody, with another file in place of the first source that is read from one."""
    sources = list(tree.settings.sources)
    files = [number for number, source in enumerate(sources) if "from" in source.config]
    if path and not files:
        raise Stop(Exit.ERROR, "seatwise.yaml: no people source is read from a file", "compare without naming one")
    if path:
        first = sources[files[0]]
        sources[files[0]] = replace(first, config={**first.config, "from": path})
    at = replace(tree, settings=replace(tree.settings, sources=tuple(sources)))
    return workspace.people(at, WORKTREE, {})[0]
