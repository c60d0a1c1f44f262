"""A repository of licences as jobs find it: its files of jobs written, and each of their lines run by bash as a runner would."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from tests.company import Company

from seatwise.flows.ci_init import Wanted, jobs, write
from seatwise.flows.workspace import Workspace

COMMIT = "0123456789abcdef0123456789abcdef01234567"
SOURCES = {"github": f"acme/seatwise@{COMMIT}", "gitlab": f"https://git.example/acme/seatwise.git@{COMMIT}"}
ACCOUNTS = """format: 1
people: {key: mail, sources: {hr: {kind: csv, from: hr.csv, map: {mail: mail, status: status}}}}
accounts:
  slack: {vendor: scim, preset: slack, url: "https://slack.example", token: env:SLACK_TOKEN}
  m365: {vendor: microsoft365, tenant: acme.example, client: c-1%s}
journal: {prefix: seatwise/journal, remote: origin, key: env:JOURNAL_KEY}
forge: {kind: %s, repository: acme/licenses, token: env:FORGE_TOKEN}
"""
STUBBED = ("ci effects", "ci comment", "ci gate", "plan", "drift list", "audit verify")
"""Commands that need a forge, a vendor, or are not there yet: what they are called with is written down."""
STUB = """#!{python}
import json, os, pathlib, sys
words, home = sys.argv[1:], pathlib.Path(os.environ["STUBS"])
with (home / "calls").open("a") as calls:
    print(json.dumps(["{name}", *words]), file=calls)
answers = json.loads((home / "answers").read_text())
said = " ".join(["{name}", *words])
line = next((one for one in answers if said.startswith(one)), None)
if line is None:
    sys.exit(0 if "{name}" != "seatwise" or said.startswith({stubbed!r}) else os.execv("{real}", ["{real}", *words]))
code, text = answers[line]
sys.stdout.write(text)
sys.exit(code)
"""


def repository(folder: Path, forge: str = "github", assertion: str = "") -> Workspace:
    """A repository with two accounts that are not for practice."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    (folder / "seatwise.yaml").write_text(ACCOUNTS % (f", assertion: env:{assertion}" if assertion else "", forge))
    return Workspace.open(folder)


def texts(folder: Path, forge: str = "github", *, environments: bool = False) -> dict[str, str]:
    """File → text."""
    workspace = repository(folder, forge, "M365_PROOF" if forge == "gitlab" else "")
    return jobs(workspace, Wanted(forge, SOURCES[forge], environments))


def written(folder: Path, forge: str = "github", *, environments: bool = False) -> Workspace:
    workspace = repository(folder, forge, "M365_PROOF" if forge == "gitlab" else "")
    write(workspace, Wanted(forge, SOURCES[forge], environments))
    return workspace


def workflows(folder: Path) -> dict[str, dict[str, Any]]:
    """`apply` → the workflow seatwise-apply.yml, with `on` as a key."""
    read = {path: yaml.load(text, Loader=yaml.BaseLoader) for path, text in texts(folder).items()}
    return {Path(path).stem.removeprefix("seatwise-"): one for path, one in read.items()}


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs lines in a company's clone; gh, curl and the commands in STUBBED are stubs that write down what they are given."""

    company: Company
    folder: Path

    def __post_init__(self) -> None:
        bin = self.folder / "bin"
        bin.mkdir(parents=True)
        real = str(Path(sys.executable).parent / "seatwise")
        stubbed = tuple(f"seatwise {one}" for one in STUBBED)
        for name in ("seatwise", "gh", "curl", "python"):
            (bin / name).write_text(STUB.format(python=sys.executable, name=name, stubbed=stubbed, real=real))
            (bin / name).chmod(0o755)
        self.answers({})

    def answers(self, known: Mapping[str, tuple[int, str]]) -> None:
        """Beginning of a call → its exit code and output; the longest that fits comes first."""
        ordered = {one: known[one] for one in sorted(known, key=len, reverse=True)}
        (self.folder / "answers").write_text(json.dumps(ordered))

    def run(self, line: str, env: Mapping[str, str]) -> int:
        """The exit code, of bash as GitHub starts it."""
        script = self.folder / "script.sh"
        script.write_text(line)
        kept = {name: os.environ[name] for name in ("HOME", "LC_ALL", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM")}
        around = {
            **kept, "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}", "STUBS": str(self.folder), "TMPDIR": str(self.folder),
            "RUNNER_TEMP": str(self.folder), "GITHUB_REPOSITORY": "acme/licenses", **env,
            "GITHUB_OUTPUT": str(self.folder / "output"), "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
        }  # fmt: skip
        call = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
        return subprocess.run(call, cwd=self.company.root, env=around, check=False).returncode

    def step(self, workflow: Mapping[str, Any], name: str, event: Mapping[str, str]) -> int:
        """Runs a step of a workflow's only job; `event` says what expressions stand for."""
        (job,) = workflow["jobs"].values()
        step = next(one for one in job["steps"] if one.get("name") == name)
        return self.run(step["run"], {key: filled(value, event) for key, value in step.get("env", {}).items()})

    def calls(self, name: str = "") -> list[list[str]]:
        """What was called, in order; of one program only, without its name."""
        path = self.folder / "calls"
        lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return [one[1:] for one in lines if one[0] == name] if name else lines


KNOWN = {"github.server_url": "https://git.example", "github.triggering_actor": "ada", "github.token": "t0ken",
         "github.repository": "acme/licenses"}  # fmt: skip


def filled(text: str, event: Mapping[str, str]) -> str:
    """With each expression replaced by what it stands for; one that nobody thought of is an error."""

    def value(found: re.Match[str]) -> str:
        name = found[1].strip()
        return f"value of {name}" if name.startswith("secrets.") else {**KNOWN, **event}[name]

    return re.sub(r"\$\{\{(.*?)\}\}", value, text)


def lines(workflow: Mapping[str, Any]) -> Iterator[str]:
    """Every `run` of a workflow."""
    for job in workflow["jobs"].values():
        yield from (step["run"] for step in job["steps"] if "run" in step)
