"""Cases of broken repositories, each a text file: what is changed in base/, and what is then said.

one line: what is broken
--- change licenses/figma/figma-full.yaml     lines `- old` become the lines `+ new` that follow them; `+` alone: appended
--- file owners/new.yaml                      the whole file
--- bytes owners/new.yaml                     the whole file, with Python's escapes
--- link / --- delete / --- folder / --- pipe PATH
--- expect                                    what `seatwise validate` prints
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
BASE = HERE / "base"


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    about: str
    parts: tuple[tuple[str, str, str], ...]
    """What is done, to which path, with which lines."""
    expect: str


def cases() -> list[Case]:
    return [case(path) for path in sorted((HERE / "cases").glob("*.txt"))]


def case(path: Path) -> Case:
    about, *sections = path.read_text("utf-8").split("\n--- ")
    parts = []
    expect = ""
    for section in sections:
        head, _, body = section.partition("\n")
        verb, _, target = head.partition(" ")
        if verb == "expect":
            expect = body
        else:
            parts.append((verb, target, body + "\n" if body and not body.endswith("\n") else body))
    return Case(path.stem, about, tuple(parts), expect)


def build(case: Case, root: Path) -> None:
    """Puts the broken repository into an empty folder."""
    shutil.copytree(BASE, root, dirs_exist_ok=True)
    for verb, target, body in case.parts:
        path = root / target
        path.parent.mkdir(parents=True, exist_ok=True)
        if verb == "link":
            os.symlink(os.path.relpath(root / body.strip(), path.parent), path)
        elif verb == "delete":
            path.unlink()
        elif verb == "folder":
            path.mkdir()
        elif verb == "pipe":
            os.mkfifo(path)
        elif verb == "bytes":
            path.write_bytes(body.removesuffix("\n").encode("latin-1").decode("unicode_escape").encode("latin-1"))
        else:
            text = body if verb == "file" else changed(path.read_text("utf-8"), body)
            path.write_text(text, encoding="utf-8")


def changed(text: str, body: str) -> str:
    """The text with every run of `- ` lines, which must be in it, replaced by the `+ ` lines behind them."""
    old: list[str] = []
    new: list[str] = []
    for line in [*body.splitlines(), "- "]:
        if line.startswith("-") and new:
            text = replaced(text, old, new)
            old, new = [], []
        (old if line.startswith("-") else new).append(line[2:])
    return text if old == [""] else replaced(text, old[:-1], [])


def replaced(text: str, old: list[str], new: list[str]) -> str:
    lines = text.splitlines()
    if not old:
        return "\n".join([*lines, *new]) + "\n"
    for at in range(len(lines)):
        if lines[at : at + len(old)] == old:
            return "\n".join([*lines[:at], *new, *lines[at + len(old) :]]) + "\n"
    raise LookupError(f"base has no lines {old}")
