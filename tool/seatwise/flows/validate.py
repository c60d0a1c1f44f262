"""A folder → every finding that its texts give: structure, references, policies, rows of HR's exports. No network.

Of people nothing is asked but whether their rows can be read: what they are asked or hold is for a plan to say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from seatwise import sources, vendors
from seatwise.core import directory
from seatwise.core.document import Map, line_at
from seatwise.core.feeds import RawPeople
from seatwise.core.model import Exit, Finding, Level, Place, Settings, Stop, Tree
from seatwise.edges import yamlfile
from seatwise.edges.clock import SystemClock
from seatwise.edges.site import Site
from seatwise.edges.tree import tree
from seatwise.edges.worktree import Worktree, worktree


@dataclass(frozen=True, slots=True)
class Checked:
    """What the files say, and what is wrong with them."""

    tree: Tree
    findings: tuple[Finding, ...]

    @property
    def bad(self) -> bool:
        """Whether a file can't be read as meant."""
        return any(finding.level is Level.ERROR for finding in self.findings)


def validate(root: Path, paths: Collection[Path] | None = None) -> tuple[Finding, ...]:
    """Every finding, by path and line; with `paths` those of these files and folders only."""
    return checked(root, paths).findings


def checked(root: Path, paths: Collection[Path] | None = None) -> Checked:
    """The same, with the tree. Everything is read in any case: a name in one file is defined in another."""
    from seatwise import policies

    wanted = relative(root, paths or ())
    seen = worktree(root)
    made, findings = tree(seen.files, others=seen.others)
    problems = (_placed(finding, seen) for finding in policies.problems(made))
    site = Site(root, SystemClock(), partial(_on_disk, root.resolve()))
    found = (*findings, *problems, *_accounts(made.settings, site), *_people(made.settings, site))
    shown = (finding for finding in found if _within(finding, wanted))
    return Checked(made, tuple(sorted(shown, key=_order)))


def _accounts(settings: Settings, site: Site) -> Iterator[Finding]:
    """Accounts whose vendor is unknown, or can't be meant as it stands there. Nobody is called."""
    for account in settings.accounts.values():
        try:
            vendors.open_vendor(account, site)
        except Stop as stop:
            what = stop.what.removeprefix(f"{account.place}: ")
            yield Finding("account", Level.ERROR, what, stop.fix, account.place, key=account.id)


def _people(settings: Settings, site: Site) -> tuple[Finding, ...]:
    """What can't be read in the exports that lie in the folder, as a plan would judge it."""
    raw: list[RawPeople] = []
    findings: list[Finding] = []
    for source in (one for one in settings.sources if "from" in one.config):
        try:
            raw.append(sources.read(source, site))
        except OSError:
            continue  # it is fetched where plans are made
        except Stop as stop:
            findings += stop.findings
    return (*findings, *directory.unreadable(settings, raw))


def _on_disk(root: Path, path: str) -> tuple[bytes, datetime]:
    """Raises OSError where there is none, or it leads out of the folder."""
    full = (root / path).resolve()
    if not full.is_relative_to(root) or not full.is_file():
        raise FileNotFoundError(path)
    return full.read_bytes(), datetime.fromtimestamp(full.stat().st_mtime, UTC)


def relative(root: Path, paths: Collection[Path]) -> tuple[str, ...]:
    """The paths, from the top of the repository. Raises Stop for one outside of it."""
    return tuple(_relative(root.resolve(), path) for path in paths)


def _relative(root: Path, path: Path) -> str:
    whole = path if path.is_absolute() else Path.cwd() / path
    settled = whole.parent.resolve() / whole.name if whole.name != ".." else whole.resolve()
    if settled != root and root not in settled.parents:
        raise Stop(
            Exit.USAGE, f"{path} is not in the repository {root}", "name files of this repository; -C names another"
        )
    return settled.relative_to(root).as_posix()


def within(path: str, wanted: Collection[str]) -> bool:
    """Whether a path is one of these, or below one; with none given every path is."""
    return not wanted or any(one in (".", path) or path.startswith(f"{one}/") for one in wanted)


def _within(finding: Finding, wanted: Collection[str]) -> bool:
    return finding.place is None or within(finding.place.path, wanted)


def _placed(finding: Finding, seen: Worktree) -> Finding:
    """A finding about a policy's parameter, at that parameter's line: its key is the way to it."""
    place = finding.place
    if place is None or place.path not in seen.files:
        return finding
    document, _ = yamlfile.read(seen.files[place.path], place.path)
    return replace(finding, place=Place(place.path, line_at(document, list(_steps(finding.key, document)))))


def _steps(key: str, document: Map | None) -> Iterator[str | int]:
    """`max-removals/per_day.counts[1]` as per_day, counts, 1; in exceptions and acks the key that names a rule."""
    yield from {"exception": ("policy",), "ack": ("passes",)}.get(next(iter(document or ()), ""), ())
    for part in key.replace("/", ".").replace("[", ".").replace("]", "").split(".")[1:]:
        yield int(part) if part.isdecimal() else part


def _order(finding: Finding) -> tuple[str, int, str]:
    return (finding.place.path, finding.place.line, finding.what) if finding.place else ("", 0, finding.what)
