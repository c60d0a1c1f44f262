"""`seatwise seat`: one seat or many, as edits on a branch; the work tree and the vendors stay as they were."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.broken_imports.cases import BASE

from seatwise.cli.main import cli


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(BASE, tmp_path / "work")
    for words in ("init -q -b main", "add -A", "commit -q -m all"):
        git(tmp_path / "work", *words.split())
    return tmp_path / "work"


def git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True).stdout


def seat(root: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(root), "seat", *words])


def lines(root: Path, branch: str) -> list[str]:
    """Lines that the branch takes out of the files of main, and puts into them."""
    diff = git(root, "diff", "-U0", "main", branch).splitlines()
    return [line for line in diff if line[0] in "+-" and line[:3] not in ("+++", "---")]


def rows(root: Path, text: str) -> str:
    path = root.parent / "rows.csv"
    path.write_text(text)
    return str(path)


def test_a_seat_is_given_on_a_branch_and_nowhere_else(root: Path) -> None:
    done = seat(root, "give", "Eva.Old@x.example", "figma-full", "--through", "31.12.2099", "--reason", "lent")
    assert done.exit_code == 0, done.stderr
    branch = "seat-give-figma-full-eva-old"
    assert lines(root, branch) == [
        "+  named:", "+    reason: lent", "+    people:", "+      - eva@x.example: {through: 2099-12-31}",
    ]  # fmt: skip
    assert f"next: seatwise plan {branch}, then push it and open a pull request" in done.stdout
    assert git(root, "status", "--porcelain") == ""
    assert not (root / ".seatwise").exists()


def test_rows_of_one_ticket_stand_together_and_the_title_names_it(root: Path) -> None:
    seat(root, "give", "eva@x.example", "figma-full", "--ticket", "T-1", "--reason", "lent", "--branch", "more")
    assert lines(root, "more") == ["+      - eva@x.example: {note: lent}"]
    assert git(root, "log", "-1", "--format=%s", "more") == "T-1 Give figma-full to eva@x.example\n"


def test_a_branch_that_is_named_again_is_added_to_and_the_default_one_never(root: Path) -> None:
    for who in ("eva", "ann"):
        assert seat(root, "give", f"{who}@x.example", "figma-view", "--branch", "more").exit_code == 0
    assert [line for line in lines(root, "more") if "@" in line] == ["+      - ann@x.example", "+      - eva@x.example"]
    done = seat(root, "give", "eva@x.example", "figma-view", "--branch", "main")
    assert (done.exit_code, done.stderr.split(":")[0]) == (64, "main is the default branch")


NO_BRANCH = [
    "-f", "--upload-pack=x", "HEAD", "../../x", "a b", "x.lock", "x" * 5000, "@{-1}", "a\u202eb", "main", "Main", "seatwise",
    "seatwise/journal", "seatwise/journal/v", "Seatwise/Journal/v", "seatwise/control", "seatwise/bodies/x",
]  # fmt: skip


@pytest.mark.parametrize("command", [
    ("seat", "give", "eva@x.example", "figma-view"), ("seat", "move", "--from", "figma-full", "--to", "figma-view"),
    ("rollback", "HEAD"), ("snapshot", "restore", "abcd"),
])  # fmt: skip
@pytest.mark.parametrize("name", NO_BRANCH, ids=lambda name: name[:20])
def test_what_can_be_no_branch_of_ones_own_is_refused_before_anything_is_written(
    root: Path, command: tuple[str, ...], name: str
) -> None:
    git(root, "checkout", "-q", "-b", "other")
    git(root, "checkout", "-q", "main")
    before = git(root, "for-each-ref")
    done = CliRunner().invoke(cli, ["-C", str(root), *command, f"--branch={name}"])
    what, fix, *more = done.stderr.splitlines()
    assert (done.exit_code, "branch" in what, "branch" in fix or "NAME" in fix, len(what) < 120, more) == (
        64,
        True,
        True,
        True,
        [],
    )
    assert git(root, "for-each-ref") == before


def test_nobody_is_moved_to_where_they_are(root: Path) -> None:
    before = git(root, "for-each-ref")
    done = seat(root, "move", "--from", "figma-full", "--to", "figma-full")
    assert (done.exit_code, done.stderr.splitlines()[0]) == (
        64,
        "--from and --to are both figma-full: nobody would be moved",
    )
    assert git(root, "for-each-ref") == before


def test_a_seat_is_taken_and_kept_away_where_a_rule_gives_it(root: Path) -> None:
    assert seat(root, "take", "ann@x.example", "figma-full", "--branch", "one").exit_code == 0
    assert lines(root, "one") == ["-      - ann@x.example"]
    refused = seat(root, "take", "carl@x.example", "figma-full")
    assert refused.exit_code == 1
    assert "seatwise seat take carl@x.example figma-full --never, with a reason" in refused.stderr
    seat(root, "take", "carl@x.example", "figma-full", "--never", "--reason", "NDA", "--branch", "two")
    assert lines(root, "two") == ["+  - carl@x.example: {reason: NDA}"]
    assert seat(root, "take", "ann@x.example", "figma-full", "--reason", "x").exit_code == 64


def test_a_row_is_extended_where_it_stands(root: Path) -> None:
    assert seat(root, "extend", "bo@x.example", "figma-full", "--through", "2100-01-31", "--branch", "b").exit_code == 0
    assert lines(root, "b") == [
        "-      - bo@x.example: {through: 2099-06-30}", "+      - bo@x.example: {through: 2100-01-31}",
    ]  # fmt: skip


def test_devices_are_given_and_extended_like_people(root: Path) -> None:
    assert seat(root, "give", "BER-ROOM-02", "rooms", "--assignment", "all", "--branch", "b").exit_code == 0
    assert seat(root, "extend", "ber-room-01", "rooms", "--through", "2099-01-01", "--branch", "b").exit_code == 0
    assert lines(root, "b") == [
        "-      - BER-ROOM-01", "+      - BER-ROOM-01: {through: 2099-01-01}", "+      - BER-ROOM-02",
    ]  # fmt: skip


def test_everybody_named_is_moved_with_their_last_day_or_only_those_who_match(root: Path) -> None:
    done = seat(root, "move", "--from", "figma-full", "--to", "figma-view", "--branch", "b")
    assert done.exit_code == 0, done.stderr
    assert [line for line in lines(root, "b") if "@" in line] == [
        "-      - ann@x.example", "-      - bo@x.example: {through: 2099-06-30}",
        "+      - ann@x.example", "+      - bo@x.example: {through: 2099-06-30}",
    ]  # fmt: skip
    none = seat(root, "move", "--from", "figma-full", "--to", "figma-view", "--where", "department=Sales")
    assert (none.exit_code, none.stderr.splitlines()[0]) == (1, "figma-full names nobody whom that matches")
    odd = seat(root, "move", "--from", "figma-full", "--to", "figma-view", "--where", "departmnt=Sales")
    assert (odd.exit_code, odd.stderr.splitlines()[1]) == (64, "  fix: department")


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("person,action,license\nann@x.example,take,figma-full\nann@x.example,give,figma-view\n", ()),
        ("Mail;Give;Take;Town\n004100;Figma View;Figma Full;Ulm\n", ()),
        ("\ufeffWer\tWas\tLizenz\nann@x.example\tE\tF\nann@x.example\tZ\tview\n",
         ("--map", "person=Wer", "--map", "action=was", "--map", "license=Lizenz", "--code", "Z=give", "--code", "E=take",
          "--code", "F=figma-full")),
    ],
    ids=["one action a row", "a column for each action", "words of one's own"],
)  # fmt: skip
def test_every_form_of_a_file_asks_the_same(root: Path, text: str, options: tuple[str, ...]) -> None:
    done = seat(root, "import", rows(root, text), "--branch", "b", *options)
    assert done.exit_code == 0, done.stderr
    assert [line for line in lines(root, "b") if "@" in line] == ["-      - ann@x.example", "+      - ann@x.example"]
    assert ("Columns not read: Town" in done.stdout) == ("Town" in text)


def test_check_writes_nothing_and_json_says_all(root: Path) -> None:
    path = rows(root, "person,action,license\nann@x.example,take,figma-full\n")
    before = git(root, "for-each-ref")
    done = seat(root, "import", path, "--check", "--json")
    said = json.loads(done.stdout)
    assert (said["branch"], said["rows"], said["seats"][0]["takes"]) == ("", 1, ["ann@x.example"])
    assert git(root, "for-each-ref") == before
    assert "Nothing was written" in seat(root, "import", path, "--check").stdout


def test_a_branch_of_that_name_is_not_overwritten(root: Path) -> None:
    path = rows(root, "person,action,license\nann@x.example,take,figma-full\n")
    assert seat(root, "import", path).exit_code == 0
    again = seat(root, "import", path)
    assert (again.exit_code, "branch seats-rows exists already" in again.stderr) == (1, True)


def test_more_rows_than_anybody_reviews_are_refused(root: Path) -> None:
    done = seat(root, "import", rows(root, "person,action,license\n" + "ann@x.example,take,figma-full\n" * 50_001))
    assert (done.exit_code, done.stderr.splitlines()[1]) == (
        1,
        "rows.csv:50002: has 50,001 rows, at most 50,000 are read",
    )


@pytest.mark.parametrize(
    ("words", "what", "fix"),
    [
        (("give", "", "figma-view"), "person is empty", "say which person"),
        (("take", "ann@x.example", ""), "license is empty", "say which license"),
        (
            ("extend", "ann@x.example", "figma-full", "--through", ""),
            "through is empty: extended",
            "write the last day",
        ),
    ],
)
def test_an_empty_word_is_named(root: Path, words: tuple[str, ...], what: str, fix: str) -> None:
    done = seat(root, *words)
    said = done.stderr.splitlines()
    assert (done.exit_code, said[0].startswith(what), said[1].startswith(f"  fix: {fix}")) == (1, True, True), said
    assert "row" not in done.stderr


def test_who_no_row_names_is_told_what_is_true_of_a_command(root: Path) -> None:
    for words, fix in (
        (("take",), "a seat held all the same is unlisted, and left alone: seatwise explain eva@x.example"),
        (("extend", "--through", "2099-01-01"), "seatwise seat give eva@x.example figma-view --through 2099-01-01"),
    ):
        done = seat(root, words[0], "eva@x.example", "figma-view", *words[1:])
        assert done.stderr.splitlines() == [
            "no row of figma-view names eva@x.example, nor does a rule or a bundle",
            f"  fix: {fix}",
        ]


@pytest.mark.parametrize("reason", ["", "  ", "\x1b[31mx"])
@pytest.mark.parametrize("words", [("halt", "--account", "v"), ("resume", "x"), ("unlock", "v")])
def test_what_is_said_to_runs_has_a_reason_that_can_be_read(root: Path, words: tuple[str, ...], reason: str) -> None:
    done = CliRunner().invoke(cli, ["-C", str(root), "run", *words, "--reason", reason])
    assert (done.exit_code, "reason" in done.stderr.splitlines()[0], "\x1b" in done.stderr) == (64, True, False)
    assert "seatwise/control" not in git(root, "for-each-ref")
