"""Paths of a repository → the kind of file that belongs there, and what stands in the wrong place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from unicodedata import normalize

from seatwise.core.model import Finding, Level, Place

SETTINGS = "seatwise.yaml"
FOLDERS = ("licenses", "owners", "policies")
WORKFLOWS = ".github/workflows/"
ALSO = (".md", ".gitkeep")
"""Endings of files that may lie between ours; nothing reads them."""
HOMES = {
    "license": "licenses/<publisher>/<license>.yaml",
    "assignments_of": "licenses/<publisher>/<license>/<team>.yaml",
    "contract": "licenses/<publisher>/contracts/<contract>.yaml",
    "bundle": "licenses/bundles/<bundle>.yaml",
    "owner": "owners/<owner>.yaml",
    "holder": "owners/holders/<holder>.yaml",
    "policy": "policies/<policy>.yaml",
    "exception": "policies/exceptions/<exception>.yaml",
    "ack": "policies/acks/<ack>.yaml",
    "format": SETTINGS,
}
"""First key → where such a file belongs."""


def ours(path: str) -> bool:
    """Whether a file belongs to the tree: ours, or a workflow that governs it."""
    return path == SETTINGS or path.split("/")[0] in FOLDERS or is_workflow(path)


def is_workflow(path: str) -> bool:
    return path.startswith(WORKFLOWS) and path.endswith((".yaml", ".yml"))


def kind(path: str) -> str:
    """The first key that a file at this path must have; empty: no file of ours belongs there."""
    if path == SETTINGS:
        return "format"
    folder, *rest = path.split("/")
    if folder == "licenses":
        return _licenses_kind(rest)
    return {("owners", 1): "owner", ("policies", 1): "policy"}.get((folder, len(rest))) or _BELOW.get(
        path.rpartition("/")[0], ""
    )


_BELOW = {"owners/holders": "holder", "policies/exceptions": "exception", "policies/acks": "ack"}


def _licenses_kind(rest: list[str]) -> str:
    match rest:
        case ["bundles", _]:
            return "bundle"
        case [publisher, _] if publisher != "bundles":
            return "license"
        case [publisher, "contracts", _] if publisher != "bundles":
            return "contract"
        case [publisher, _, _] if publisher != "bundles":
            return "assignments_of"
    return ""


def identity(path: str) -> str:
    """The id that a file at this path must have: its name; for a split file, its folder's."""
    *folders, name = path.split("/")
    return folders[-1] if kind(path) == "assignments_of" else name.removesuffix(".yaml")


def misplaced(paths: Iterable[str], links: Collection[str]) -> Iterator[Finding]:
    """Symbolic links, names that differ in case only, and files that nothing reads."""
    seen: dict[str, str] = {}
    for path in sorted(paths):
        twin = seen.setdefault(normalize("NFC", path).casefold(), path)
        if twin != path:
            yield _finding(
                "case-twin", path, f"differs from {twin} in case only", "rename one: some systems see one file"
            )
        elif path in links:
            yield _finding("symlink", path, "is a symbolic link", "put the file itself there")
        elif not _read(path):
            yield _stray(path)


def _read(path: str) -> bool:
    return (path.endswith(".yaml") and kind(path) != "") or is_workflow(path) or path.endswith(ALSO)


def _stray(path: str) -> Finding:
    if path.endswith(".yml"):
        return _finding("stray-file", path, "ends with .yml; nothing reads it", "rename it to .yaml")
    if path.endswith(".yaml"):
        homes = (home for home in HOMES.values() if home.startswith(path.split("/")[0]))
        return _finding("stray-file", path, "no file belongs here", f"one of {', '.join(homes)}")
    return _finding("stray-file", path, "nothing reads this file", "move it out of licenses/, owners/ and policies/")


def _finding(rule: str, path: str, what: str, fix: str) -> Finding:
    return Finding(rule, Level.ERROR, what, fix, Place(path), path)
