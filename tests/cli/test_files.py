from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.broken.cases import BASE

from seatwise.cli.main import cli


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(BASE, tmp_path / "repository")
    return tmp_path / "repository"


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(root), *arguments])


def break_it(root: Path) -> None:
    path = root / "owners/design.yaml"
    path.write_text(path.read_text().replace("deputy: it", "deputy: iit  "))


def test_a_good_repository_is_one_line(root: Path) -> None:
    done = run(root, "validate")
    assert (done.exit_code, done.output) == (0, "ok: 2 licenses, 1 contract, 1 bundle, 2 owners, 1 account\n")
    assert CliRunner().invoke(cli, ["-q", "-C", str(root), "validate"]).output == ""


def test_a_repository_that_is_new_has_no_files_yet(tmp_path: Path) -> None:
    (tmp_path / "seatwise.yaml").write_text("format: 1\n")
    assert run(tmp_path, "validate").output == "ok: no files yet\n"


def test_a_finding_is_where_what_and_how_to_mend_it(root: Path) -> None:
    break_it(root)
    done = run(root, "validate")
    assert done.exit_code == 1
    assert done.output == "owners/design.yaml:5: unknown owner 'iit'\n  fix: did you mean it?\n1 error\n"


@pytest.mark.parametrize("how", [("--format", "json"), ("--json",)])
def test_findings_as_json(root: Path, how: tuple[str, ...]) -> None:
    break_it(root)
    (finding,) = json.loads(run(root, "validate", *how).output)["findings"]
    assert (finding["path"], finding["line"], finding["rule"]) == ("owners/design.yaml", 5, "unknown-reference")


def test_findings_beside_the_lines_of_a_pull_request(root: Path) -> None:
    break_it(root)
    done = run(root, "validate", "--format", "github")
    expected = (
        "::error file=owners/design.yaml,line=5,title=unknown-reference::unknown owner 'iit'%0Afix: did you mean it?\n"
    )
    assert done.output == expected


def test_findings_as_sarif(root: Path) -> None:
    break_it(root)
    log = json.loads(run(root, "validate", "--format", "sarif").output)
    (result,) = log["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 5}


def test_hooks_name_files(root: Path) -> None:
    break_it(root)
    assert run(root, "validate", str(root / "owners/it.yaml")).exit_code == 0
    assert run(root, "validate", str(root / "owners/design.yaml")).exit_code == 1


def test_a_folder_of_something_else_is_told(tmp_path: Path) -> None:
    done = run(tmp_path, "validate")
    assert done.exit_code == 1
    assert "has no seatwise.yaml" in done.stderr
    assert "seatwise init" in done.stderr


def test_check_writes_nothing_and_fmt_tidies(root: Path) -> None:
    break_it(root)
    untidy = (root / "owners/design.yaml").read_text()
    checked = run(root, "fmt", "--check")
    assert (checked.exit_code, checked.output) == (1, "owners/design.yaml: not tidy\n  fix: seatwise fmt\n")
    assert (root / "owners/design.yaml").read_text() == untidy
    assert run(root, "fmt").output == "owners/design.yaml: tidied\n"
    done = run(root, "fmt", "--check")
    assert (done.exit_code, done.output) == (0, "ok: 12 files\n")


def test_fmt_tells_what_is_no_yaml(root: Path) -> None:
    (root / "owners/it.yaml").write_text("owner: [it\n")
    assert run(root, "fmt").exit_code == 1
    assert json.loads(run(root, "fmt", "--json").output)["findings"][0]["rule"] == "yaml-syntax"


def test_a_schema_is_whole() -> None:
    printed = json.loads(CliRunner().invoke(cli, ["schema", "license"]).output)
    assert "values.json" not in json.dumps(printed)
    assert "assignment" in printed["$defs"]


def test_without_a_kind_the_kinds_are_listed() -> None:
    assert "license\n" in CliRunner().invoke(cli, ["schema"]).output


def test_an_unknown_kind_is_told_with_the_nearest() -> None:
    done = CliRunner().invoke(cli, ["schema", "licence"])
    assert done.exit_code == 64
    assert "fix: license" in done.stderr


def test_schemas_are_written_for_an_editor(tmp_path: Path) -> None:
    assert CliRunner().invoke(cli, ["schema", "--write", str(tmp_path / "a/b")]).exit_code == 0
    assert (tmp_path / "a/b/license.json").exists()
    assert (tmp_path / "a/b/values.json").exists()
    (tmp_path / "file").write_text("")
    done = CliRunner().invoke(cli, ["schema", "--write", str(tmp_path / "file")])
    assert done.exit_code == 1
    assert "can't be written" in done.stderr


def test_fmt_writes_nothing_through_a_symbolic_link(root: Path, tmp_path: Path) -> None:
    break_it(root)
    (root / "owners").rename(tmp_path / "outside")
    (root / "owners").symlink_to(tmp_path / "outside")
    before = (tmp_path / "outside/design.yaml").read_text()
    run(root, "fmt")
    assert (tmp_path / "outside/design.yaml").read_text() == before != before.replace("iit  ", "iit")
