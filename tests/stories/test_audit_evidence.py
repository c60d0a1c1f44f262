"""Evidence told with whole runs: who held what and by whose approval, whose duties were not apart, and a zip for a stranger."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.company import BEGINS, Company
from tests.stories.test_signed import BOSS, CHIEF, MAKER, public

from seatwise.core.audit import CONSISTENT
from seatwise.core.model import Exit, Stop
from seatwise.core.tenure import Held
from seatwise.edges.clock import SetClock
from seatwise.flows.approve import sign
from seatwise.flows.audit.evidence import evidence
from seatwise.flows.audit.sod import sod
from seatwise.flows.audit.verify import verify
from seatwise.flows.audit.who import who
from seatwise.flows.workspace import Workspace

Change = Callable[[Path], None]
JOURNAL = "records/seatwise.journal.v.jsonl"


@pytest.fixture(scope="session")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """First for practice, with nobody asked; then with approvals that are signed."""
    folder = tmp_path_factory.mktemp("audited")
    keys = {name: folder / name.partition("@")[0] for name in (BOSS, CHIEF, MAKER)}
    for path in keys.values():
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    company = Company(folder)
    company.sells(A=9)
    company.hires("ann", "bo", "cy", "dan")
    company.holds("A", "cy")
    company.asks("a for cy", a="cy")
    company.apply()
    approvers = ", ".join(f"{name}: {{key: {public(keys[name])}}}" for name in (BOSS, CHIEF, MAKER))
    company.write("owners/it.yaml", f"owner: it\napprovers: [{approvers}]\n")
    company.commit("keys")
    company.apply()
    text = (company.root / "seatwise.yaml").read_text()
    company.write("seatwise.yaml", text.replace("kind: none", "kind: local"))
    company.commit("approvals are signed")
    company.apply()
    company.git("switch", "-q", "-c", "work")
    company.license("a", ["cy", "bo"])
    company.git("add", "-A")
    company.git("commit", "-q", "-m", "a for bo")
    company.clock.sleep(timedelta(hours=1).total_seconds())
    for name in (BOSS, CHIEF):
        sign(company.workspace, "work", name, str(keys[name]))
    company.git("switch", "-q", "main")
    company.git("merge", "-q", "--no-ff", "-m", "a for bo", "work")
    company.git("push", "-q", "origin", "main")
    assert company.apply().exit == Exit.OK
    company.apply(hours=2)
    return company


@pytest.fixture
def company(signed: Company, tmp_path: Path) -> Company:
    return signed.copy(tmp_path)


def fresh(company: Company, folder: Path) -> Workspace:
    subprocess.run(["git", "clone", "-q", str(company.remote), str(folder)], check=True)
    return Workspace.open(folder, company.clock, {})


def at(hours: float) -> datetime:
    return BEGINS + timedelta(hours=hours)


def rows(found: tuple[Held, ...]) -> list[tuple[str, str, str]]:
    return [(one.who, one.license, one.how) for one in found]


def test_who_held_a_license_at_a_time_and_by_whose_approval(company: Company, tmp_path: Path) -> None:
    clone = fresh(company, tmp_path / "clone")
    before, after = who(clone, "a", at(0.5)), who(clone, "a", at(9))
    assert rows(before) == [("cy@x.example", "a", "found there and taken up")]
    assert rows(after) == [("bo@x.example", "a", "given by us"), *rows(before)]
    assert (before[0].title, before[0].approval) == ("a for cy", "approval: not asked")
    assert (after[0].title, after[0].why) == ("a for bo", "named")
    assert BOSS in after[0].approval and CHIEF in after[0].approval
    assert rows(who(clone, "bo", at(9))) == [rows(after)[0]] and who(clone, "bo@x.example", at(0.5)) == ()
    with pytest.raises(Stop, match="nobody in the journals is called 'eve'"):
        who(clone, "eve", at(9))


def test_who_knows_when_a_seat_has_ended(company: Company, tmp_path: Path) -> None:
    company.changes("cy", status="T")
    company.apply(hours=1)
    company.apply(hours=1)
    clone = fresh(company, tmp_path / "clone")
    assert who(clone, "cy", company.clock.now()) == () and len(who(clone, "cy", at(0.5))) == 1


def test_duties_that_were_not_apart_are_named(company: Company, tmp_path: Path) -> None:
    clone = fresh(company, tmp_path / "clone")
    by_title = {one.title: one for one in sod(clone, None, company.clock.now())}
    assert [rule for rule, _ in by_title["a for cy"].violations] == ["practice"]
    apart = by_title["a for bo"]
    assert (apart.violations, apart.checkers, apart.beneficiaries) == ((), (BOSS, CHIEF), ("bo@x.example",))
    assert MAKER in apart.makers and len(apart.appliers) == 1
    assert sod(clone, at(900), at(901)) == ()


def test_signed_approvals_are_verified_and_one_that_is_gone_is_named(company: Company, tmp_path: Path) -> None:
    assert verify(fresh(company, tmp_path / "one"), offline=True).first is None
    company.git("push", "-q", "origin", "--delete", "seatwise/approvals")
    first = verify(fresh(company, tmp_path / "two"), offline=True).first
    assert first is not None and first.rule == "approval-signature"


def packed(company: Company, folder: Path, start: datetime | None = None, end: datetime | None = None) -> Path:
    """The zip, unpacked; the clone that it was made in is gone."""
    folder.mkdir()
    clone = fresh(company, folder / "clone")
    evidence(clone, start, end or company.clock.now(), folder / "evidence.zip")
    with zipfile.ZipFile(folder / "evidence.zip") as made:
        made.extractall(folder / "unpacked")
    return folder / "unpacked"


def checked(folder: Path, *words: str) -> tuple[int, str]:
    call = [sys.executable, "-I", str(folder / "verify.py"), *words]
    done = subprocess.run(call, capture_output=True, text=True, check=False, cwd="/")
    assert done.stderr == ""
    return done.returncode, done.stdout


def listed_anew(folder: Path) -> None:
    """Whoever changes a file can write MANIFEST anew, too."""
    there = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "MANIFEST")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in there]
    (folder / "MANIFEST").write_text("".join(lines))


def test_a_stranger_checks_the_zip_with_nothing_but_python_and_git(company: Company, tmp_path: Path) -> None:
    folder = packed(company, tmp_path / "out")
    code, said = checked(folder)
    assert (code, CONSISTENT in said, "2 votes counted, 2 of them with a good signature" in said) == (0, True, True), (
        said
    )
    subprocess.run(["sha256sum", "--quiet", "-c", "MANIFEST"], cwd=folder, check=True)
    subprocess.run(["git", "clone", "-q", "--mirror", "repository.bundle", "check.git"], cwd=folder, check=True)
    head = company.git("ls-remote", "origin", "refs/heads/seatwise/journal/v").split()[0]
    assert "not in MANIFEST" in checked(folder)[1]
    subprocess.run(["rm", "-r", str(folder / "check.git")], check=True)
    own = [sys.executable, "-I", "-m", "seatwise.flows.audit.stranger", str(folder)]
    assert subprocess.run(own, cwd="/", capture_output=True, check=False).returncode == 0
    code, said = checked(folder, "--known", f"seatwise/journal/v={head}")
    assert code == 0 and "seatwise/journal/v: " in said and "verified: it comes after" in said


def test_the_same_evidence_is_the_same_zip(company: Company, tmp_path: Path) -> None:
    clone = fresh(company, tmp_path / "clone")
    made = [evidence(clone, None, company.clock.now(), tmp_path / name) for name in ("one.zip", "two.zip")]
    assert made[0].sha256 == made[1].sha256 == hashlib.sha256((tmp_path / "one.zip").read_bytes()).hexdigest()


def test_what_is_told_of_a_changeset_is_all_that_the_journal_knows(company: Company, tmp_path: Path) -> None:
    folder = packed(company, tmp_path / "out", start=at(0.5))
    told = {one["title"]: one for one in map(json.loads, (folder / "changesets.jsonl").read_text().splitlines())}
    one = told["a for bo"]
    assert "a for cy" not in told
    assert {part["part"] for part in one["trail"]} >= {"admission", "rollout", "intent", "outcome", "gate", "read-back"}
    assert one["plan"].startswith("sha256:") and one["requests"] and len(one["approval"]["evidence"]["votes"]) == 2


def edit(path: str, change: Callable[[list[bytes]], list[bytes]], *, manifest: bool = True) -> Change:
    def edited(folder: Path) -> None:
        lines = (folder / path).read_bytes().splitlines(keepends=True)
        (folder / path).write_bytes(b"".join(change(lines)))
        if manifest:
            listed_anew(folder)

    return edited


def add(folder: Path) -> None:
    (folder / "records" / "seatwise.journal.w.jsonl").write_text("{}\n")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            edit(JOURNAL, lambda lines: [lines[0].replace(b"begin", b"begun"), *lines[1:]], manifest=False),
            "is not what MANIFEST says",
        ),
        (
            edit(JOURNAL, lambda lines: [lines[0].replace(b"begin", b"begun"), *lines[1:]]),
            "v.jsonl:1: the journal has another record",
        ),
        (edit(JOURNAL, lambda lines: [*lines[:2], *lines[3:]]), "v.jsonl:3: the journal has another record there"),
        (edit(JOURNAL, lambda lines: lines[:-1]), "1 records are missing at its end"),
        (
            edit(JOURNAL, lambda lines: [lines[1], lines[0], *lines[2:]]),
            "v.jsonl:1: the journal has another record there",
        ),
        (edit("changesets.jsonl", lambda lines: lines[1:]), "were admitted in that time"),
        (
            edit("changesets.jsonl", lambda lines: [lines[0].replace(b"a for cy", b"a for me", 1), *lines[1:]]),
            "changesets.jsonl:1",
        ),
        (
            edit("changesets.jsonl", lambda lines: [lines[1], lines[0], *lines[2:]]),
            "changesets.jsonl:1: its admission says",
        ),
        (edit("allowed_signers", lambda lines: []), "there is no good signature of"),
        (edit("evidence.json", lambda lines: [lines[0].replace(b',"seatwise/journal/v"]', b"]")]), "other journals"),
        (edit("repository.bundle", lambda lines: lines[:-1]), "git fetch"),
        (add, "not in MANIFEST: records/seatwise.journal.w.jsonl"),
        (lambda folder: (add(folder), listed_anew(folder), None)[-1], "not the journals of the bundle"),
        (lambda folder: (folder / "README.txt").unlink(), "missing: README.txt"),
    ],
)
def test_each_manipulation_is_found(company: Company, tmp_path: Path, change: Change, why: str) -> None:
    folder = packed(company, tmp_path / "out")
    change(folder)
    code, said = checked(folder)
    assert code == 9 and why in said.splitlines()[-1] and said.splitlines()[-1].startswith("BROKEN: "), said


def test_a_whole_new_set_is_found_by_who_knows_a_commit(company: Company, tmp_path: Path) -> None:
    head = company.git("ls-remote", "origin", "refs/heads/seatwise/journal/v").split()[0]
    other = Company(tmp_path / "other")
    other.sells(A=2)
    other.asks("another company", a="boss")
    other.apply()
    folder = packed(other, tmp_path / "out")
    assert checked(folder)[0] == 0
    code, said = checked(folder, "--known", f"seatwise/journal/v={head}")
    assert code == 9 and "which you know" in said


def test_what_does_not_verify_is_not_packed(company: Company, tmp_path: Path) -> None:
    company.git("push", "-q", "origin", "--delete", "seatwise/approvals")
    with pytest.raises(Stop, match="approval-signature") as stop:
        packed(company, tmp_path / "out")
    assert stop.value.code is Exit.EVIDENCE


def test_pseudonyms_stay_pseudonyms(tmp_path: Path) -> None:
    company = Company(tmp_path)
    company.journals(key="env:JOURNAL_KEY")
    company.env = {"JOURNAL_KEY": "s3"}
    company.sells(A=5)
    company.hires("ann")
    company.asks("a for ann", a="ann")
    company.apply()
    company.apply(hours=2)
    folder = packed(company, tmp_path / "out")
    assert checked(folder)[0] == 0
    texts = [path.read_text() for path in folder.rglob("*.jsonl")]
    assert all("ann@" not in text for text in texts) and any("~" in text for text in texts)
    blind = fresh(company, tmp_path / "blind")
    assert verify(blind, offline=True).first is None
    (seen,) = who(blind, "a", company.clock.now())
    assert seen.who.startswith("~")
    assert who(blind, seen.who, company.clock.now()) == (seen,)
    with pytest.raises(Stop) as stop:
        who(blind, "ann@x.example", company.clock.now())
    assert "JOURNAL_KEY" in stop.value.fix
    (told,) = who(Workspace.open(blind.root, SetClock(company.clock.now()), company.env), "ann", datetime.now(UTC))
    assert told.who == "ann@x.example"


def test_who_is_found_by_the_name_in_another_case_and_broken_journals_say_nothing(
    company: Company, tmp_path: Path
) -> None:
    clone = fresh(company, tmp_path / "clone")
    assert len(who(clone, "BO@x.example", at(9))) == 1
