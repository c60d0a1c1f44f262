"""What the README shows is so: its commands run, its Python runs, its links lead somewhere, its vendors are the code's."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from seatwise import vendors

TOP = Path(__file__).parents[2]
README = (TOP / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def typed(block: str, here: Path) -> None:
    """Runs what a reader would type, from this folder on."""
    for line in block.splitlines():
        words = shlex.split(line.removeprefix("$ "))
        if words[0] == "cd":
            here = here / words[1]
            continue
        call = [sys.executable, "-m", "seatwise", *words[1:]] if words[0] == "seatwise" else words
        done = subprocess.run(call, cwd=here, capture_output=True, text=True, check=False)
        assert done.returncode in (0, 7), f"{line}\n{done.stdout}{done.stderr}"


def test_every_command_shown_runs_and_the_python_too(tmp_path: Path) -> None:
    shutil.copytree(TOP / "exports", tmp_path / "exports")
    for block in blocks("console"):
        typed(block, tmp_path)
    for code in blocks("python"):
        subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_every_link_leads_somewhere(link: str) -> None:
    assert (TOP / link).exists()


def test_the_vendor_table_says_how_each_was_verified() -> None:
    for name in vendors.names():
        assert re.search(rf"^\| `{name}` .* {vendors.described(name).verified} \|$", README, re.MULTILINE)
