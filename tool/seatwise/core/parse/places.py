"""Paths of a repository → the kind of file that belongs there, and what stands in the wrong place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from unicodedata import normalize

from seatwise.core.model import Finding, Level, Place

SETTINGS = "seatwise.yaml"
FOLDERS = ("licenses", "owners", "policies")
WORKFLOWS = ".github/workflows/"
JOBS = ".gitlab-ci.yml"
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
LINK, FOLDER, REPOSITORY, DEVICE = (
    "a symbolic link",
    "a folder",
    "a git repository of its own",
    "a pipe or a device, no file",
)
"""What can stand where a file should."""


def ours(path: str) -> bool:
    """Whether a file belongs to the tree: ours, or a workflow that governs it."""
    return path == SETTINGS or path.split("/")[0] in FOLDERS or is_workflow(path)


def is_workflow(path: str) -> bool:
    return path == JOBS or (path.startswith(WORKFLOWS) and path.endswith((".yaml", ".yml")))


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


def misplaced(paths: Iterable[str], others: Mapping[str, str]) -> Iterator[Finding]:
    """What is no file (`others`: by path, what it is), names that differ in case only, and files that nothing reads."""
    paths = set(paths)
    folders = {path: FOLDER for path in _named_like_files(paths) if path not in others}
    others = {**folders, **others}
    seen: dict[str, str] = {}
    for path in sorted({*paths, *folders}):
        twin = seen.setdefault(normalize("NFC", path).casefold(), path)
        if twin != path:
            yield _finding(
                "case-twin", path, f"differs from {twin} in case only", "rename one: some systems see one file"
            )
        elif path in others:
            yield _no_file(path, others[path])
        elif not _read(path):
            yield _stray(path)


def _named_like_files(paths: Iterable[str]) -> Iterator[str]:
    """Folders whose names say that they are files."""
    folders = {folder for path in paths for folder in PurePosixPath(path).parents}
    return (str(folder) for folder in folders if like_a_file(folder.name))


def like_a_file(name: str) -> bool:
    return name.endswith((".yaml", ".yml"))


def _no_file(path: str, what: str) -> Finding:
    if what == LINK:
        return _finding("symlink", path, f"is {what}", "put the file itself there")
    if what == REPOSITORY:
        return _finding("no-file", path, f"is {what}; nothing in it is read", "move it out, or delete its .git")
    fix = "rename it, or put a file there" if what == FOLDER else "delete it, or put a file there"
    return _finding("no-file", path, f"is {what}", fix)


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
