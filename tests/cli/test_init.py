"""`seatwise init`: a repository that validates, from nothing or from an export, and never over somebody's files."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from seatwise.cli.main import cli
from seatwise.core.model import Tree
from seatwise.edges.tree import tree
from seatwise.views.draft import scalar

EXPORT = "Email,Licenses\n" + "".join(f"d{n}@acme.example,Figma: Full\n" for n in range(6))
PEOPLE = (
    "Mail,Status,Department\n"
    + "".join(f"d{n}@acme.example,Active,Design\n" for n in range(7))
    + "".join(f"s{n}@acme.example,Active,Sales\n" for n in range(9))
)


def init(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["init", *map(str, arguments)])


def loaded(root: Path) -> Tree:
    """The tree of a folder, which must be without findings."""
    paths = [path for path in root.rglob("*") if path.is_file() and path.suffix in (".yaml", ".yml")]
    read, findings = tree({str(path.relative_to(root)): path.read_bytes() for path in paths})
    assert findings == ()
    return read


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "Figma members.csv"
    path.write_text(EXPORT)
    return path


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "hr.csv"
    path.write_text(PEOPLE)
    return path


def test_a_new_repository_validates(tmp_path: Path) -> None:
    result = init(tmp_path / "new")
    assert result.exit_code == 0, result.output
    assert list(loaded(tmp_path / "new").licenses) == ["chat-pro"]
    assert "seatwise validate" in result.output


def test_what_it_says_to_type_works_as_it_stands(tmp_path: Path) -> None:
    said = CliRunner().invoke(cli, ["-C", str(tmp_path), "init", "our seats"]).output
    assert "  cd 'our seats' && git init -b main && git add ." in said
    assert CliRunner().invoke(cli, ["-C", str(tmp_path), "init"]).output == (
        "13 files in this folder. Next:\n"
        "  git init -b main && git add . && git commit -m 'Our licences'\n"
        "  seatwise validate && seatwise plan\n"
    )


def test_nothing_is_overwritten_and_nothing_written_beside_it(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    result = init(tmp_path)
    assert (result.exit_code, [path.name for path in tmp_path.iterdir()]) == (1, ["README.md"])
    assert "README.md would be overwritten; nothing was written" in result.stderr


def test_an_export_becomes_licenses_that_ask_for_what_is_held(tmp_path: Path, export: Path) -> None:
    result = init(tmp_path / "new", "--from", export, "--owner", "d0@acme.example")
    assert result.exit_code == 0, result.output
    read = loaded(tmp_path / "new")
    (license,) = read.licenses.values()
    assert (license.sku, license.account, license.mode) == ("Figma: Full", "figma-members", "manage")
    assert [sorted(ask.people) for ask in license.assignments or ()] == [[f"d{n}@acme.example" for n in range(6)]]
    assert (tmp_path / "new/exports/figma-members.csv").read_text() == EXPORT


def test_a_rule_that_would_give_seats_is_a_comment_until_it_is_asked_for(
    tmp_path: Path, export: Path, people: Path
) -> None:
    given = ("--from", export, "--people", people, "--owner", "d0@acme.example", "--account", "figma")
    said = init(tmp_path / "a", *given).output
    assert "maybe department design explains 6 and gives 1 more" in said
    assert "#     where: {department: [design]}" in (tmp_path / "a/licenses/figma/figma-full.yaml").read_text()
    assert init(tmp_path / "b", *given, "--rules").exit_code == 0
    (ask,) = loaded(tmp_path / "b").licenses["figma-full"].assignments or ()
    assert (str(ask.where), ask.max) == ("department design", 8)


def test_people_who_left_or_are_unknown_are_said_and_not_asked(tmp_path: Path, export: Path) -> None:
    (tmp_path / "hr.csv").write_text("Mail,Status\nd0@acme.example,Active\nd1@acme.example,Terminated\n")
    result = init(tmp_path / "new", "--from", export, "--people", tmp_path / "hr.csv", "--owner", "d0@acme.example")
    assert "1 have left: d1@acme.example" in result.output
    assert "4 are not among the people: d2@acme.example, d3@acme.example, d4@acme.example and 1 more" in result.output
    (ask,) = loaded(tmp_path / "new").licenses["figma-full"].assignments or ()
    assert list(ask.people) == ["d0@acme.example"]


def test_products_joined_in_a_cell_are_written_one_seat_a_row(tmp_path: Path) -> None:
    (tmp_path / "m365.csv").write_text("UPN;Licenses\nann@acme.example;E3+Visio\n")
    assert init(tmp_path / "new", "--from", tmp_path / "m365.csv", "--owner", "ann@acme.example").exit_code == 0
    assert (
        tmp_path / "new/exports/m365.csv"
    ).read_text() == "License,Email\nE3,ann@acme.example\nVisio,ann@acme.example\n"
    assert sorted(loaded(tmp_path / "new").licenses) == ["e3", "visio"]


def test_an_export_without_a_license_column_is_one_product(tmp_path: Path) -> None:
    (tmp_path / "Miro.csv").write_text("Email,Name\nann@acme.example,Ann\n")
    init(tmp_path / "new", "--from", tmp_path / "Miro.csv", "--owner", "ann@acme.example")
    read = loaded(tmp_path / "new")
    assert (read.licenses["miro"].sku, read.settings.accounts["miro"].config["sku"]) == ("miro", "miro")


def test_all_faults_of_an_export_come_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("Email,License\nann,Pro\nbo@acme.example,\n")
    result = init(tmp_path / "new", "--from", tmp_path / "bad.csv", "--owner", "ann@acme.example")
    assert (result.exit_code, (tmp_path / "new").exists()) == (1, False)
    assert "bad.csv:2: column 'Email'" in result.stderr
    assert "bad.csv:3: column 'License' is empty" in result.stderr


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'Email,License\n"ann', b"Email,Email\n", b"Email\na,b\n"])
def test_no_export_whatsoever_ends_in_a_traceback(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.csv").write_bytes(content)
    result = init(tmp_path / "new", "--from", tmp_path / "bad.csv", "--owner", "ann@acme.example")
    assert (result.exit_code, (tmp_path / "new").exists()) == (1, False)


@pytest.mark.parametrize("arguments", [["--rules"], ["--from", "EXPORT"]])
def test_options_that_need_each_other_say_so(export: Path, arguments: list[str]) -> None:
    result = init(*[export if word == "EXPORT" else word for word in arguments])
    assert (result.exit_code, "--from" in result.stderr) == (64, True)


@given(st.text(min_size=1))
def test_a_value_written_as_yaml_means_itself(text: str) -> None:
    import yaml

    assert yaml.safe_load(f"key: {scalar(text)}\nlist: [{scalar(text)}]") == {"key": text, "list": [text]}


def committed(root: Path) -> None:
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "Our licences"]):
        subprocess.run(["git", *command], cwd=root, check=True)


def test_the_first_plan_of_an_import_adopts_and_changes_nothing(tmp_path: Path, export: Path, people: Path) -> None:
    init(tmp_path / "new", "--from", export, "--people", people, "--owner", "d0@acme.example")
    committed(tmp_path / "new")
    result = CliRunner().invoke(cli, ["-C", str(tmp_path / "new"), "--json", "plan"])
    plan = json.loads(result.stdout)
    assert (result.exit_code, plan["steps"], plan["held"]) == (0, [], [])
    assert [settled["how"] for settled in plan["settled"]] == ["adopt"] * 6


def test_one_owner_is_told_to_find_a_second_and_two_are_not(tmp_path: Path, export: Path) -> None:
    init(tmp_path / "one", "--from", export, "--owner", "d0@acme.example")
    init(tmp_path / "two", "--from", export, "--owner", "d0@acme.example", "--owner", "d1@acme.example")
    assert loaded(tmp_path / "one").policies["owner-required"].level == "warn"
    assert "owner-required" not in loaded(tmp_path / "two").policies


def test_nothing_is_written_through_a_symbolic_link(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "new"
    outside.mkdir()
    root.mkdir()
    (root / "licenses").symlink_to(outside)
    done = init(root)
    assert (done.exit_code, "licenses is a symbolic link" in done.stderr) == (1, True)
    assert ([*outside.iterdir()], [*root.iterdir()]) == ([], [root / "licenses"])


# the exports of known consoles

SAMPLES = Path(__file__).parents[1] / "samples"
HR = "Mail,Status,GitHub\nann@acme.example,Active,Ann-A\nbo@acme.example,Active,bo-okafor\ncy@acme.example,Active,\n"


def planned(root: Path) -> dict[str, list[str]]:
    """Its first plan, which must change nothing: license → whose seats are adopted."""
    committed(root)
    plan = json.loads(CliRunner().invoke(cli, ["-C", str(root), "--json", "plan"]).stdout)
    assert (plan["steps"], plan["held"], {one["how"] for one in plan["settled"]}) == ([], [], {"adopt"})
    found: dict[str, list[str]] = {}
    for one in plan["settled"]:
        found.setdefault(one["license"], []).append(one["who"])
    return found


@pytest.mark.parametrize("console", ["microsoft365", "google", "slack", "zoom", "atlassian", "atlassian-site", "adobe"])
def test_a_consoles_export_is_read_as_it_is_and_the_first_plan_adopts(console: str, tmp_path: Path) -> None:
    export, root = SAMPLES / f"{console}.csv", tmp_path / "new"
    done = init(root, "--from", export, "--owner", "ann@acme.example")
    assert done.exit_code == 0, done.stderr
    account = loaded(root).settings.accounts[console]
    assert (account.config["from"], account.config["format"]) == (f"exports/{console}.csv", console)
    assert (root / f"exports/{console}.csv").read_bytes() == export.read_bytes()
    assert {who for of in planned(root).values() for who in of} == {"ann@acme.example", "bo@acme.example"}


def test_githubs_report_names_people_by_login_so_hr_says_who_they_are(tmp_path: Path) -> None:
    (tmp_path / "hr.csv").write_text(HR)
    given = ("--from", SAMPLES / "github.csv", "--owner", "ann@acme.example", "--account", "octo")
    assert init(tmp_path / "new", *given, "--people", tmp_path / "hr.csv").exit_code == 0
    (source,) = loaded(tmp_path / "new").settings.sources
    assert source.logins == {"octo": "GitHub"}
    assert planned(tmp_path / "new") == {"github-copilot": ["ann@acme.example", "bo@acme.example"]}


def test_githubs_report_without_people_or_their_logins_says_what_is_needed(tmp_path: Path) -> None:
    (tmp_path / "hr.csv").write_text("Mail,Status\nann@acme.example,Active\n")
    given = ("--from", SAMPLES / "github.csv", "--owner", "ann@acme.example")
    assert "fix: --people FILE, everybody from HR with a column GitHub" in init(tmp_path / "a", *given).stderr
    done = init(tmp_path / "b", *given, "--people", tmp_path / "hr.csv")
    assert "hr.csv:1: no column has the logins by which the export names people" in done.stderr
    assert "fix: add a column GitHub; there are Mail, Status" in done.stderr
    assert not (tmp_path / "a").exists() and not (tmp_path / "b").exists()


def test_a_heading_that_nobody_knows_is_answered_with_what_is_there_and_what_is_needed(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("Seat;Holder\n1;Ann\n")
    done = init(tmp_path / "new", "--from", tmp_path / "other.csv", "--owner", "ann@acme.example")
    assert "other.csv:1: no column has mail addresses" in done.stderr
    assert "fix: name it Email; there are Seat, Holder" in done.stderr
    done = init(tmp_path / "new", "--from", tmp_path / "other.csv", "--owner", "ann@acme.example", "--format", "zoom")
    assert (
        "other.csv:1: is no export of zoom: it lacks Email, Last Login(UTC), User Type or License Type" in done.stderr
    )
    assert not (tmp_path / "new").exists()
