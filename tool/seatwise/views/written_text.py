"""What a command wrote into the files → what it is, where, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from seatwise.core import canon
from seatwise.core.model import Ack, Lot
from seatwise.views import words


def acknowledged(ack: Ack, branch: str) -> str:
    """The acknowledgement, and how it gets onto the default branch: alone."""
    what = f"the asks {canon.short(ack.asks)}" if ack.asks else f"the reading of people {canon.short(ack.source)}"
    name, path, onto = words.text(ack.id), words.text(ack.place.path), words.text(branch)
    lines = [
        f"{path}: lets {what} pass {words.text(ack.passes)}, through {ack.through}",
        "next: a pull request of its own; beside what it serves it would change the asks that it names",
        f"  git switch -c ack-{name} {onto}",
        f"  git add {path}",
        f"  git commit -m 'Acknowledge {words.text(ack.passes)}'",
        f"  once it is merged: seatwise {'plan' if ack.asks else 'apply'}",
    ]
    return "\n".join(lines) + "\n"


def bought(license: str, lot: Lot, rights: int) -> str:
    """The lot, and what makes its seats count."""
    name, seats = words.text(lot.name), words.count(lot.quantity, "seat")
    ordered = f"{seats} of {words.text(license)} ordered for {lot.start}; {rights:,} bought so far"
    lines = [
        f"{words.text(lot.place)}: {name}, {ordered}",
        f"next: order them, commit the file; when they are there, drop `state: ordered` of {name}",
    ]
    return "\n".join(lines) + "\n"


def package(name: str, folder: str, written: Sequence[str]) -> str:
    """Which files a vendor's package has, and what to do with it."""
    lines = [f"{folder}/{path}" for path in written]
    lines += ["next:", f"  pip install -e '{folder}[test]'", f"  seatwise vendor test {name}"]
    return "\n".join(words.text(line) for line in lines) + "\n"


def installed(lines: Sequence[str], settings: Sequence[str], *, check: bool) -> str:
    """What was missing for git to merge our files by meaning, and is there now unless it was only looked at."""
    verb = "missing" if check else "added"
    said = [f".gitattributes: {verb}: {words.text(line)}" for line in lines]
    said += [f"git config: {verb}: {words.text(name)}" for name in settings]
    if not said:
        return "installed: git merges these files by what they mean\n"
    told = (
        "fix: seatwise merge install, in each clone"
        if check
        else "next: commit .gitattributes; each clone installs once"
    )
    return "".join(f"{line}\n" for line in (*said, told if lines or check else "installed in this clone"))


def jobs(stale: Sequence[str], *, check: bool) -> str:
    """Which files of jobs are, or were, not as they are to be."""
    if not stale:
        return "the files of jobs are as they are to be\n"
    if check:
        return "\n".join([f"{path}: is not what ci init would write" for path in stale]) + "\n  fix: seatwise ci init\n"
    return (
        "\n".join([*(f"{path}: written" for path in stale), "next: docs/ci.md says which secrets and rules they need"])
        + "\n"
    )
