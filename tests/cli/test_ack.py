"""`seatwise ack new`: what it writes, what it refuses, and that it writes nothing then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.company import Company
from tests.stories.conftest import NAMES, settled, twelve
from tests.stories.test_refusals import BLOCKED

from seatwise.cli.main import cli

__all__ = ["settled", "twelve"]

LIMIT = "max-removals/per_license"
DIGEST = "3fb2c0a9d1e7"
WHY = ("--reason", "Atlas ends: 5 people")


def new(root: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(root), "ack", "new", *words])


def acks(root: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (root / "policies/acks").glob("*")}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Company(tmp_path).root


def test_it_is_a_file_that_says_what_may_pass_why_and_how_long(root: Path) -> None:
    done = new(root, LIMIT, "--asks", DIGEST, *WHY, "--ticket", "OPS-12", "--until", "2099-11-28")

    ((name, text),) = acks(root).items()
    assert done.exit_code == 0
    assert text.splitlines() == [
        f"ack: {name.removesuffix('.yaml')}",
        f"passes: {LIMIT}",
        f'asks: "sha256:{DIGEST}"',
        'reason: "OPS-12: Atlas ends: 5 people"',
        "through: 2099-11-28",
    ]
    assert name.endswith("-max-removals-per_license.yaml")
    assert CliRunner().invoke(cli, ["-C", str(root), "validate"]).exit_code == 0


def test_it_says_that_it_needs_a_pull_request_of_its_own(root: Path) -> None:
    said = new(root, LIMIT, "--asks", DIGEST, *WHY).output
    name = next(iter(acks(root))).removesuffix(".yaml")
    assert f"  git switch -c ack-{name} main\n  git add policies/acks/{name}.yaml\n" in said


def test_a_reading_of_people_is_named_by_its_source_and_a_second_file_has_a_number(root: Path) -> None:
    new(root, "people-shrink", "--source", f"sha256:{DIGEST}", *WHY)
    done = new(root, "people-shrink", "--source", DIGEST.upper(), *WHY, "--json")

    answer = json.loads(done.output)
    assert len(acks(root)) == 2
    assert (answer["ack"]["id"][10:], answer["ack"]["source"]) == ("-people-shrink-2", f"sha256:{DIGEST}")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("max-removal/per_license", *WHY), "unknown limit 'max-removal/per_license'\n  fix: max-removals/per_license"),
        (("max-removals", *WHY), "one of: max-removals/per_license, max-removals/per_day"),
        (("max-removals/never_over", *WHY), "nothing lets max-removals/never_over pass"),
        ((LIMIT, "--asks", "3fb2", *WHY), "--asks 3fb2: is no digest\n  fix: at least 12 hex digits"),
        ((LIMIT, "--asks", DIGEST, "--source", DIGEST, *WHY), "an acknowledgement names one thing"),
        ((LIMIT, "--asks", DIGEST, "--reason", "..."), "'...' is no reason"),
        ((LIMIT, "--asks", DIGEST, "--reason", "so" * 1001), "it could not be read again"),
        ((LIMIT, "--asks", DIGEST, *WHY, "--through", "2020-01-01"), "2020-01-01 is over"),
        ((LIMIT, "--asks", DIGEST, *WHY, "--through", "soon"), "seatwise ack new --help"),
        ((LIMIT, "--asks", DIGEST), "'' is no reason\n  fix: --reason TEXT"),
        ((LIMIT, "--asks", DIGEST, "--reason", "why\x1b[31m"), "can't be seen, U+001B"),
        ((LIMIT, "--asks", DIGEST, *WHY, "--ticket", "T\n1"), "--ticket: 'T\\n1' has a character that can't be seen"),
        (WHY, "Missing argument 'LIMIT'"),
    ],
)
def test_what_would_let_nothing_pass_is_refused_and_not_written(root: Path, words: tuple[str, ...], says: str) -> None:
    done = new(root, *words)
    assert (done.exit_code != 0, says in done.stderr, acks(root)) == (True, True, {}), done.stderr


def test_without_a_digest_it_is_what_the_files_on_disk_are_stopped_by(twelve: Company) -> None:
    twelve.write("policies/max-removals.yaml", BLOCKED)
    twelve.commit("the limit")
    twelve.apply()
    twelve.license("a", NAMES[5:])
    asks = twelve.plan("worktree").ask_digest

    wrong = new(twelve.root, "max-removals/per_day", *WHY)
    done = new(twelve.root, LIMIT, *WHY)

    assert "a plan of these files is not stopped by max-removals/per_day" in wrong.stderr
    assert f"fix: {LIMIT}?" in wrong.stderr
    (text,) = acks(twelve.root).values()
    assert (done.exit_code, f'asks: "{asks}"' in text) == (0, True)


def test_without_a_digest_what_no_changeset_does_is_named_by_the_reading_of_people(twelve: Company) -> None:
    for name in NAMES[:7]:
        twelve.changes(name, status="T")
    feed = twelve.plan("worktree").feeds[0].digest

    done = new(twelve.root, "lanes/leavers", *WHY)

    (text,) = acks(twelve.root).values()
    assert (done.exit_code, f'source: "{feed}"' in text) == (0, True)


def test_without_a_digest_one_of_several_changesets_is_not_guessed(twelve: Company) -> None:
    twelve.write("policies/max-removals.yaml", BLOCKED)
    twelve.commit("the limit")
    twelve.apply()
    twelve.asks("take five", a=" ".join(NAMES[5:]))
    twelve.asks("give one", b="p01")

    done = new(twelve.root, LIMIT, *WHY)

    assert (done.exit_code, acks(twelve.root)) == (64, {})
    assert "stops one of 2 changesets" in done.stderr


def test_what_nothing_stops_needs_no_acknowledgement(twelve: Company) -> None:
    done = new(twelve.root, LIMIT, *WHY)
    assert "for another branch: --asks DIGEST" in done.stderr


@pytest.mark.parametrize("link", ["policies", "policies/acks"])
def test_nothing_is_written_through_a_symbolic_link(root: Path, tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    if (root / link).exists():
        (root / link).rename(tmp_path / "before")
    (root / link).symlink_to(outside)
    done = new(root, LIMIT, "--asks", DIGEST, *WHY)
    assert (done.exit_code, f"{link} is a symbolic link" in done.stderr, [*outside.rglob("*")]) == (1, True, [])
