"""A tiny company for whole-run tests: a real repository with a bare remote, one or a few licenses at an embedded vendor,
a CSV of people that HR exports beside it, and a clock that is moved by hand."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from seatwise.core.chain import Record
from seatwise.core.model import Claim, Plan, Run, Seat
from seatwise.edges.clock import SetClock
from seatwise.flows.apply import Options, apply
from seatwise.flows.plan import plan
from seatwise.flows.workspace import Workspace
from seatwise.vendors import sandbox
from seatwise.vendors.sandbox.console import Console

BEGINS = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
COLUMNS = "mail,number,status,worker,department,country,start,last_day,former,title,zone"
SETTINGS = """format: 1
timezone: Europe/Berlin
people:
  key: mail
  sources:
    hr:
      kind: csv
      from: hr.csv
      complete: {{rows: 1, shrink: 50%}}
      map:
        mail: mail
        employee_id: number
        status: {{column: status, codes: {{A: active, P: starts, L: leave, T: left}}}}
        worker: worker
        department: department
        country: country
        start: start
        last_day: last_day
        aliases: former
        title: title
        zone: zone
accounts:
  v: {{vendor: sandbox, seed: seed.csv, acts_like: {acts_like}{config}}}
journal: {{prefix: seatwise/journal, remote: origin}}
forge: {{kind: none}}
"""
OWNER = """owner: it
approvers: [boss@x.example, chief@x.example]
attested: {date: 2026-11-01, by: boss@x.example}
"""
LOOSE = {
    "max-removals": "policy: max-removals\nlevel: warn\n",
    "ticket-required": "policy: ticket-required\nlevel: warn\n",
    "owner-required": "policy: owner-required\nlevel: warn\n",
    "rule-max": "policy: rule-max\nlevel: warn\n",
    "change-window": "policy: change-window\nlevel: warn\n",
    "freeze": "policy: freeze\nlevel: warn\n",
    "responder": "policy: responder\nlevel: warn\n",
}
"""Policies that would speak up in a company so small; a test that is about one of them leaves it out."""


def person(name: str, **fields: str) -> dict[str, str]:
    """A row of HR's export; `name` is the mail's local part."""
    row = dict.fromkeys(COLUMNS.split(","), "")
    return {**row, "mail": f"{name}@x.example", "number": f"n-{name}", "status": "A", "worker": "employee",
            "department": "Sales", "country": "DE", "start": "2020-01-01", **fields}  # fmt: skip


def license(
    id: str,
    people: Iterable[str] = (),
    *,
    sku: str = "",
    extra: str = "",
    rules: str = "",
    quantity: int = 100,
    mode: str = "manage",
) -> str:
    """The text of a license. Its people stand in the assignment `team`, each with terms of their own where some follow the
    name (`ann: {through: 2026-12-31}`); `rules` are further assignments, `extra` further top-level lines."""
    rows = "".join(f"\n      - {_row(name)}" for name in people)
    team = f"\n  team:\n    people:{rows}" if rows else ""
    asks = team + "".join(f"\n  {line}" for line in rules.splitlines()) or " []"
    lots = f"entitlements:\n  first: {{type: initial, quantity: {quantity}}}\n"
    return (
        f"license: {id}\nproduct: {id}\ntype: trial\nmetric: named-user\nowner: it\naccount: v\nsku: {sku or id.upper()}\n"
        f"mode: {mode}\n{lots}{extra}assignments:{asks}\n"
    )


class Company:
    """The company at work. `x` is its publisher; names in tests are mails without their domain."""

    def __init__(self, folder: Path, *, acts_like: str = "plain", config: str = "", remote: bool = True) -> None:
        """Without a remote the clone is the only writer, and everything is quicker."""
        self.root, self.remote = folder / "work", folder / "remote.git" if remote else None
        self.clock, self.env = SetClock(BEGINS), dict[str, str]()
        self.people: dict[str, dict[str, str]] = {}
        self.pools: dict[str, int] = {}
        self.held: list[tuple[str, str]] = []
        self.lines: dict[str, dict[str, Any]] = {}
        self.root.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")
        if self.remote:
            subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(self.remote)], check=True)
            self.git("remote", "add", "origin", str(self.remote))
        self.write("seatwise.yaml", SETTINGS.format(acts_like=acts_like, config=f", {config}" if config else ""))
        self.write("owners/it.yaml", OWNER)
        self.write(".gitignore", ".seatwise/\n/hr.csv\n")
        for id, text in LOOSE.items():
            self.write(f"policies/{id}.yaml", text)
        self.hr(person("boss", title="Boss"), person("chief", title="Chief"))

    def copy(self, folder: Path) -> Company:
        """The same company again, in another folder: quicker than to live through its past once more."""
        twin = deepcopy(self)
        twin.root = folder / "work"
        shutil.copytree(self.root, twin.root)
        if self.remote:
            twin.remote = folder / "remote.git"
            shutil.copytree(self.remote, twin.remote)
            twin.git("remote", "set-url", "origin", str(twin.remote))
        return twin

    # what is written in the repository

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def journals(self, **settings: str) -> None:
        """Writes these settings of the journal."""
        text = (self.root / "seatwise.yaml").read_text(encoding="utf-8")
        own = {"prefix": "seatwise/journal", "remote": "origin", **settings}
        line = ", ".join(f"{name}: {value}" for name, value in own.items())
        kept = "".join(one for one in text.splitlines(True) if not one.startswith("journal:"))
        self.write("seatwise.yaml", f"{kept}journal: {{{line}}}\n")

    def remove(self, path: str) -> None:
        (self.root / path).unlink()

    def sells(self, **pools: int) -> None:
        """SKU → seats bought, before the first run."""
        self.pools.update(pools)
        self._seed()

    def holds(self, sku: str, *names: str) -> None:
        """Seats that are there before the first run."""
        self.held += [(sku, f"{name}@x.example") for name in names]
        self._seed()

    def license(self, id: str, people: Iterable[str] = (), **lines: Any) -> None:
        """Writes licenses/x/<id>.yaml; the lines stay until they are given anew."""
        lines = self.lines.setdefault(id, {}) | lines
        self.lines[id] = lines
        self.write(f"licenses/x/{id}.yaml", license(id, people, **lines))

    def asks(self, title: str = "change", **people: str) -> str:
        """Commits that these licenses ask for these people and nobody else: asks(a="ann bob", b="")."""
        for id, names in people.items():
            self.license(id, names.split())
        return self.commit(title)

    def hr(self, *rows: Mapping[str, str]) -> None:
        """Adds or replaces rows of HR's export."""
        for row in rows:
            self.people[row["mail"]] = dict(row)
        self._export()

    def hires(self, *names: str, **fields: str) -> None:
        self.hr(*(person(name, **fields) for name in names))

    def changes(self, name: str, **fields: str) -> None:
        """HR says something else of one person."""
        self.people[f"{name}@x.example"].update(fields)
        self._export()

    def forgets(self, name: str) -> None:
        """The person is absent from HR's export."""
        del self.people[f"{name}@x.example"]
        self._export()

    def commit(self, title: str = "change") -> str:
        """Commits everything on main, pushes it, and says which commit it is.

        Git is made to read every file: an export has the time of our clock, and often its old size, so that within one second
        git would take it for unchanged.
        """
        if (self.root / ".git/index").exists():
            self.git("read-tree", "HEAD")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", title)
        return self._pushed()

    def revert(self, commit: str) -> str:
        self.git("revert", "--no-edit", commit)
        return self._pushed()

    def _pushed(self) -> str:
        if self.remote:
            self.git("push", "-q", "origin", "main")
        return self.git("rev-parse", "HEAD")

    def git(self, *words: str) -> str:
        at = self.clock.now().isoformat()
        env = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at, "GIT_CONFIG_GLOBAL": "/dev/null", "PATH": _path(),
               "GIT_AUTHOR_NAME": "ann", "GIT_AUTHOR_EMAIL": "ann@x.example", "GIT_COMMITTER_NAME": "ann",
               "GIT_COMMITTER_EMAIL": "ann@x.example"}  # fmt: skip
        done = subprocess.run(["git", *words], cwd=self.root, env=env, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    # what is run

    @property
    def workspace(self) -> Workspace:
        return Workspace.open(self.root, self.clock, self.env)

    def apply(self, *, scheduled: bool = False, **wait: float) -> Run:
        """Moves the clock (hours=20) and applies."""
        if wait:
            self.clock.sleep(timedelta(**wait).total_seconds())
        return apply(self.workspace, Options(scheduled=scheduled))

    def plan(self, branch: str = "main") -> Plan:
        return plan(self.workspace, branch)

    # what the vendor shows

    @property
    def console(self) -> Console:
        """The vendor's administrator."""
        account = self.workspace.sound_tree("HEAD").settings.accounts["v"]
        return sandbox.console(account, self.workspace.site("HEAD"))

    def seats(self, sku: str) -> dict[str, Seat]:
        """Name → seat, of those that are not ending."""
        seats = (seat for seat in self.console.seats(sku) if seat.pending != "cancelled")
        return {seat.login.split("@")[0]: seat for seat in seats}

    def has(self, sku: str) -> set[str]:
        return set(self.seats(sku))

    def calls(self) -> int:
        """Calls that may write, so far: refused and lost ones too."""
        return self.console.requests()

    def claim(self, license: str, name: str) -> Claim | None:
        """What the journal says of one seat."""
        workspace = self.workspace
        state = workspace.state(workspace.sound_tree("HEAD").settings, "v")
        return state.of(license).get(f"{name}@x.example")

    def records(self) -> tuple[Record, ...]:
        """The account's journal."""
        workspace = self.workspace
        return workspace.journal(workspace.sound_tree("HEAD").settings, "v").read()

    def grants_by_hand(self, sku: str, name: str) -> None:
        self.console.hand_grant(sku, f"{name}@x.example")

    def revokes_by_hand(self, sku: str, name: str) -> None:
        self.console.hand_revoke(sku, f"{name}@x.example")

    def _export(self) -> None:
        rows = [",".join(row.values()) for row in self.people.values()]
        self.write("hr.csv", "\n".join([COLUMNS, *rows]) + "\n")
        at = self.clock.now().timestamp()
        os.utime(self.root / "hr.csv", (at, at))

    def _seed(self) -> None:
        head = "sku,bought,holder,login,origin,group,options,last_used,pending,ends,name"
        pools = [f"{sku},{bought},,,,,,,,," for sku, bought in self.pools.items()]
        seats = [f"{sku},,h-{login.split('@')[0]},{login},direct,,,,,," for sku, login in self.held]
        self.write("seed.csv", "\n".join([head, *pools, *seats]) + "\n")


def _row(name: str) -> str:
    who, colon, terms = name.partition(":")
    return f"{who if '@' in who else who + '@x.example'}{colon}{terms}"


def _path() -> str:
    return str(Path(shutil.which("git") or "/usr/bin/git").parent)
