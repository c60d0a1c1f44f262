"""Files of one commit or of the work tree → Tree and findings. A file that was read before is not read again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256

from seatwise.core.document import digest
from seatwise.core.model import Finding, Level, Place, Tree
from seatwise.core.parse import Parsed, assembled, kind_findings, parsed, unread
from seatwise.core.parse.places import SETTINGS, is_workflow, kind, misplaced
from seatwise.edges import schema, yamlfile

_remembered: dict[tuple[str, bytes], Parsed] = {}
MOST_REMEMBERED = 20_000
EMPTY: Mapping[str, str] = {}


def tree(files: Mapping[str, bytes], *, others: Mapping[str, str] = EMPTY) -> tuple[Tree, tuple[Finding, ...]]:
    """What the files say, and everything that is wrong with them, by path and line.

    `files` are those under seatwise.yaml, licenses/, owners/, policies/ and .github/workflows/, by path from the top;
    `others` are the paths where something else stands, and what that is. With a finding of level ERROR the tree has holes.
    """
    read = [_parsed(path, data) for path, data in files.items() if path not in others and _is_ours(path)]
    governed = {path: _workflow(path, data) for path, data in files.items() if is_workflow(path)}
    made, findings = assembled(read, governed)
    every = [*_absent({*files, *others}), *misplaced({*files, *others}, others), *findings]
    return made, tuple(sorted(dict.fromkeys(every), key=_order))


def _is_ours(path: str) -> bool:
    return path.endswith(".yaml") and kind(path) != ""


def _absent(paths: Collection[str]) -> Iterator[Finding]:
    if SETTINGS not in paths:
        yield Finding("no-settings", Level.ERROR, "is missing", "seatwise init writes one", Place(SETTINGS), SETTINGS)


def _order(finding: Finding) -> tuple[str, int]:
    return (finding.place.path, finding.place.line) if finding.place else ("", 0)


def _parsed(path: str, data: bytes) -> Parsed:
    key = (path, sha256(data).digest())
    if key not in _remembered:
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        _remembered[key] = _fresh(path, data)
    return _remembered[key]


def _fresh(path: str, data: bytes) -> Parsed:
    raw, findings = yamlfile.read(data, path)
    misnamed = kind_findings(path, raw) if raw is not None else ()
    if raw is None or misnamed:
        return unread(path, (*findings, *misnamed))
    name = kind(path)
    document, told = schema.checked(raw, "seatwise" if name == "format" else name, path)
    seen = {finding.place for finding in findings}
    return parsed(path, raw, document, (*findings, *(one for one in told if one.place not in seen)))


def _workflow(path: str, data: bytes) -> str:
    """The digest of a workflow's content; of its bytes where it is more than plain YAML."""
    document, findings = yamlfile.read(data, path)
    return digest(document) if document is not None and not findings else f"sha256:{sha256(data).hexdigest()}"
