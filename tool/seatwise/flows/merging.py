"""Git's merge driver: one file merged for git, and a clone and a repository set up so that git calls it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from seatwise.core.model import Exit, Stop
from seatwise.core.parse.places import kind
from seatwise.edges import inside, merging
from seatwise.edges.git import Git
from seatwise.edges.merge3 import marked

ATTRIBUTES = ".gitattributes"
PATTERNS = ("licenses/**/*.yaml", "owners/**/*.yaml", "policies/**/*.yaml")
LINES = tuple(f"{pattern} merge=seatwise" for pattern in PATTERNS)
NAME, DRIVER = "merge.seatwise.name", "merge.seatwise.driver"
CALL = "merge driver %O %A %B %P"
TEXT = "git merge-file -L ours -L base -L theirs %A %O %B"
MOST_LINES = 2**20
"""Bytes of a .gitattributes that is written again."""


@dataclass(frozen=True, slots=True)
class Installed:
    """What was missing: lines of .gitattributes, names of git's configuration."""

    lines: tuple[str, ...]
    settings: tuple[str, ...]


def driver(root: Path, base: Path, ours: Path, theirs: Path, path: str) -> bool:
    """Merges into `ours`, and says whether nothing is left to decide. What is no file of ours is merged as text."""
    mine, old, other = (file.read_bytes() for file in (ours, base, theirs))
    as_text = partial(marked, repository=root)
    known = path.endswith(".yaml") and kind(path) != ""
    done = merging.merged(mine, old, other, as_text) if known else as_text(mine, old, other)
    ours.write_bytes(done.data)
    return done.clean


def missing(git: Git) -> Installed:
    """What git lacks to call the driver."""
    there = set(_attributes(git.root).splitlines())
    said = git.setting(DRIVER)
    lines = tuple(line for line in LINES if line not in there)
    return Installed(lines, () if CALL in said else (NAME, DRIVER))


def install(git: Git, program: str) -> Installed:
    """Adds what is missing; `program` is how a shell calls seatwise."""
    found = missing(git)
    if found.lines:
        text = _attributes(git.root)
        start = text if not text or text.endswith("\n") else f"{text}\n"
        inside.write(git.root, {ATTRIBUTES: (start + "".join(f"{line}\n" for line in found.lines)).encode()})
    git.set(NAME, "files of seatwise, by what they mean")
    git.set(DRIVER, command(program))
    return found


def command(program: str) -> str:
    """What git runs. Where seatwise is gone or fails, the file is merged as git would have merged it."""
    return f"{program.replace('%', '%%')} {CALL}; s=$?; test $s -lt {int(Exit.USAGE)} && exit $s; {TEXT}"


def _attributes(root: Path) -> str:
    path = root / ATTRIBUTES
    if path.is_symlink():
        raise Stop(Exit.ERROR, f"{ATTRIBUTES} is a symbolic link", "put the file itself there")
    try:
        with path.open("rb") as file:
            data = file.read(MOST_LINES + 1)
    except FileNotFoundError:
        return ""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Stop(Exit.ERROR, f"{ATTRIBUTES} is not UTF-8", "save it as UTF-8") from None
    if len(data) > MOST_LINES:
        raise Stop(Exit.ERROR, f"{ATTRIBUTES} has more than {MOST_LINES:,} bytes", "take out what is not needed")
    return text
