"""What is built and installed: sdist and wheel hold the sample, and the program needs neither a clone nor the network."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path, PurePosixPath

import pytest
import yaml

from seatwise.flows.demo import stage_set

TOP = Path(__file__).parent.parent
UV = Path(sys.executable).parent / "uv"
BUILD = ("build", "--offline", "--no-cache", "--no-build-isolation", "--no-progress", "--python", sys.executable)


def run(*words: str | Path, cwd: Path, code: int = 0) -> str:
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == code, f"{words}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def tracked(*paths: str) -> list[str]:
    """The files of the repository, as git has them or would add them."""
    files = run("git", "ls-files", "-co", "--exclude-standard", "-z", *paths, cwd=TOP).split("\0")
    return [file for file in files if (TOP / file).is_file()]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was made from that sdist, of a copy of what is in git."""
    copy, out = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("built")
    for file in tracked():
        (copy / file).parent.mkdir(parents=True, exist_ok=True)
        (copy / file).write_bytes((TOP / file).read_bytes())
    run(UV, *BUILD, "--out-dir", out, copy, cwd=copy)
    return out


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    return next(built.glob("*.whl"))


@pytest.fixture(scope="module")
def sdist(built: Path) -> Path:
    return next(built.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`seatwise` from the wheel in an environment of its own; its libraries are those of the tests."""
    home = tmp_path_factory.mktemp("venv")
    venv.create(home, symlinks=True)
    run(UV, "pip", "install", "--offline", "--no-cache", "--no-deps", "--python", home / "bin/python", wheel, cwd=home)
    libraries = next(home.glob("lib/python*/site-packages")) / "libraries.pth"
    libraries.write_text("\n".join(path for path in sys.path if path.endswith("site-packages")), encoding="utf-8")
    return home / "bin" / "seatwise"


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as packed:
        name = next(name for name in packed.namelist() if name.endswith("/METADATA"))
        return Parser().parsestr(packed.read(name).decode())


def test_the_wheel_holds_the_sample_as_git_has_it_and_nothing_else_beside_the_program(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        held = {PurePosixPath(name): packed.read(name) for name in packed.namelist() if ".dist-info/" not in name}
    program = {PurePosixPath(file).relative_to("tool"): (TOP / file).read_bytes() for file in tracked("tool/seatwise")}
    sample = {PurePosixPath("seatwise/sample", file): (TOP / file).read_bytes() for file in tracked(*stage_set.SAMPLE)}
    assert sorted(held) == sorted([*program, *sample])
    assert held == program | sample


def test_the_sdist_holds_what_the_wheel_is_made_from_and_no_tests(sdist: Path) -> None:
    with tarfile.open(sdist) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    needed = {*tracked("tool/seatwise", *stage_set.SAMPLE), "setup.py", "pyproject.toml", "README.md", "LICENSE"}
    assert needed - names == set()
    assert [name for name in names if name.startswith(("tests", ".venv", ".seatwise"))] == []


def test_what_an_index_shows_is_true_and_names_no_host(wheel: Path) -> None:
    said = metadata(wheel)
    assert (said["License-Expression"], said.get_all("License-File")) == ("Apache-2.0", ["LICENSE"])
    assert said["Description-Content-Type"] == "text/markdown"
    assert str(said.get_payload()).strip() == (TOP / "README.md").read_text(encoding="utf-8").strip()
    assert "Typing :: Typed" in said.get_all("Classifier", [])
    assert (said.get_all("Project-URL"), said["Home-page"]) == (None, None)


def test_an_installed_seatwise_tells_the_demo_in_an_empty_folder_as_the_readme_shows_it(
    installed: Path, tmp_path: Path
) -> None:
    told = run(installed, "demo", cwd=tmp_path)
    assert "That was seatwise. Yours: seatwise init" in told
    assert list(tmp_path.iterdir()) == []
    said = {line.strip() for line in told.splitlines()}
    readme = (TOP / "README.md").read_text(encoding="utf-8")
    shown = [line.strip() for line in re.findall(r"```text\n(.*?)```", readme, re.DOTALL)[0].splitlines()]
    assert [line for line in shown if line not in said | {"…"}] == []


def test_an_installed_seatwise_starts_a_repository_and_validates_it(installed: Path, tmp_path: Path) -> None:
    assert "  fix: " in run(installed, "validate", cwd=tmp_path, code=1)
    run(installed, "init", "ours", cwd=tmp_path)
    run("git", "init", "-q", cwd=tmp_path / "ours")
    run(installed, "validate", cwd=tmp_path / "ours")
    assert yaml.safe_load((tmp_path / "ours" / "seatwise.yaml").read_text(encoding="utf-8"))["format"] == 1


def test_it_is_the_installed_program_that_ran(installed: Path, tmp_path: Path) -> None:
    said = run(installed.parent / "python", "-c", "import seatwise; print(seatwise.__file__)", cwd=tmp_path)
    assert Path(said.strip()).is_relative_to(installed.parents[1])


@pytest.fixture(scope="module")
def package(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `vendor new` writes for a vendor; built, and installed beside the program."""
    here, python = tmp_path_factory.mktemp("vendor"), installed.parent / "python"
    assert "seatwise vendor test acme-chat" in run(installed, "vendor", "new", "acme-chat", cwd=here)
    run(UV, *BUILD, "--wheel", "--out-dir", here, here / "seatwise-acme-chat", cwd=here)
    (made,) = here.glob("*.whl")
    run(UV, "pip", "install", "--offline", "--no-cache", "--no-deps", "--python", python, made, cwd=here)
    return here / "seatwise-acme-chat"


PASSED = re.compile(r"^3\d passed, 2 skipped in", re.MULTILINE)


def test_a_vendors_package_passes_the_contract_as_it_is_begun(installed: Path, package: Path, tmp_path: Path) -> None:
    assert "acme-chat" in run(installed, "vendor", "list", cwd=tmp_path)
    said = run(installed, "vendor", "test", "acme-chat", cwd=tmp_path)
    assert PASSED.search(said), said
    assert "nothing gives seats there but people" in said


def test_its_own_run_of_pytest_does_the_same(installed: Path, package: Path) -> None:
    said = run(installed.parent / "python", "-m", "pytest", "-q", "tests", cwd=package)
    assert PASSED.search(said), said


def test_an_adapter_that_lies_fails_the_contract(installed: Path, package: Path, tmp_path: Path) -> None:
    (adapter,) = installed.parents[1].glob("lib/python*/site-packages/seatwise_acme_chat/__init__.py")
    text = adapter.read_text(encoding="utf-8")
    adapter.write_text(text.replace('undo="new",', 'undo="new", atomic_swap=True,'), encoding="utf-8")
    said = run(installed, "vendor", "test", "acme-chat", cwd=tmp_path, code=1)
    adapter.write_text(text, encoding="utf-8")
    assert "TestInfoTellsTheTruth::test_of_swaps" in said
