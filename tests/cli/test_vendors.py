"""`seatwise vendor new | test`: the package is begun whole or not at all; tests/test_packing.py installs and runs it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from seatwise.cli.main import cli


def vendor(root: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(root), "vendor", *words])


def test_a_package_is_begun_under_its_name(tmp_path: Path) -> None:
    done = vendor(tmp_path, "new", "acme-chat")
    assert done.exit_code == 0, done.output
    files = {path.relative_to(tmp_path).as_posix(): path.read_text("utf-8") for path in tmp_path.rglob("*.*")}
    module = "seatwise-acme-chat/src/seatwise_acme_chat"
    assert set(files) == {
        "seatwise-acme-chat/pyproject.toml", "seatwise-acme-chat/README.md", "seatwise-acme-chat/tests/test_contract.py",
        f"{module}/__init__.py", f"{module}/emulator.py", f"{module}/subject.py",
    }  # fmt: skip
    assert 'acme-chat = "seatwise_acme_chat:AcmeChat"' in files["seatwise-acme-chat/pyproject.toml"]
    assert "env:ACME_CHAT_TOKEN" in files["seatwise-acme-chat/README.md"]
    assert [path for path, text in files.items() if "newvendor" in text.casefold() or "template" in text] == []
    assert all(ast.parse(text) for path, text in files.items() if path.endswith(".py"))


def test_a_folder_may_be_named(tmp_path: Path) -> None:
    assert "  pip install -e 'here[test]'" in vendor(tmp_path, "new", "chat", "here").output
    assert (tmp_path / "here" / "pyproject.toml").exists()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Acme Chat", "'Acme Chat' is no name of a vendor"),
        ("../up", "'../up' is no name of a vendor"),
        ("github", "there is a vendor github already"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_nothing_is_written(tmp_path: Path, name: str, says: str) -> None:
    done = vendor(tmp_path, "new", name)
    assert (done.exit_code, says in done.stderr, [*tmp_path.iterdir()]) == (64, True, [])


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "mine").write_text("mine")
    done = vendor(tmp_path, "new", "chat", "here")
    assert (done.exit_code, "here is not empty; nothing was written" in done.stderr) == (1, True)
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("github", "fix: pytest tests/contract -k github"),
        ("chat", "fix: an entry point chat in the group seatwise.subjects"),
    ],
)
def test_what_no_package_brings_a_subject_for_cannot_be_tested(tmp_path: Path, name: str, fix: str) -> None:
    done = vendor(tmp_path, "test", name)
    assert (done.exit_code, fix in done.stderr) == (64, True)
