"""An audit told with whole runs: a sound company, each manipulation by somebody who may push, and what the audit says."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from tests.company import Company

from seatwise.core.audit import CONSISTENT, VERIFIED, Audit
from seatwise.core.chain import START, link
from seatwise.core.lifecycle import Event
from seatwise.core.model import Exit, Stop
from seatwise.core.records import Record
from seatwise.edges.git import Git
from seatwise.edges.segments import LAST
from seatwise.flows import runs
from seatwise.flows.audit.verify import verify
from seatwise.flows.runs import Order
from seatwise.flows.workspace import Workspace

BRANCH = "seatwise/journal/v"
ADMIT = "seatwise/journal/_admit"
Files = dict[str, bytes]
NAMES = [f"p{n:02}" for n in range(12)]


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Three people, two changesets, a leaver, a bulk stage's snapshot: all kinds of records."""
    company = Company(tmp_path_factory.mktemp("lived"))
    company.sells(A=30, B=10)
    company.hires("ann", "bob", "cid", *NAMES)
    company.holds("A", "cid")
    company.asks("first", a="ann cid", b="")
    company.apply()
    company.asks("second", a=" ".join(["ann", "cid", *NAMES]), b="bob")
    company.apply(hours=1)
    company.apply(hours=2)
    company.changes("cid", status="T")
    company.apply(hours=1)
    return company


@pytest.fixture
def company(lived: Company, tmp_path: Path) -> Company:
    return lived.copy(tmp_path)


def fresh(company: Company, folder: Path) -> Workspace:
    """A stranger's clone: no people, no vendor, no secret."""
    subprocess.run(["git", "clone", "-q", str(company.remote), str(folder)], check=True)
    return Workspace.open(folder, company.clock, {})


def rewrite(company: Company, change: Callable[[list[Record]], list[Record]], branch: str = BRANCH) -> None:
    """Forces a whole new journal with these records onto the branch, its digests all made anew: what the chain can't show."""
    there = Git.open(str(company.remote))
    records = [record for data in segments(there, branch).values() for record in map(json.loads, data.splitlines())]
    made = link([{k: v for k, v in r.items() if k not in ("n", "prev")} for r in change(records)], START)
    commit = there.commit(None, {"2026-11/000001.jsonl": made.data}, f"v: rewritten\n\n{LAST}: {made.last.digest}\n")
    company.git("push", "-q", "--force", "origin", f"{carried(company, commit)}:refs/heads/{branch}")


def carried(company: Company, commit: str) -> str:
    company.git("fetch", "-q", str(company.remote), commit)
    return commit


def segments(there: Git, branch: str) -> Files:
    return dict(sorted(there.files(branch).items()))


def push(company: Company, files: Mapping[str, bytes | None], branch: str = BRANCH, message: str = "") -> None:
    """Adds a commit to the branch."""
    there = Git.open(str(company.remote))
    head = there.resolve(branch)
    assert head
    told = message or subprocess.check_output(
        ["git", "-C", str(there.root), "log", "-1", "--format=%B", head], text=True
    )
    there.append(f"refs/heads/{branch}", files, told, head)


def amended(company: Company, change: Callable[[str, bytes], bytes], branch: str = BRANCH) -> None:
    """Makes every commit of the branch anew with changed segments, their messages kept."""
    there = Git.open(str(company.remote))
    parent = None
    for commit in there.first_parents(None, branch):
        ((path, data),) = [
            (p, d) for p, d in there.files(commit.sha).items() if parent is None or p not in there.files(parent)
        ]
        parent = there.commit(parent, {path: change(path, data)}, f"{commit.subject}\n\n{commit.body}\n")
    subprocess.run(["git", "-C", str(there.root), "update-ref", f"refs/heads/{branch}", str(parent)], check=True)


def first(audit: Audit) -> tuple[str, str, int]:
    assert audit.first is not None
    return audit.first.rule, audit.first.journal, audit.first.n


def test_a_sound_repository_is_internally_consistent_and_never_called_verified(
    company: Company, tmp_path: Path
) -> None:
    for offline in (True, False):
        found = verify(fresh(company, tmp_path / f"clone-{offline}"), offline=offline)
        assert [*found.faults] == []
        assert {one.journal: one.standing for one in found.journals} == {ADMIT: CONSISTENT, BRANCH: CONSISTENT}
        assert (found.admitted, found.bodies > 0, found.erased) == (2, True, 0)


def test_a_body_that_was_erased_is_said_and_breaks_nothing(company: Company, tmp_path: Path) -> None:
    company.git("push", "-q", "origin", "--delete", "seatwise/bodies/2026-11")
    found = verify(fresh(company, tmp_path / "clone"), offline=True)
    assert [*found.faults] == [] and found.erased > 0 and found.bodies == 0


def test_a_changed_byte_is_named(company: Company, tmp_path: Path) -> None:
    amended(company, lambda path, data: data.replace(b"ann@x", b"eve@x", 1))
    found = verify(fresh(company, tmp_path / "clone"), offline=True)
    assert first(found)[:2] in {("chain", BRANCH), ("last-digest", BRANCH)}
    assert found.first is not None and found.first.commit


def test_a_dropped_and_a_reordered_record_are_named(company: Company, tmp_path: Path) -> None:
    def drop(path: str, data: bytes) -> bytes:
        lines = data.splitlines(keepends=True)
        return b"".join(lines[:1] + lines[2:]) if path.endswith("000001.jsonl") else data

    def swap(path: str, data: bytes) -> bytes:
        lines = data.splitlines(keepends=True)
        return b"".join([lines[1], lines[0], *lines[2:]]) if path.endswith("000001.jsonl") else data

    there = company.copy(tmp_path / "other")
    amended(company, drop)
    assert first(verify(fresh(company, tmp_path / "one"), offline=True)) == ("chain", BRANCH, 2)
    amended(there, swap)
    assert first(verify(fresh(there, tmp_path / "two"), offline=True)) == ("chain", BRANCH, 1)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"2026-11/000001.jsonl": None}, "segment-changed"),
        ({"2026-11/000001.jsonl": b"{}\n"}, "segment-changed"),
        ({"README.md": b"hello"}, "no-segment"),
        ({"2026-11/000999.jsonl": b"{}\n"}, "segment-missing"),
        ({}, "one-segment"),
    ],
)
def test_whatever_else_is_put_onto_the_branch_is_named(
    company: Company, tmp_path: Path, change: Mapping[str, bytes | None], rule: str
) -> None:
    push(company, change)
    found = verify(fresh(company, tmp_path / "clone"), offline=True)
    assert first(found)[:2] == (rule, BRANCH)


def test_a_whole_new_journal_is_found_by_who_has_seen_the_old_one(company: Company, tmp_path: Path) -> None:
    seen = fresh(company, tmp_path / "seen")
    assert verify(seen).first is None
    rewrite(company, lambda records: records)
    assert verify(Workspace.open(seen.root, company.clock, {}), offline=True).first is None  # it has not heard of it
    assert first(verify(Workspace.open(seen.root, company.clock, {})))[:2] == ("rewritten", BRANCH)
    assert first(verify(Workspace.open(seen.root, company.clock, {})))[:2] == ("rewritten", BRANCH)  # and stays so
    stranger = verify(fresh(company, tmp_path / "stranger"))
    assert stranger.first is None and all(one.standing == CONSISTENT for one in stranger.journals)


def test_a_journal_that_is_cut_or_gone_is_named_from_the_admissions(company: Company, tmp_path: Path) -> None:
    rewrite(company, lambda records: records[:2])
    assert first(verify(fresh(company, tmp_path / "one")))[:2] == ("shorter", BRANCH)
    company.git("push", "-q", "origin", "--delete", BRANCH)
    assert first(verify(fresh(company, tmp_path / "two")))[:2] == ("gone", BRANCH)


def test_a_main_that_was_forced_is_named(company: Company, tmp_path: Path) -> None:
    company.git("reset", "-q", "--hard", "HEAD~1")
    company.git("push", "-q", "--force", "origin", "main")
    found = verify(fresh(company, tmp_path / "clone"), offline=True)
    assert first(found)[:2] == ("main-rewritten", ADMIT)


def test_an_admission_of_something_else_is_named(company: Company, tmp_path: Path) -> None:
    def other(records: list[Record]) -> list[Record]:
        return [{**r, "ask": "sha256:" + "0" * 64} if r["type"] == "admitted" else r for r in records]

    rewrite(company, other, ADMIT)
    found = verify(fresh(company, tmp_path / "clone"), offline=True)
    assert first(found) == ("asks", ADMIT, 1)


def test_a_claim_that_no_commit_bears_out_is_named(company: Company, tmp_path: Path) -> None:
    def forge(records: list[Record]) -> list[Record]:
        for record in records:
            if record["type"] == "asked" and record["license"] == "b":
                record["groups"][0]["who"] = {"mallory@x.example": ""}
        return records

    company.hires("mallory")
    rewrite(company, forge)
    audit = verify(Workspace.open(company.root, company.clock, {}), offline=False)
    assert {fault.rule for fault in audit.faults} >= {"rewritten"}
    stranger = fresh(company, tmp_path / "clone")
    (stranger.root / "hr.csv").write_bytes((company.root / "hr.csv").read_bytes())
    assert first(verify(stranger, offline=True))[:2] == ("unfounded", BRANCH)
    blind = verify(fresh(company, tmp_path / "blind"), offline=True)
    assert blind.first is None and any("mallory@x.example" in note for note in blind.notes)


def test_an_outcome_without_an_intent_and_a_cause_that_was_never_admitted_are_named(
    company: Company, tmp_path: Path
) -> None:
    there = company.copy(tmp_path / "there")
    rewrite(company, lambda records: [r for r in records if r["type"] != "intent"])
    assert first(verify(fresh(company, tmp_path / "one")))[:2] == ("no-intent", BRANCH)
    commit, other = there.git("rev-parse", "HEAD"), there.git("rev-parse", "HEAD^{tree}")
    rewrite(there, lambda records: json.loads(json.dumps(records).replace(commit, other)))
    assert first(verify(fresh(there, tmp_path / "two")))[:2] == ("not-admitted", BRANCH)


def test_an_anchor_and_a_signature_make_it_verified(company: Company, tmp_path: Path) -> None:
    head = company.git("ls-remote", "origin", f"refs/heads/{BRANCH}").split()[0]
    company.journals(heads=f"{{v: {head}}}")
    company.commit("anchor")
    found = {one.journal: one for one in verify(fresh(company, tmp_path / "one"), offline=True).journals}
    assert (found[BRANCH].standing, found[ADMIT].standing) == (VERIFIED, CONSISTENT)
    company.apply(hours=1)
    company.asks("third", a=" ".join(["ann", *NAMES]), b="bob ann")
    company.apply(hours=1)
    later = {one.journal: one for one in verify(fresh(company, tmp_path / "two"), offline=True).journals}
    assert later[BRANCH].standing == CONSISTENT and later[BRANCH].upto == found[BRANCH].records


def test_signed_segments_are_verified_and_one_by_a_stranger_is_named(company: Company, tmp_path: Path) -> None:
    keys = {name: tmp_path / name for name in ("runner", "stranger")}
    for path in keys.values():
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)], check=True)
    public = keys["runner"].with_suffix(".pub").read_text().strip()
    company.journals(sign="env:SIGN")
    company.env["SIGN"] = str(keys["runner"])
    company.asks("signed", a=" ".join(["ann", *NAMES]), b="bob ann")
    company.apply(hours=1)
    company.journals(sign="env:SIGN", signers=f"{{runner: {public}}}")
    company.commit("signers")
    company.apply(hours=1)
    company.apply(hours=30)
    found = verify(fresh(company, tmp_path / "one"), offline=True)
    assert [*found.faults] == [] and {one.standing for one in found.journals} == {VERIFIED}
    assert "runner" in found.journals[0].proven[0].by
    company.env["SIGN"] = str(keys["stranger"])
    company.changes("bob", status="T")
    with pytest.raises(Exception, match="none of the keys"):
        company.apply(hours=1)
        company.apply(hours=1)
    rule, journal, _ = first(verify(fresh(company, tmp_path / "two"), offline=True))
    assert (rule, journal) == ("signature", BRANCH)


def test_a_mirror_is_an_anchor_and_what_people_said_is_verified_too(company: Company, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(tmp_path / "mirror")], check=True)
    company.git("remote", "add", "mirror", str(tmp_path / "mirror"))
    company.journals(mirror="mirror")
    company.asks("third", a=" ".join(["ann", *NAMES]), b="bob ann")
    runs.say(company.workspace, Order(Event.HALT, account="v", reason="why"))
    company.apply(hours=1)
    clone = fresh(company, tmp_path / "clone")
    alone = verify(clone, offline=True)
    assert {one.standing for one in alone.journals} == {CONSISTENT}
    subprocess.run(["git", "-C", str(clone.root), "remote", "add", "mirror", str(tmp_path / "mirror")], check=True)
    found = {one.journal: one for one in verify(Workspace.open(clone.root, company.clock, {})).journals}
    assert (found[BRANCH].standing, found[BRANCH].proven[0].by) == (VERIFIED, "remote mirror")
    assert {*found} == {ADMIT, BRANCH, "seatwise/control"}
    rewrite(company, lambda records: records)
    seen = fresh(company, tmp_path / "late")
    subprocess.run(["git", "-C", str(seen.root), "remote", "add", "mirror", str(tmp_path / "mirror")], check=True)
    assert first(verify(Workspace.open(seen.root, company.clock, {})))[:2] == ("rewritten", BRANCH)


def test_a_mirrored_clone_without_a_work_tree_will_do_and_a_shallow_one_will_not(
    company: Company, tmp_path: Path
) -> None:
    subprocess.run(["git", "clone", "-q", "--mirror", str(company.remote), str(tmp_path / "bare")], check=True)
    assert verify(Workspace.open(tmp_path / "bare", company.clock, {}), offline=True).first is None
    shallow = ["git", "clone", "-q", "--depth", "1", f"file://{company.remote}", str(tmp_path / "shallow")]
    subprocess.run(shallow, check=True)
    with pytest.raises(Stop, match="shallow") as stop:
        verify(Workspace.open(tmp_path / "shallow", company.clock, {}), offline=True)
    assert stop.value.code is Exit.EVIDENCE


def test_a_body_that_is_not_what_its_name_says_is_named(company: Company, tmp_path: Path) -> None:
    there = Git.open(str(company.remote))
    files = there.files("seatwise/bodies/2026-11")
    push(company, dict.fromkeys(files, b"[]"), "seatwise/bodies/2026-11")
    assert first(verify(fresh(company, tmp_path / "clone"), offline=True))[:2] == ("body", BRANCH)
