"""Journals that are lost, and runs that are dead: what people do then by hand, told with whole runs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.company import Company

from seatwise.cli.main import cli
from seatwise.core.model import Exit, Result, Stop
from seatwise.edges.journal import Journal
from seatwise.flows import runs
from seatwise.flows.apply import Options, apply
from seatwise.flows.recover import recover

V, ADMIT = "refs/heads/seatwise/journal/v", "refs/heads/seatwise/journal/_admit"


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """Ann and Bob were given a seat of A, and an administrator took Bob's; Cid's is his own."""
    company = Company(tmp_path / "company")
    company.sells(A=10, B=10)
    company.hires("ann", "bob", "cid")
    company.holds("A", "cid")
    company.journals(since="abcdef1")
    company.asks("first", a="ann bob", b="")
    company.journals()
    company.git("commit", "-q", "--amend", "-am", "first")
    company.git("push", "-q", "--force", "origin", "main")
    company.apply()
    company.journals(since=company.git("rev-parse", "HEAD"))
    company.commit("since")
    company.apply()
    company.revokes_by_hand("A", "bob")
    return company


def lost(company: Company, tmp_path: Path, *refs: str) -> Path:
    """Branches are gone at the remote, and this clone is a new one that never saw them; the old one's folder."""
    for ref in refs:
        subprocess.run(["git", "--git-dir", str(company.remote), "update-ref", "-d", ref], check=True)
    old = tmp_path / "old"
    company.root.rename(old)
    subprocess.run(["git", "clone", "-q", str(company.remote), str(company.root)], check=True)
    shutil.copy(old / "hr.csv", company.root)
    shutil.copytree(old / ".seatwise", company.root / ".seatwise")
    return old


@pytest.mark.parametrize("refs", [(V,), (V, ADMIT), (ADMIT,)], ids=["the account's", "all", "admissions"])
def test_what_is_lost_stops_everything_until_somebody_recovers_it_and_then_nothing_is_called_for_it(
    company: Company, tmp_path: Path, refs: tuple[str, ...]
) -> None:
    lost(company, tmp_path, *refs)
    calls = company.calls()
    with pytest.raises(Stop, match="missing") as stop:
        company.apply(hours=1)
    assert stop.value.code is Exit.EVIDENCE and "seatwise journal recover" in stop.value.fix

    looked = recover(company.workspace, "the forge lost it", write=False)
    assert not looked.written and company.git("ls-remote", "origin", *refs) == ""
    done = recover(company.workspace, "the forge lost it", write=True)
    assert (done.admissions, [one.account for one in done.accounts]) == (ADMIT in refs, ["v"] if V in refs else [])

    run = company.apply(hours=1)
    assert (run.exit, run.written, company.has("A"), company.calls()) == (Exit.OK, (), {"ann", "cid"}, calls)
    claim = company.claim("a", "ann")
    assert claim is not None and (claim.asked, str(claim.state)) == (True, "ours")
    company.asks("bob goes, cid comes", a="cid")
    company.apply(hours=1)
    assert company.has("A") == {"cid"}


def test_what_was_recovered_says_by_whom_and_why(company: Company, tmp_path: Path) -> None:
    lost(company, tmp_path, V)
    done = recover(company.workspace, "the forge lost it", write=True)
    assert [(one.ours, one.drift, one.unlisted) for one in done.accounts] == [(1, 1, 1)]
    record = next(r for r in company.records() if r["type"] == "recovered")
    assert record["reason"] == "the forge lost it" and "<" in record["by"]


def test_who_still_has_the_journal_is_told_how_to_bring_it_back(company: Company, tmp_path: Path) -> None:
    old = lost(company, tmp_path, V)
    shutil.rmtree(company.root)
    old.rename(company.root)
    with pytest.raises(Stop, match="the branch is gone") as stop:
        company.apply(hours=1)
    assert stop.value.code is Exit.EVIDENCE
    company.git(*stop.value.fix.partition("bring it back: git ")[2].split())
    assert company.apply(hours=1).exit is Exit.OK


def test_a_journal_whose_secret_is_lost_goes_on_under_a_new_one(company: Company) -> None:
    since = company.git("rev-parse", "HEAD")
    company.journals(since=since, key="env:JOURNAL_KEY")
    company.env = {"JOURNAL_KEY": "old"}
    company.asks("a secret", a="ann bob", b="cid")
    company.apply(hours=1)
    company.env = {"JOURNAL_KEY": "new"}
    with pytest.raises(Stop, match=r"another journal\.key"):
        company.apply(hours=1)
    recover(company.workspace, "the secret was lost", write=True)
    assert company.apply(hours=1).written == () and company.has("B") == {"cid"}
    claim = company.claim("b", "cid")
    assert claim is not None and str(claim.state) == "ours"


def test_where_nothing_is_lost_nothing_is_recovered(company: Company) -> None:
    with pytest.raises(Stop, match="no journal is lost") as stop:
        recover(company.workspace, "why not", write=True)
    assert stop.value.code is Exit.USAGE
    company.journals()
    with pytest.raises(Stop, match=r"no journal\.since says"):
        recover(company.workspace, "why not", write=True)


def test_the_command_shows_first_and_writes_when_told_to(company: Company, tmp_path: Path) -> None:
    lost(company, tmp_path, V)
    call = ["-C", str(company.root), "journal", "recover", "--reason", "the forge lost it"]
    shown = CliRunner().invoke(cli, call)
    assert (shown.exit_code, "Nothing was written" in shown.output) == (0, True)
    assert (
        "v: lost; 1 seat asked and there become ours, 1 seat asked and not there are drift, 1 unlisted" in shown.output
    )
    assert "Written; nothing was called" in CliRunner().invoke(cli, [*call, "--yes"]).output


def test_a_dead_runs_account_is_freed_by_hand_and_the_run_is_refused_should_it_live(company: Company) -> None:
    dead = Journal(company.workspace.git, V, "origin", company.clock)
    dead.begin("dead", 900)
    company.asks("more", a="ann bob", b="cid")
    held = next(one for one in company.apply(minutes=1).findings if one.rule == "account-held")
    assert "run dead holds" in held.what and "seatwise run unlock v --reason" in held.fix

    ended = runs.unlock(company.workspace, "v", "the runner was shut down")

    assert ended.run == "dead"
    record = next(r for r in company.records() if r["type"] == "unlock")
    assert (record["run"], record["reason"]) == ("dead", "the runner was shut down") and "<" in record["by"]
    with pytest.raises(Stop, match=r"run dead holds .* no longer: it was ended by another run") as refused:
        dead.append([{"type": "intent", "changes": []}])
    assert refused.value.code is Exit.LOCKED
    assert company.apply(minutes=1).exit is Exit.OK and company.has("B") == {"cid"}


def test_there_is_nothing_to_free_where_no_run_lives(company: Company) -> None:
    with pytest.raises(Stop, match="no run holds") as stop:
        runs.unlock(company.workspace, "v", "why not")
    assert stop.value.code is Exit.USAGE
    with pytest.raises(Stop, match="there is no account 'w'"):
        runs.unlock(company.workspace, "w", "why not")


def test_a_remote_that_vanishes_after_calls_were_made_is_not_told_as_if_nothing_had_been_written(
    company: Company,
) -> None:
    """Exit 1 says that nothing was written (semantics, exit codes); here a seat was."""
    company.asks("more", a="ann bob", b="cid")
    remote = Path(str(company.remote))

    def vanish(*_: object) -> None:
        remote.rename(f"{remote}.away")

    run = apply(company.workspace, Options(watch=vanish))

    assert (run.exit, [one.account for one in run.written]) == (Exit.PARTLY, ["v"])
    assert any(one.rule == "account-failed" and "can't be reached" in one.what for one in run.findings), run.findings
    Path(f"{remote}.away").rename(remote)
    assert company.apply(hours=1).exit is Exit.OK
    assert (company.has("B"), company.records()[-1]["type"]) == ({"cid"}, "end")


def test_a_vendor_that_says_no_after_it_wrote_is_told_with_what_it_wrote(company: Company) -> None:
    company.license("a", ["ann", "bob"])
    company.asks("more", b="ann bob cid")
    company.console.fault("403", call="write", skip=1, times=9)

    run = company.apply()

    assert run.exit is Exit.PARTLY
    assert [outcome.result for written in run.written for outcome in written.outcomes] == [Result.DONE]
    assert [one.key for one in run.findings if one.rule == "account-failed"] == ["v"]
