"""The house keeps its own rules: what is declared is used, locks name no host, effects stay at the edge."""

from __future__ import annotations

import ast
import os
import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

TOP = Path(__file__).parent.parent
TOOL = TOP / "tool" / "seatwise"
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
IMPORTED_AS = {"gitpython": "git", "jsonschema-rs": "jsonschema_rs", "pyyaml": "yaml"}
EXTRAS = [*PROJECT["optional-dependencies"]["keys"], *PROJECT["optional-dependencies"]["contract"]]
"""What the program imports where it is there, and says how to install where it isn't."""
NOT_IMPORTED = {"tzdata"}
"""zoneinfo reads it where the system has no time zones."""
CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.monotonic",
}
WATCH = TOOL / "edges" / "clock.py"
CORE_MAY_IMPORT = {"seatwise", "deepdiff", "rfc8785", "msgspec", *sys.stdlib_module_names}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "misc", "manager", "context"}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (TOOL / folder).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """The first part of each imported name, wherever in the file the import is."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def calls(path: Path, functions: set[str]) -> Iterator[str]:
    """Where these functions are called, by the last two parts of their names."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and ".".join(ast.unparse(node.func).split(".")[-2:]) in functions:
            yield f"{path.relative_to(TOP)}:{node.lineno} {ast.unparse(node.func)}"


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=!~ \[;]", requirement, maxsplit=1)[0].lower() for requirement in requirements}


def pinned(lock: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9][a-z0-9.-]*)==\S+", (TOP / "requirements" / lock).read_text(), re.MULTILINE))


def test_every_declared_library_is_imported_and_every_imported_one_declared() -> None:
    used = {name for path in files(".") for name in imports(path)} - set(sys.stdlib_module_names) - {"seatwise"}
    declared = {IMPORTED_AS.get(name, name) for name in names([*PROJECT["dependencies"], *EXTRAS]) - NOT_IMPORTED}
    assert (declared - used, used - declared) == (set(), set())


def test_the_page_on_the_house_says_what_each_library_is_for() -> None:
    page = (TOP / "docs" / "architecture.md").read_text(encoding="utf-8").partition("## Libraries")[2]
    assert set(re.findall(r"^\| ([a-z0-9.-]+) \|", page, re.MULTILINE)) - {"library"} == names(PROJECT["dependencies"])


@pytest.mark.parametrize(
    ("lock", "extra"), [("run.txt", ""), ("dev.txt", "dev"), ("bench.txt", "bench"), ("contract.txt", "contract")]
)
def test_every_declared_library_is_pinned_with_hashes(lock: str, extra: str) -> None:
    declared = PROJECT["dependencies"] + (PROJECT["optional-dependencies"][extra] if extra else [])
    text = (TOP / "requirements" / lock).read_text()
    assert {name.replace(".", "-") for name in names(declared)} - pinned(lock) == set()
    assert len(re.findall(r"^\S+==", text, re.MULTILINE)) == len(
        re.findall(r"==.*\\\n +--hash=sha256:[0-9a-f]{64}", text)
    )


@pytest.mark.parametrize("lock", ["run.txt", "dev.txt", "bench.txt", "build.txt"])
def test_no_lock_names_a_host(lock: str) -> None:
    lines = (TOP / "requirements" / lock).read_text().splitlines()
    assert [line for line in lines if re.search(r"://|index-url|find-links|trusted-host|@", line)] == []


def test_locks_agree_on_versions() -> None:
    found: dict[str, set[str]] = {}
    for lock in ("run.txt", "dev.txt", "bench.txt", "build.txt"):
        for name, version in re.findall(
            r"^([a-z0-9.-]+)==(\S+)", (TOP / "requirements" / lock).read_text(), re.MULTILINE
        ):
            found.setdefault(name, set()).add(version)
    assert {name: versions for name, versions in found.items() if len(versions) > 1} == {}


def test_the_time_is_asked_in_one_place() -> None:
    assert [call for path in files(".") if path != WATCH for call in calls(path, CLOCKS)] == []


def test_only_edges_wait() -> None:
    """And the server of the emulators, which is slow when it is told to be."""
    server = TOOL / "vendor_contract" / "server.py"
    inside = [path for path in files(".") if not path.is_relative_to(TOOL / "edges") and path != server]
    assert [call for path in inside for call in calls(path, {"time.sleep"})] == []


def test_csv_is_read_in_one_place() -> None:
    inside = [path for path in files(".") if path != TOOL / "edges" / "sheet.py"]
    assert [call for path in inside for call in calls(path, {"csv.reader", "csv.DictReader"})] == []


def test_core_imports_what_it_may() -> None:
    assert {name for path in files("core") for name in imports(path)} - CORE_MAY_IMPORT == set()


def test_core_policies_and_views_neither_print_nor_open_files() -> None:
    effects = [
        f"{path.relative_to(TOP)}:{node.lineno}"
        for path in files("core", "policies", "views")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "open", "input")
    ]
    assert effects == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [path.name for path in files(".") if path.stem in FORBIDDEN_NAMES] == []


def test_every_module_says_what_goes_in_and_out() -> None:
    written = [path for path in files(".") if path.read_text()]
    assert [str(path.relative_to(TOP)) for path in written if not ast.get_docstring(parsed(path))] == []


def test_the_layers_hold() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-cache"], cwd=TOP, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_action_is_pinned_by_its_commit() -> None:
    """But our own, which the checkout beside it brings."""
    workflows = [TOP / "action.yml", *sorted((TOP / ".github" / "workflows").glob("*.yml"))]
    used = [line for path in workflows for line in re.findall(r"\buses: (.*)", path.read_text())]
    foreign = [line for line in used if not line.startswith("./ ")]
    assert [line for line in foreign if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[0-9.]+", line)] == []


def test_hooks_for_other_repositories_run_commands_that_exist() -> None:
    from seatwise.cli.main import COMMANDS

    hooks = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text())
    assert {hook["id"] for hook in hooks} == {"seatwise-fmt", "seatwise-validate"}
    assert all(hook["entry"].split()[1] in COMMANDS for hook in hooks)


def test_a_test_reaches_loopback_and_nothing_else() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()[:2]):
        pass
    with socket.socket() as outward, pytest.raises(RuntimeError, match="may not reach"):
        outward.connect(("192.0.2.1", 80))
    with pytest.raises(RuntimeError, match="may not look up"):
        socket.getaddrinfo("acme.example", 443)


def test_a_test_has_an_empty_home_and_gits_own_defaults() -> None:
    assert list(Path.home().iterdir()) == []
    name = subprocess.run(["git", "config", "--get", "user.name"], cwd="/", capture_output=True, text=True, check=False)
    assert (name.stdout, os.environ["GIT_AUTHOR_NAME"]) == ("", "Ada Lindqvist")


def test_the_license_is_whole() -> None:
    text = (TOP / "LICENSE").read_text()
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert PROJECT["license"] == "Apache-2.0"
