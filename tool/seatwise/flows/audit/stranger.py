"""Checks a folder of evidence of seatwise with Python, git and ssh-keygen alone.

    python3 -I verify.py [--known BRANCH=COMMIT ...] [FOLDER]

It trusts nothing in the folder: files are compared with MANIFEST, and everything else with what the git bundle holds. A whole new
set of evidence it can't know for one: compare the digest of the zip with what you were told by another way, or give commits that
you know branches to have stood at (--known). Ends with 0, or with 9 and the first thing that does not hold.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

MANIFEST = "MANIFEST"
PARTS = {"README.txt", "verify.py", "allowed_signers", "repository.bundle", "evidence.json", "changesets.jsonl"}
APPROVALS = "seatwise/approvals"
UNREADABLE = (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError)
Json = Mapping[str, Any]


class Wrong(Exception):
    """Something does not hold."""


def need(holds: object, what: str) -> None:
    if not holds:
        raise Wrong(what)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


class Git:
    """A repository made from the bundle alone, in a temporary folder."""

    def __init__(self, room: str, bundle: Path) -> None:
        self.folder = room
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_NO_REPLACE_OBJECTS": "1"}
        self.env = {**kept, **own, "LC_ALL": "C"}
        like = "sha256" if b"@object-format=sha256" in bundle.read_bytes()[:200] else "sha1"
        self.run("init", "-q", "--bare", f"--object-format={like}", ".")
        self.run("fetch", "-q", str(bundle.resolve()), "+refs/heads/*:refs/heads/*")
        self.run("fsck", "--strict", "--no-dangling", "--no-progress")

    def ask(self, *args: str) -> subprocess.CompletedProcess[bytes]:
        call = ["git", "-c", f"core.hooksPath={os.devnull}", "-c", "gc.auto=0", *args]
        return subprocess.run(call, cwd=self.folder, env=self.env, capture_output=True, check=False)

    def run(self, *args: str) -> bytes:
        done = self.ask(*args)
        said = "; ".join(done.stderr.decode("utf-8", "replace").splitlines())
        need(done.returncode == 0, f"git {args[0]}: {said}")
        return done.stdout

    def heads(self) -> dict[str, str]:
        lines = self.run("for-each-ref", "--format=%(refname:lstrip=2) %(objectname)").decode().splitlines()
        return {line.split()[0]: line.split()[1] for line in lines}

    def descends(self, old: str, new: str) -> bool:
        return self.ask("merge-base", "--is-ancestor", old, new).returncode == 0

    def blob(self, sha: str) -> bytes:
        return self.run("cat-file", "blob", sha)

    def commits(self, branch: str) -> Iterator[tuple[str, bool, str, list[tuple[str, str, str]]]]:
        """Oldest first: commit, whether it merges, what it states of the last record, what it changes (how, blob, path)."""
        trailer = "%(trailers:key=Seatwise-Last,valueonly,separator=%x2C)"
        told = ["-z", "--first-parent", "--reverse", "--root", "-m", "--raw", "--no-abbrev", "--no-renames"]
        out = self.run("log", *told, f"--format=%x02%H%x1f%P%x1f{trailer}", branch, "--")
        for said in out.split(b"\x02")[1:]:
            head, *rest = [field for field in said.split(b"\0") if field.strip()]
            sha, parents, last = head.decode().strip().split("\x1f")
            raw = [one.decode().split() for one in rest[::2]]
            changed = [(how, blob, path.decode()) for (*_, blob, how), path in zip(raw, rest[1::2], strict=True)]
            yield sha, " " in parents, last.strip(), changed


class Keys:
    """Who may sign, by the file allowed_signers of this folder: compare it with what you know."""

    def __init__(self, room: str, path: Path) -> None:
        self.signature, self.path = Path(room, "signature"), str(path)

    def signer(self, data: bytes, signature: bytes, namespace: str, at: str) -> str:
        """Whose good signature it is; empty: nobody's."""
        self.signature.write_bytes(signature)
        when = f"-Overify-time={instant(at):%Y%m%d%H%M%SZ}"
        files = [when, "-f", self.path, "-s", str(self.signature)]
        found = subprocess.run(["ssh-keygen", "-Y", "find-principals", *files], capture_output=True, check=False)
        for name in found.stdout.decode("utf-8", "replace").splitlines():
            call = ["ssh-keygen", "-Y", "verify", "-n", f"seatwise:{namespace}", "-I", name, *files]
            if subprocess.run(call, input=data, capture_output=True, check=False).returncode == 0:
                return name
        return ""


class Chain:
    """One journal, every record of it, as the bundle has it. `newest`: who signed the last segment."""

    def __init__(self, git: Git, branch: str, keys: Keys) -> None:
        self.branch, self.newest, self.commit = branch, "", ""
        self.lines: list[bytes] = []
        self.records: list[dict[str, Any]] = []
        self.sent: set[str] = set()
        for number, (self.commit, merges, last, changed) in enumerate(git.commits(branch), start=1):
            files = {path: git.blob(blob) for how, blob, path in changed if how == "A"}
            self.need(not merges and len(files) == len(changed), "the commit merges, or changes what was there")
            paths = [path for path in files if path.endswith(".jsonl")]
            self.need(len(paths) == 1 and {*files} <= {paths[0], f"{paths[0]}.sig"}, "the commit adds not one segment")
            path, data = paths[0], files[paths[0]]
            self.need(int(path.split("/")[1].split(".")[0]) == number, f"{path} is not number {number}")
            self.read(data)
            self.need(last == self.last, "the commit states another digest for the last record")
            signature = files.get(f"{path}.sig")
            self.newest = keys.signer(data, signature, branch, self.records[-1]["at"]) if signature else ""
            self.need(self.newest or not signature, f"{path} is signed by no key in allowed_signers")

    @property
    def last(self) -> str:
        return f"sha256:{sha256(self.lines[-1])}" if self.lines else ""

    def need(self, holds: object, what: str) -> None:
        need(holds, f"{self.branch}, record {len(self.records) + 1}, commit {self.commit[:12]}: {what}")

    def read(self, data: bytes) -> None:
        self.need(data.endswith(b"\n"), "the segment is cut off")
        for line in data[:-1].split(b"\n"):
            try:
                record = json.loads(line)
                number, before, at = record["n"], record["prev"], instant(record["at"])
            except UNREADABLE:
                self.need(False, "it is no record")
            self.need(number == len(self.records) + 1, f"here stands number {number}")
            self.need(before == self.last, "it does not follow on the one before; one of the two was changed")
            self.need(not self.records or at >= instant(self.records[-1]["at"]), "its time goes back")
            self.sent |= {call["id"] for call in record.get("changes", ())} if record["type"] == "intent" else set()
            done = {call["id"] for call in record["outcomes"]} if record["type"] == "outcome" else set()
            self.need(done <= self.sent, "it tells the outcome of a call that nothing intended")
            self.lines.append(line)
            self.records.append(record)

    def within(self, told: Json) -> list[tuple[bytes, dict[str, Any]]]:
        """The lines and records of the time that the evidence is of."""
        start, end = instant(told["from"]) if told["from"] else None, instant(told["to"])
        pairs = zip(self.lines, self.records, strict=True)
        return [(line, r) for line, r in pairs if (not start or start <= instant(r["at"])) and instant(r["at"]) <= end]

    def admitted(self) -> list[dict[str, Any]]:
        return [record for record in self.records if record["type"] == "admitted"]


def files(folder: Path, below: str = "") -> set[str]:
    found = (path for path in Path(folder, below).rglob("*") if path.is_symlink() or not path.is_dir())
    return {path.relative_to(folder).as_posix() for path in found}


def manifest(folder: Path) -> None:
    """Every file is in MANIFEST with its digest, and none besides."""
    lines = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    told = {path: digest for digest, _, path in (line.partition("  ") for line in lines)}
    there = files(folder) - {MANIFEST}
    need(not there - {*told}, f"not in {MANIFEST}: {', '.join(sorted(there - {*told}))}")
    need(not {*told} - there, f"missing: {', '.join(sorted({*told} - there))}")
    for path, digest in told.items():
        need(not (folder / path).is_symlink(), f"{path} is a link")
        need(sha256((folder / path).read_bytes()) == digest, f"{path} is not what {MANIFEST} says")
    strange = sorted(path for path in there - PARTS if not path.startswith("records/"))
    need(not strange, f"no part of the evidence: {', '.join(strange)}")


def exported(folder: Path, told: Json, chains: Mapping[str, Chain]) -> None:
    """Each file of records holds exactly the lines of its journal in that time, as they are there."""
    names = {f"records/{branch.replace('/', '.')}.jsonl": chain for branch, chain in chains.items()}
    strange = sorted(files(folder, "records") ^ {*names})
    need(not strange, f"not the journals of the bundle: {', '.join(strange)}")
    for path, chain in names.items():
        lines, due = (folder / path).read_bytes().splitlines(), [line for line, _ in chain.within(told)]
        for number, line in enumerate(lines, start=1):
            need(
                number <= len(due) and line == due[number - 1], f"{path}:{number}: the journal has another record there"
            )
        need(len(lines) == len(due), f"{path}: {len(due) - len(lines)} records are missing at its end")


def changesets(folder: Path, told: Json, chains: Mapping[str, Chain]) -> None:
    """What is told of each changeset is in the journals word for word, and no changeset of that time is left out."""
    admit = chains.get(told["admissions"])
    due = [record for _, record in admit.within(told) if record["type"] == "admitted"] if admit else []
    found = [json.loads(line) for line in (folder / "changesets.jsonl").read_bytes().splitlines()]
    need(len(found) == len(due), f"changesets.jsonl: {len(due)} were admitted in that time, here are {len(found)}")
    for number, (one, own) in enumerate(zip(found, due, strict=True), start=1):
        for name in ("commit", "title", "author", "ask", "approval"):
            need(one[name] == own[name], f"changesets.jsonl:{number}: its admission says another {name}")
        for part in one["trail"]:
            branch, n = part["journal"], part["record"]["n"]
            same = 0 < n <= len(chains[branch].records) and chains[branch].records[n - 1] == part["record"]
            need(same, f"changesets.jsonl:{number}: {branch} has another record {n}")


def admissions(git: Git, chain: Chain, main: str) -> None:
    """What was admitted is on the default branch, each after the one before it."""
    before = ""
    for one in chain.admitted():
        where, commit = f"{chain.branch}, record {one['n']}", one["commit"]
        need(git.descends(commit, main), f"{where}: {main} does not come after commit {commit[:12]}")
        follows = one["parent"] == before or one["approval"]["how"] == "recovered"
        need(follows, f"{where}: it does not follow on the admission before it")
        need(not before or git.descends(before, commit), f"{where}: commit {commit[:12]} is not after the one before")
        need(one["approval"]["approved"] is True, f"{where}: it was not approved")
        before = commit


def approvals(git: Git, keys: Keys, chain: Chain, heads: Mapping[str, str]) -> tuple[int, int]:
    """How many votes counted, and how many of them by signature, each of which is checked; the others are as a forge told."""
    counted = signed = 0
    for one in chain.admitted():
        evidence = one["approval"]["evidence"]
        for vote in (v for v in evidence.get("votes", ()) if v.get("counts", not v.get("rule"))):
            counted += 1
            if vote.get("login", "").startswith("mail:"):
                signed += 1
                good = APPROVALS in heads and by_signature(git, keys, vote, evidence["ask"], one["at"])
                need(good, f"{chain.branch}, record {one['n']}: there is no good signature of {vote['person']}")
    return counted, signed


def by_signature(git: Git, keys: Keys, vote: Json, ask: str, at: str) -> bool:
    folder = ask.partition(":")[2][:12]
    for line in git.run("ls-tree", "-rz", APPROVALS, "--", folder).decode().split("\0")[:-1]:
        body = json.loads(git.blob(line.split()[2]))
        statement, signature = body["statement"].encode(), body["signature"].encode()
        said = json.loads(statement)
        if vote["id"] == f"sha256:{sha256(signature)}" and said["ask"] == ask:
            return keys.signer(statement, signature, "approval", at) == str(said["person"])
    return False


def check(folder: Path, known: Json) -> Iterator[str]:
    """What holds, part by part. Raises Wrong at the first thing that does not."""
    manifest(folder)
    yield f"every file is what {MANIFEST} says, and there is none besides"
    told = json.loads((folder / "evidence.json").read_bytes())
    with tempfile.TemporaryDirectory() as room, tempfile.TemporaryDirectory() as desk:
        git, keys = Git(room, folder / "repository.bundle"), Keys(desk, folder / "allowed_signers")
        heads = git.heads()
        need(heads == told["heads"], "evidence.json: the bundle has other branches, or at other commits")
        journals = sorted({*heads} - {told["branch"], APPROVALS})
        need(journals == told["journals"], "evidence.json: the bundle has other journals")
        for branch, commit in known.items():
            need(git.descends(commit, branch), f"{branch} does not come after {commit[:12]}, which you know")
        chains = {branch: Chain(git, branch, keys) for branch in told["journals"]}
        if admit := chains.get(told["admissions"]):
            admissions(git, admit, told["branch"])
            yield "admitted on {}, in order; {} votes counted, {} of them with a good signature".format(
                told["branch"], *approvals(git, keys, admit, heads)
            )
        exported(folder, told, chains)
        changesets(folder, told, chains)
        yield "records/ and changesets.jsonl are what the journals say, word for word"
        for branch, chain in sorted(chains.items()):
            by = [f"signed by {chain.newest}"] if chain.newest else []
            by += [f"it comes after {known[branch][:12]}"] if branch in known else []
            standing = f"verified: {', '.join(by)}" if by else "internally consistent"
            yield f"{branch}: {len(chain.records)} records, {standing}"
    yield "not checked here: that rows have the digest that was approved (seatwise audit verify), and what vendors show now"


def main(words: list[str]) -> int:
    known = dict(words[at + 1].split("=", 1) for at, word in enumerate(words[:-1]) if word == "--known")
    rest = [word for at, word in enumerate(words) if "--known" not in words[max(0, at - 1) : at + 1]]
    try:
        for line in check(Path(rest[0] if rest else Path(__file__).parent).resolve(), known):
            sys.stdout.write(f"{line}\n")
    except (Wrong, *UNREADABLE) as wrong:
        what = str(wrong) if isinstance(wrong, Wrong) else f"it can't be read: {type(wrong).__name__}: {wrong}"
        sys.stdout.write(f"BROKEN: {what}\n")
        return 9
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
