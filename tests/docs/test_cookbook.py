"""Each recipe works as it is written: its files are written, its commands are run, against an emulator of the vendor."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.emulators.github import GitHub
from tests.emulators.graph import CLIENT, TENANT, Graph
from tests.emulators.scim import Scim

from seatwise.edges.clock import SystemClock
from seatwise.vendor_contract.server import Emulator, served

FOLDER = Path(__file__).parents[2] / "docs" / "cookbook"
SECRET = "s3cr3t-0f-the-c00kb00k"
SECRETS = dict.fromkeys(("GITHUB_COPILOT_TOKEN", "M365_SECRET", "WIKI_SCIM"), SECRET)
ANN, BO, CY, DEE = (f"{name}@acme.example" for name in ("ann", "bo", "cy", "dee"))
STEP = re.compile(
    r"^`([\w./-]+)`:\n\n```(?:csv|yaml)\n(.*?)^```|^```console\n(.*?)^```|^```text\n(.*?)^```", re.DOTALL | re.MULTILINE
)
"""A file with its name above it, commands, or what the last of them prints, with … for what is left out."""


def github() -> GitHub:
    made = GitHub(SystemClock(), SECRET)
    for login in ("ann-a", "bo-o", "cy-c", "dee-d"):
        made.joins(login)
    for login in ("ann-a", "bo-o", "cy-c"):
        made.gives(login)
    return made


def graph() -> Graph:
    made = Graph(SystemClock(), SECRET)
    made.sells("SPE_E3", 5, "EXCHANGE")
    made.sells("VISIOCLIENT", 2, "VISIO")
    for login in (ANN, BO, CY, DEE):
        made.joins(login, mail=login, displayName=login, accountEnabled=True)
    for login, sku in ((ANN, "SPE_E3"), (BO, "SPE_E3"), (BO, "VISIOCLIENT"), (CY, "SPE_E3")):
        made.gives(login, sku, before=True)
    return made


def scim() -> Scim:
    made = Scim(SECRET)
    for login in (ANN, BO, CY, DEE):
        made.joins(login)
    made.founds("wiki-editors", ANN, BO)
    return made


@dataclass(frozen=True)
class Recipe:
    """Who plays the vendor, and what of the page is told otherwise so that it is found there."""

    vendor: Emulator
    told: Mapping[str, str]


def recipes() -> dict[str, Recipe]:
    at = "url: {url}/v1.0, login: '{url}'"
    tenant = {"acme.onmicrosoft.com": f"{TENANT}, {at}", "6731de76-14a6-49ae-97bc-6eba6914391e": CLIENT}
    return {
        "copilot": Recipe(github(), {"org: acme": "org: acme, url: '{url}'"}),
        "microsoft365": Recipe(graph(), tenant),
        "scim": Recipe(scim(), {"https://wiki.example/scim/v2": "'{url}'"}),
    }


@dataclass
class Reader:
    """Somebody who does what the page says, and looks whether it answers so."""

    here: Path
    url: str
    told: Mapping[str, str]
    printed: str = ""

    def writes(self, path: str, text: str) -> None:
        for shown, meant in self.told.items():
            text = text.replace(shown, meant.replace("{url}", self.url))
        (self.here / path).parent.mkdir(parents=True, exist_ok=True)
        (self.here / path).write_text(text, encoding="utf-8")

    def types(self, line: str, code: int = 0) -> None:
        words = shlex.split(line.removeprefix("$ "))
        if words[0] == "cd":
            self.here /= words[1]
            return
        call = [sys.executable, "-m", "seatwise", *words[1:]] if words[0] == "seatwise" else words
        done = subprocess.run(
            call, cwd=self.here, capture_output=True, text=True, env=os.environ | SECRETS, check=False
        )
        self.printed = done.stdout + done.stderr
        assert done.returncode == code, f"{line}\n{self.printed}"
        assert SECRET not in self.printed

    def reads(self, shown: str) -> None:
        said = {line.strip() for line in self.printed.splitlines()} | {"…"}
        assert [line for line in shown.splitlines() if line.strip() not in said] == [], self.printed


@pytest.mark.parametrize("name", sorted(recipes()))
def test_a_recipe_works_as_it_is_written_and_writes_nothing_at_the_vendor(name: str, tmp_path: Path) -> None:
    recipe = recipes()[name]
    with served(recipe.vendor) as server:
        reader = Reader(tmp_path, server.url, recipe.told)
        for path, text, commands, shown in STEP.findall((FOLDER / f"{name}.md").read_text(encoding="utf-8")):
            if path:
                reader.writes(path, text)
            for line in commands.splitlines():
                reader.types(line)
            reader.reads(shown)
        reader.types("seatwise apply", code=3)
    assert "without a forge nobody can approve" in " ".join(reader.printed.split())
    assert [one.path for one in server.requests if one.writes and "token" not in one.path] == []
    assert [one for one in server.requests if not one.writes] != []


def test_every_recipe_is_run() -> None:
    assert {page.stem for page in FOLDER.glob("*.md")} == set(recipes())
