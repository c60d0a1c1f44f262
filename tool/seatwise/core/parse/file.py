"""One typed document → Parsed: its noun, its references and what is wrong in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from seatwise.core.document import Map, digest
from seatwise.core.model import Finding, Level, Place
from seatwise.core.parse import frame, license, settings
from seatwise.core.parse.parsed import File, Parsed
from seatwise.core.parse.places import HOMES, identity, kind

NOUNS: dict[str, Callable[[File], Any]] = {
    "license": license.license,
    "assignments_of": license.split,
    "contract": frame.contract,
    "bundle": frame.bundle,
    "owner": frame.owner,
    "holder": frame.holder,
    "policy": frame.policy,
    "exception": frame.waiver,
    "ack": frame.ack,
    "format": settings.settings,
}
GOVERNED = frozenset({"policy", "exception", "ack", "format"})
"""Kinds whose content is approved as a whole, by its digest."""


def parsed(path: str, raw: Map, document: Map | None, findings: tuple[Finding, ...]) -> Parsed:
    """What the file says. `raw` is as written; `document` typed, less what can't be used."""
    first = kind(path)
    file = File(path, identity(path), document if document is not None else Map())
    noun = _noun(first, file) if document is not None else None
    found = (*findings, *_identity(path, first, raw), *file.findings)
    governed = digest(raw) if first in GOVERNED else ""
    return Parsed(path, first, file.id, noun, tuple(file.refs), _ordered(found), dict(file.document.lines), governed)


def unread(path: str, findings: tuple[Finding, ...]) -> Parsed:
    """A file of which nothing can be used; its name is known all the same."""
    return Parsed(path, kind(path), identity(path), findings=_ordered(findings))


def kind_findings(path: str, raw: Map) -> tuple[Finding, ...]:
    """What is wrong with a file's first key: another kind's, or not the first."""
    expected, first = kind(path), next(iter(raw), "")
    if first == expected:
        return ()
    if expected in raw:
        fix = f"begin with {expected}: {raw[expected]}"
        return (_finding("kind", path, raw.at(expected), f"{expected!r} must be the first key", fix),)
    if first in HOMES:
        return (
            _finding(
                "kind", path, raw.at(first), f"a file with {first!r} does not belong here", f"move it to {HOMES[first]}"
            ),
        )
    what = f"{HOMES[expected]} must begin with {expected!r}" + (f", not {first!r}" if first else "")
    return (
        _finding("kind", path, raw.at(first), what, f"{expected}: {'1' if expected == 'format' else identity(path)}"),
    )


def _noun(first: str, file: File) -> Any:
    try:
        return NOUNS[first](file)
    except KeyError:
        return None


def _identity(path: str, first: str, raw: Map) -> tuple[Finding, ...]:
    written, wanted = raw.get(first), identity(path)
    if first == "format" or not isinstance(written, str) or written == wanted:
        return ()
    where = "folder" if first == "assignments_of" else "file"
    what = f"{first} {written!r} stands in a {where} called {wanted!r}"
    return (_finding("identity", path, raw.at(first), what, f"{first}: {wanted}, or rename the {where}"),)


def _ordered(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: finding.place.line if finding.place else 0))


def _finding(rule: str, path: str, line: int, what: str, fix: str) -> Finding:
    return Finding(rule, Level.ERROR, what, fix, Place(path, line), f"{path}/{rule}")
