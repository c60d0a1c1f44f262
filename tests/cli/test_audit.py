"""`seatwise audit`: what it prints, as people and machines read it, and how it ends."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.company import Company

from seatwise.cli.main import cli


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audit")
    company = Company(folder)
    company.sells(A=5)
    company.hires("ann", "bo")
    company.holds("A", "bo")
    company.asks("a for ann", a="ann bo")
    company.apply()
    company.apply(hours=2)
    subprocess.run(["git", "clone", "-q", str(company.remote), str(folder / "clone")], check=True)
    return folder / "clone"


def run(root: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(root), "audit", *words])


def test_a_sound_clone_ends_with_0_and_says_against_what(root: Path) -> None:
    done = run(root, "verify", "--offline")
    assert done.exit_code == 0, done.output
    first, *rest = done.stdout.splitlines()
    assert first.startswith("Internally consistent: 2 journals, 1 admitted changeset, default branch at ")
    assert any("nobody was asked whether branches were forced since" in line for line in rest)
    assert "the remote was asked" in run(root, "verify").stdout
    told = json.loads(run(root, "verify", "--offline", "--json").stdout)
    assert (told["first"], {*told["standing"]}) == (None, {"internally consistent"})


def test_a_broken_one_ends_with_9_and_names_journal_record_and_commit(root: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    subprocess.run(["git", "clone", "-q", str(root), str(there)], check=True)
    for name in ("_admit", "v"):
        call = ["git", "-C", str(there), "fetch", "-q", str(root.parent / "remote.git")]
        subprocess.run([*call, f"seatwise/journal/{name}:refs/remotes/origin/seatwise/journal/{name}"], check=True)
    tree = ["git", "-C", str(there), "rev-parse", "origin/seatwise/journal/v^{tree}"]
    shown = subprocess.check_output(tree, text=True).strip()
    head = subprocess.check_output([*tree[:4], "origin/seatwise/journal/v"], text=True).strip()
    new = ["git", "-C", str(there), "commit-tree", shown, "-p", head, "-m", "nothing"]
    bad = subprocess.check_output(new, text=True).strip()
    subprocess.run([*tree[:3], "update-ref", "refs/remotes/origin/seatwise/journal/v", bad], check=True)
    done = run(there, "verify", "--offline")
    assert done.exit_code == 9
    assert done.stdout.startswith("BROKEN  seatwise/journal/v record ") and f"(commit {bad[:12]})" in done.stdout
    assert f"git log -p {bad[:12]}" in done.stdout


def test_who_is_answered_in_words_in_json_and_for_a_sheet(root: Path) -> None:
    done = run(root, "who", "a", "--at", "2026-11-24")
    assert done.stdout.splitlines()[0] == "ann@x.example  a  since 2026-11-24 09:00, given by us"
    assert '"a for ann"; approval: not asked' in done.stdout.splitlines()[1]
    assert len(json.loads(run(root, "who", "a", "--at", "2026-11-24", "--json").stdout)["held"]) == 2
    rows = [*csv.DictReader(io.StringIO(run(root, "who", "a", "--at", "2026-11-24", "--csv").stdout))]
    assert (rows[0]["who"], rows[0]["how"]) == ("ann@x.example", "given by us")
    assert "Nothing of that was held" in run(root, "who", "a", "--at", "2020-01-01T12:00").stdout


@pytest.mark.parametrize(
    "words", [("who", "a", "--at", "24.11.2026"), ("who", "nobody"), ("sod", "--from", "2026-13-01")]
)
def test_what_is_no_date_and_no_name_is_refused(root: Path, words: tuple[str, ...]) -> None:
    assert run(root, *words).exit_code == 64


def test_duties_and_evidence_of_a_time(root: Path, tmp_path: Path) -> None:
    done = run(root, "sod", "--from", "2026-11-24", "--to", "2027-12-31")
    assert done.exit_code == 0 and done.stdout.startswith("1 changeset with rows, 1 without separation of duties.")
    assert "practice: nobody was asked" in done.stdout
    out = tmp_path / "evidence.zip"
    made = run(root, "evidence", "--to", "2027-12-31", "--output", str(out))
    assert made.exit_code == 0 and out.exists() and "sha256 " in made.stdout
    lost = run(root, "evidence", "--output", str(tmp_path / "none" / "evidence.zip"))
    assert lost.exit_code == 1 and "No such file" in lost.stderr
