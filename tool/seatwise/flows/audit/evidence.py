"""Journals, commits and signed approvals → one zip that a stranger checks with Python, git and ssh-keygen."""

from __future__ import annotations

import hashlib
import inspect
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from seatwise.core import canon
from seatwise.core.dossier import dossier
from seatwise.core.model import Exit, Stop
from seatwise.edges import bundle
from seatwise.edges.forge import signed
from seatwise.flows.audit import stranger
from seatwise.flows.audit.books import Books, opened, short
from seatwise.flows.audit.sod import within
from seatwise.flows.audit.verify import audited
from seatwise.flows.workspace import Workspace
from seatwise.views import evidence_text

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the zip: the first that the format has."""
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Packed:
    """What was written: its digest is all that has to be kept elsewhere."""

    path: str
    sha256: str
    files: int
    records: int
    changesets: int


def evidence(workspace: Workspace, start: datetime | None, end: datetime, path: Path) -> Packed:
    """Writes the zip. Raises Stop(EVIDENCE) where what it would hold does not verify, and Stop where it can't be written."""
    books = opened(workspace, offline=True)
    if fault := audited(books).first:
        raise Stop(Exit.EVIDENCE, f"journal {fault.journal}: {fault.rule}: {fault.what}", "seatwise audit verify")
    files = dict(_files(books, start, end))
    data = _zip(files)
    try:
        path.write_bytes(data)
    except OSError as error:
        raise Stop(Exit.ERROR, f"{path}: {error.strerror}", "--output FILE, in a folder that there is") from None
    lines = {name: data.count(b"\n") for name, data in files.items() if name.startswith("records/")}
    changesets = files["changesets.jsonl"].count(b"\n")
    return Packed(str(path), hashlib.sha256(data).hexdigest(), len(files), sum(lines.values()), changesets)


def _files(books: Books, start: datetime | None, end: datetime) -> Iterator[tuple[str, bytes]]:
    """Path → bytes; MANIFEST, of all others, comes last."""
    parts = {
        "README.txt": evidence_text.readme(books.settings.branch, _span(start, end)).encode(),
        "verify.py": inspect.getsource(stranger).encode(),
        "allowed_signers": "".join(f"{line}\n" for line in sorted(_signers(books))).encode(),
        "repository.bundle": bundle.made(books.git, _heads(books)),
        "evidence.json": canon.canonical(_told(books, start, end)) + b"\n",
        "changesets.jsonl": b"".join(_changesets(books, start, end)),
        **dict(_records(books, start, end)),
    }
    yield from parts.items()
    listed = (f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(parts.items()))
    yield stranger.MANIFEST, "".join(listed).encode()


def _span(start: datetime | None, end: datetime) -> str:
    return f"from {canon.plain(start) if start else 'the beginning'} to {canon.plain(end)}"


def _heads(books: Books) -> dict[str, str]:
    """The branches that are packed: the default one, journals, signed approvals; no bodies, which may be erased."""
    approvals = {short(signed.REF): books.approvals} if books.approvals else {}
    return {books.settings.branch: books.tip, **{name: one.head for name, one in books.ledgers.items()}, **approvals}


def _told(books: Books, start: datetime | None, end: datetime) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "from": canon.plain(start) if start else "",
        "to": canon.plain(end),
        "branch": books.settings.branch,
        "admissions": books.admit,
        "journals": sorted(books.ledgers),
        "heads": _heads(books),
    }


def _records(books: Books, start: datetime | None, end: datetime) -> Iterator[tuple[str, bytes]]:
    """The lines of each journal in that time, as they are stored."""
    for name, one in books.ledgers.items():
        lines = [line for leaf in one.leaves for line in leaf.data.splitlines(keepends=True)]
        wanted = (line for line, record in zip(lines, one.records, strict=True) if within(record, start, end))
        yield f"records/{name.replace('/', '.')}.jsonl", b"".join(wanted)


def _changesets(books: Books, start: datetime | None, end: datetime) -> Iterator[bytes]:
    journals = {books.ledgers[name].name: one.records for name, one in books.ledgers.items() if books.account(name)}
    for record in books.admitted:
        if within(record, start, end):
            yield canon.canonical(dossier(record, books.admit, journals)) + b"\n"


def _signers(books: Books) -> set[str]:
    """Whose keys count, as `ssh-keygen` wants it: of journals and of approvals, by the files of what was admitted."""
    found = set[str]()
    spaces = f"seatwise:{books.settings.journal_prefix}/*,seatwise:seatwise/control"
    for commit in {sha for record in books.admitted for sha in (record["commit"], record["parent"]) if sha}:
        tree = books.workspace.tree(commit)[0]
        found |= {f'{name} namespaces="{spaces}" {key}' for name, key in tree.settings.journal_signers.items()}
        for owner in tree.owners.values():
            found |= {_approver(signed.signer(one), one.key) for one in owner.approvers if one.key}
    return found


def _approver(name: str, key: str) -> str:
    who, _, until = name.partition(" ")
    options = ",".join(filter(None, [until, f'namespaces="seatwise:{signed.NAMESPACE}"']))
    return f"{who} {options} {key}"


def _zip(files: Mapping[str, bytes]) -> bytes:
    """The same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            made.writestr(entry, data, zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()
