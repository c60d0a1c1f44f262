"""seatwise.yaml and where seatwise comes from → the files of jobs at a forge, each headed by what wrote it and its own digest.

A file whose digest doesn't fit its text was edited: it is never written over. One that fits is ours, and may be.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from seatwise.core import secret_names
from seatwise.core.model import Exit, Finding, Level, Place, Settings, Stop
from seatwise.core.parse.places import SETTINGS
from seatwise.edges import inside
from seatwise.edges.graph import AUDIENCE
from seatwise.flows.workspace import WORKTREE, Workspace

FOLDERS = {"github": ".github/workflows/", "gitlab": ""}
HERE = "."
"""The source of jobs in seatwise's own repository."""
SOURCES = {
    "github": re.compile(r"\.|[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+@[0-9a-f]{40}"),
    "gitlab": re.compile(r"https://[A-Za-z0-9._:-]+(/[A-Za-z0-9._-]+)+@[0-9a-f]{40}"),
}
FIXES = {
    "github": "--source OWNER/NAME@COMMIT, all 40 digits of it",
    "gitlab": "--source https://HOST/GROUP/NAME.git@COMMIT, all 40 digits of it",
}
HEAD = re.compile(
    r"# Written by `seatwise ci init (?P<forge>github|gitlab) --source (?P<source>\S+)(?P<environments> --environments)?`; "
    r"once it is edited it is left alone. sha256:(?P<digest>[0-9a-f]{64})\n"
)
BRANCH = re.compile(r"[A-Za-z0-9._/-]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to write. No `source`: the one that files of an earlier call name, with their environments."""

    forge: str
    source: str = ""
    environments: bool = False


@dataclass(frozen=True, slots=True)
class Jobs:
    """The files that were looked at, and those that were not as they are to be: absent, outdated or edited."""

    files: tuple[str, ...]
    stale: tuple[str, ...]


def write(workspace: Workspace, wanted: Wanted) -> Jobs:
    """Writes what is absent or outdated. Raises Stop, and writes nothing, where one of those was edited."""
    texts = jobs(workspace, wanted)
    stale = _stale(workspace.root, texts)
    if edited := [path for path in stale if _edited(workspace.root / path)]:
        fix = "keep your edit and leave this file to yourself, or remove it and run again"
        found = [
            Finding("edited", Level.ERROR, "was edited, or is not of ci init", fix, Place(path)) for path in edited
        ]
        raise Stop(Exit.ERROR, "files of yours would be written over; nothing was written", findings=tuple(found))
    inside.write(workspace.root, {path: texts[path].encode() for path in stale})
    return Jobs(tuple(texts), stale)


def compared(workspace: Workspace, wanted: Wanted) -> Jobs:
    """Writes nothing."""
    texts = jobs(workspace, wanted)
    return Jobs(tuple(texts), _stale(workspace.root, texts))


def jobs(workspace: Workspace, wanted: Wanted) -> dict[str, str]:
    """Path → text, as it is to be for the files on disk."""
    settings = workspace.settings(WORKTREE)
    wanted = _complete(workspace.root, wanted)
    values = _values(settings, wanted)
    _refuse(settings, wanted, values["secrets"])
    return {path: _headed(text, wanted) for path, text in _rendered(wanted.forge, values)}


def _complete(root: Path, wanted: Wanted) -> Wanted:
    """With the source that is written already, where none is named. Raises Stop where there is none or it pins nothing."""
    if not wanted.source:
        heads = (HEAD.match(_text(root / path)) for path in _paths(wanted.forge))
        head = next((one for one in heads if one and one["forge"] == wanted.forge), None)
        if head is None:
            raise Stop(Exit.USAGE, "nothing says where jobs get seatwise", FIXES[wanted.forge])
        wanted = replace(wanted, source=head["source"], environments=wanted.environments or bool(head["environments"]))
    if not SOURCES[wanted.forge].fullmatch(wanted.source):
        raise Stop(Exit.USAGE, f"{wanted.source!r} names no commit of seatwise", FIXES[wanted.forge])
    return wanted


def _values(settings: Settings, wanted: Wanted) -> dict[str, Any]:
    """What the templates are filled with."""
    proofs = dict(_proofs(settings))
    forge_token = settings.forge.get("token", "").removeprefix("env:")
    names = [name for name in secret_names.users(settings) if name not in {*proofs, forge_token}]
    journal = {one.removeprefix("env:") for one in (settings.journal_key, settings.journal_sign)}
    url, _, commit = wanted.source.rpartition("@")
    return {
        "branch": settings.branch, "uses": _uses(wanted.source), "url": url, "commit": commit,
        "environments": wanted.environments, "extras": tuple(_extras(settings)), "secrets": names,
        "journal": [name for name in names if name in journal], "forge_token": forge_token,
        "keyless": {name: audience for name, audience in proofs.items() if name or wanted.forge == "github"},
    }  # fmt: skip


def _uses(source: str) -> str:
    if source == HERE:
        return "./ # zizmor: ignore[self-repository] the checkout above has it"
    return f"{source} # v{version('seatwise')}"


def _configs(settings: Settings) -> Iterator[Mapping[str, Any]]:
    yield from (one.config for one in settings.accounts.values())
    yield from (one.config for one in settings.sources)


def _proofs(settings: Settings) -> Iterator[tuple[str, str]]:
    """Where a job proves what it is instead of showing a secret: the variable that holds the proof (none: the forge hands
    it out), and for whom it is."""
    for config in _configs(settings):
        given = {"secret", "key"} & config.keys()
        if not given and ("client" in config or "provider" in config):
            audience = f"https://iam.googleapis.com/{config['provider']}" if "provider" in config else AUDIENCE
            yield str(config.get("assertion", "")).removeprefix("env:"), audience


def _extras(settings: Settings) -> Iterator[str]:
    """The extras of seatwise that connections need."""
    if any(one.vendor == "aws" for one in settings.accounts.values()):
        yield "aws"
    if any("key" in config for config in _configs(settings)):
        yield "keys"
    if any(one.kind == "ldap" for one in settings.sources):
        yield "ldap"


def _refuse(settings: Settings, wanted: Wanted, names: list[str]) -> None:
    """Raises Stop with everything in seatwise.yaml that the forge could not run with."""
    found = []
    if not BRANCH.fullmatch(settings.branch):
        found.append(
            _finding(f"jobs can't be written for a branch called {settings.branch!r}", "letters, digits and ._/-")
        )
    if wanted.forge == "github":
        fix = "another name: GitHub keeps those that begin with GITHUB_ for itself"
        kept = [name for name in names if name.startswith("GITHUB_")]
        found += [_finding(f"no secret can be called {name}", fix) for name in kept]
    elif not settings.forge.get("token"):
        fix = "forge: {token: env:SEATWISE_FORGE_TOKEN}, a token of the project with the scope api"
        found.append(_finding("GitLab's own job token may read no approvals", fix))
    if found:
        raise Stop(Exit.ERROR, "no jobs can be written for these settings", findings=tuple(found))


def _finding(what: str, fix: str) -> Finding:
    return Finding("ci-init", Level.ERROR, what, fix, Place(SETTINGS))


def _paths(forge: str) -> list[str]:
    folder = files("seatwise.flows").joinpath("ci_templates", forge)
    return sorted(f"{FOLDERS[forge]}{one.name}" for one in folder.iterdir() if one.name.endswith(".yml"))


def _rendered(forge: str, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    import jinja2

    templates = jinja2.Environment(
        loader=jinja2.PackageLoader("seatwise.flows", f"ci_templates/{forge}"), undefined=jinja2.StrictUndefined,
        block_start_string="<%", block_end_string="%>", variable_start_string="<[", variable_end_string="]>",
        comment_start_string="<#", comment_end_string="#>", trim_blocks=True, lstrip_blocks=True, autoescape=False,
        keep_trailing_newline=True,
    )  # fmt: skip
    for path in _paths(forge):
        text = templates.get_template(Path(path).name).render(values)
        yield path, re.sub(r"\n+(?=\n {2,})", "", text)


def _headed(text: str, wanted: Wanted) -> str:
    said = f"{wanted.forge} --source {wanted.source}{' --environments' if wanted.environments else ''}"
    return f"# Written by `seatwise ci init {said}`; once it is edited it is left alone. sha256:{_digest(text)}\n{text}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _stale(root: Path, texts: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(path for path, text in texts.items() if _text(root / path) != text)


def _edited(path: Path) -> bool:
    text = _text(path)
    head = HEAD.match(text)
    return bool(path.is_symlink() or (text and (head is None or head["digest"] != _digest(text[head.end() :]))))


def _text(path: Path) -> str:
    """Empty where there is none."""
    return path.read_bytes().decode(errors="replace") if path.is_file() else ""
