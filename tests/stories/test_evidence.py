"""What the journal is believed for, told with whole runs: names that are not in it, pieces that are missing, claims that no
commit bears out."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.company import Company

from seatwise.core import claims, records
from seatwise.core.lifecycle import Event
from seatwise.core.model import Exit, Stop, VendorInfo
from seatwise.core.records import Said
from seatwise.edges.journal import Journal
from seatwise.flows import runs
from seatwise.flows.account_run import batch_size
from seatwise.flows.log import Wanted, log
from seatwise.flows.runs import Order


@pytest.fixture
def company(tmp_path: Path) -> Company:
    company = Company(tmp_path)
    company.sells(A=10, B=10)
    company.hires("ann", "bob", "cid")
    return company


def journal_text(company: Company) -> str:
    call = ["git", "-C", str(company.remote), "log", "-p", "seatwise/journal/v"]
    return subprocess.run(call, capture_output=True, text=True, check=True).stdout


def with_key(company: Company, secret: str = "s3") -> None:
    company.journals(key="env:JOURNAL_KEY")
    company.env = {"JOURNAL_KEY": secret}


def test_with_a_secret_no_name_is_in_the_journal_and_everything_goes_on(company: Company) -> None:
    with_key(company)
    company.holds("A", "cid")
    company.asks("first", a="ann cid", b="")
    company.apply()
    company.asks("second", a="cid", b="bob")
    company.apply(hours=1)
    company.changes("cid", status="T")
    company.apply(hours=1)

    assert (company.has("A"), company.has("B")) == (set(), {"bob"})
    text = journal_text(company)
    assert [
        line for line in text.splitlines() for name in ("ann@", "bob", "x.example", "n-ann", "n-cid") if name in line
    ] == []
    assert company.apply(hours=1).written == ()
    assert {entry.who for entry in log(company.workspace, Wanted(person="bob@x.example"))[1]} == {"bob@x.example"}


def test_records_from_before_there_was_a_secret_still_count(company: Company) -> None:
    company.asks("first", a="ann", b="")
    company.apply()
    with_key(company)
    company.asks("second", a="bob", b="")
    company.apply(hours=1)
    assert company.has("A") == {"bob"}
    new, _, old = journal_text(company).partition('"key":')
    assert "ann@x.example" in old and "@x.example" not in new


def test_another_secret_or_none_is_as_good_as_no_journal(company: Company) -> None:
    with_key(company)
    company.asks("first", a="ann", b="")
    company.apply()
    calls = company.calls()
    company.env = {"JOURNAL_KEY": "another"}
    company.asks("second", a="bob", b="")
    with pytest.raises(Stop, match=r"was written under another journal.key") as stop:
        company.apply()
    assert stop.value.code is Exit.EVIDENCE
    company.env = {}
    with pytest.raises(Stop, match=r"JOURNAL_KEY is not set"):
        company.apply()
    assert company.calls() == calls


@pytest.mark.parametrize("left", [None, "~1"], ids=["gone", "shorter"])
def test_an_accounts_journal_that_is_gone_or_shorter_than_at_the_last_admission_is_no_evidence(
    company: Company, tmp_path: Path, left: str | None
) -> None:
    """Else a fresh clone would give again what an administrator took away, or take for found what it had given."""
    company.asks("first", a="ann bob", b="")
    company.apply()
    company.asks("second", a="ann bob", b="cid")
    company.apply(hours=1)
    branch, remote = "seatwise/journal/v", str(company.remote)
    base = company.git("--git-dir", remote, "rev-list", "--max-parents=0", branch)
    where = ["-d", f"refs/heads/{branch}"] if left is None else [f"refs/heads/{branch}", base]
    company.git("--git-dir", remote, "update-ref", *where)
    subprocess.run(["git", "clone", "-q", remote, str(tmp_path / "fresh")], check=True)
    company.root.rename(tmp_path / "old")
    (tmp_path / "fresh").rename(company.root)
    (company.root / "hr.csv").write_bytes((tmp_path / "old" / "hr.csv").read_bytes())
    with pytest.raises(Stop, match=r"the journal of account v (is missing|ends at record)") as stop:
        company.apply(hours=1)
    assert stop.value.code is Exit.EVIDENCE


def test_a_claim_that_no_commit_bears_out_is_held_and_never_called(company: Company) -> None:
    """Somebody who may push to the journal's branch, and to nothing else, writes that bob's seat was ours."""
    company.holds("A", "bob")
    company.asks("first", a="ann", b="")
    company.apply()
    commit = company.git("rev-parse", "HEAD")
    group = {
        "asked": True, "row": "user:", "options": {}, "cause": None, "since": None, "commit": commit,
        "calls_off": False, "who": {"bob@x.example": "n-bob|2020-01-01"},
    }  # fmt: skip
    flip = {"type": "asked", "license": "a", "groups": [group]}
    adopt = {"type": "settled", "license": "a", "seats": {"adopt": {"bob@x.example": "h-bob"}}}
    there = Journal(company.workspace.git, "refs/heads/seatwise/journal/v", "origin", company.clock)
    there.append([flip, adopt])
    assert claims.fold(company.records()).of("a")["bob@x.example"].asked

    run = company.apply(hours=1)

    assert company.has("A") == {"ann", "bob"} and run.written == ()
    (hold,) = [one for one in run.held if one.who == "bob@x.example"]
    assert hold.rule == "claim-unfounded" and "that commit does not" in hold.what


def test_a_claim_that_its_commit_bears_out_goes_as_ever(company: Company) -> None:
    company.asks("first", a="ann bob", b="")
    company.apply()
    company.changes("bob", mail="rob@x.example", former="bob@x.example")
    company.asks("bob is named by a former mail, and let go", a="ann", b="")
    assert "claim-unfounded" not in {f.rule for f in company.apply(hours=1).findings}
    assert company.has("A") == {"ann"}


def test_a_claim_that_a_changeset_over_broken_files_let_go_is_borne_out_by_the_commit_in_force_before(
    company: Company,
) -> None:
    company.asks("first", a="ann bob", b="")
    company.apply()
    company.write("licenses/x/a.yaml", "license: [")
    company.commit("breaks the files")
    company.asks("bob is let go by whoever mends them", a="ann", b="")
    runs.say(company.workspace, Order(Event.HALT, account="v", reason="wait"))
    company.apply(hours=1)
    assert company.has("A") == {"ann", "bob"}
    runs.say(company.workspace, Order(Event.RESUME, account="v", reason="go on"))
    assert [hold.rule for hold in company.apply(hours=1).held] == []
    assert company.has("A") == {"ann"}


def test_what_people_say_names_nobody_where_there_is_a_secret_and_is_signed_by_whom_the_commit_in_force_trusts(
    company: Company, tmp_path: Path
) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(tmp_path / "key")], check=True)
    public = " ".join((tmp_path / "key.pub").read_text(encoding="ascii").split()[:2])
    company.journals(key="env:JOURNAL_KEY", sign="env:SIGN")
    company.env = {"JOURNAL_KEY": "s3", "SIGN": str(tmp_path / "key")}
    company.asks("first", a="ann", b="")
    company.apply()
    company.journals(key="env:JOURNAL_KEY", sign="env:SIGN", signers=f"{{runner: {public}}}")
    company.asks("second", a="ann bob", b="")
    company.apply(hours=1)

    runs.say(company.workspace, Order(Event.HALT, account="v", reason="ann@x.example asked"))
    assert company.apply(hours=1).exit is Exit.PARTLY
    call = ["git", "-C", str(company.remote), "log", "-p", "seatwise/control"]
    text = subprocess.run(call, capture_output=True, text=True, check=True).stdout
    assert "ann@x" not in text and ".jsonl.sig" in text

    git, clock = company.workspace.git, company.clock
    there = Journal(git, "refs/heads/seatwise/control", "origin", clock)
    there.read()
    there.append([records.say(Said(0, clock.now(), Event.RESUME, "v", reason="mallory"))])
    with pytest.raises(Stop, match=r"journal seatwise/control: .* is not signed") as stop:
        company.apply(hours=1)
    assert stop.value.code is Exit.EVIDENCE


def test_a_batch_is_what_the_vendor_does_in_half_a_minute_and_one_push_carries_outcomes_and_next_intents(
    tmp_path: Path,
) -> None:
    company = Company(tmp_path, acts_like="google")
    names = [f"p{n:02}" for n in range(45)]
    company.sells(A=60)
    company.hires(*names)
    company.write("policies/bulk-threshold.yaml", "policy: bulk-threshold\nlevel: warn\nseats: 100\nshare: 100%\n")
    company.asks("first", a=" ".join(names))
    company.apply()
    company.apply(hours=2)
    sizes = [len(record["changes"]) for record in company.records() if record["type"] == "intent"]
    assert sum(sizes) == 45 and max(sizes) == 30
    subjects = company.git("log", "--format=%s", "origin/seatwise/journal/v").splitlines()
    assert "v: outcome, intent" in subjects


@pytest.mark.parametrize(("per_minute", "size"), [(1, 20), (60, 30), (180, 90), (1200, 500), (60_000, 500)])
def test_the_size_of_a_batch(per_minute: int, size: int) -> None:
    assert batch_size(VendorInfo("x", writes_per_minute=per_minute)) == size
    assert batch_size(VendorInfo("x", writes_per_minute=60, per_call=10)) == 300
