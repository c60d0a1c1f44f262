"""A folder → the files that `fmt` would write otherwise; and writing them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from seatwise.core.model import Finding
from seatwise.core.parse.places import is_workflow, kind
from seatwise.edges import inside, yamlfile
from seatwise.edges.edit import tidy
from seatwise.edges.worktree import worktree
from seatwise.flows.validate import relative, within


@dataclass(frozen=True, slots=True)
class Tidied:
    """A file that is not tidy, and its tidy text."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Formatted:
    """How many files were looked at, which are not tidy, and what is wrong with those that can't be read."""

    looked_at: int
    untidy: tuple[Tidied, ...]
    findings: tuple[Finding, ...]


def formatted(root: Path, paths: Collection[Path] | None = None) -> Formatted:
    """What there is to tidy in the folder, or in these files and folders of it. Writes nothing."""
    wanted = relative(root, paths or ())
    files = {path: data for path, data in worktree(root).files.items() if _is_ours(path) and within(path, wanted)}
    untidy: list[Tidied] = []
    findings: list[Finding] = []
    for path, data in sorted(files.items()):
        document, told = yamlfile.read(data, path)
        findings += told
        if document and not told and (text := tidy(data.decode())).encode() != data:
            untidy.append(Tidied(path, text))
    return Formatted(len(files), tuple(untidy), tuple(findings))


def write(root: Path, untidy: Iterable[Tidied]) -> None:
    """Puts the tidy texts in place."""
    inside.write(root, {one.path: one.text.encode() for one in untidy})


def _is_ours(path: str) -> bool:
    return path.endswith(".yaml") and kind(path) != "" and not is_workflow(path)
