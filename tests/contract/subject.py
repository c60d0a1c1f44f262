"""The vendors that are under contract here, each with how it is started."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.contract.adobe import AdobeSubject
from tests.contract.aws import AWSSubject
from tests.contract.github import GitHubSubject
from tests.contract.github_members import MembersSubject
from tests.contract.google import GoogleSubject
from tests.contract.microsoft365 import Microsoft365Subject
from tests.contract.okta import OktaSubject
from tests.contract.scim import ActiveSubject, RolesSubject, Scim2Subject, ScimSubject
from tests.contract.snipeit import SnipeITSubject

from seatwise.core.model import Account, Duration, Place, Seat, Vendor
from seatwise.core.model.vendor import Origin
from seatwise.edges.clock import SetClock
from seatwise.vendor_contract.subject import BOUGHT, HOLDERS, NOW, Skus, Start, site
from seatwise.vendors import open_vendor
from seatwise.vendors.sandbox import console


def _numbered(sku: str) -> Iterator[tuple[int, str]]:
    return iter(enumerate(HOLDERS[sku], 1))


@dataclass
class SandboxSubject(Skus):
    root: Path
    acts_like: str
    settle_time: str = "0 seconds"
    clock: SetClock = field(default_factory=lambda: SetClock(NOW))
    cannot: Mapping[str, str] = field(default_factory=dict)
    incomplete: tuple[str, ...] = ("short-page", "empty-read", "duplicate-rows", "shrink")

    def __post_init__(self) -> None:
        pools = [f"{sku},{bought},,," for sku, bought in BOUGHT.items()]
        seats = [f"{sku},,{login},2026-11-0{day},u-{login}" for sku in BOUGHT for day, login in _numbered(sku)]
        (self.root / "seed.csv").write_text("\n".join(["sku,bought,login,last_used,holder", *pools, *seats]))
        config = {"seed": "seed.csv", "acts_like": self.acts_like, "settle": self.settle_time, "page_size": "2"}
        self._account = Account("acme", "sandbox", {**config, "token": "env:CONTRACT_TOKEN"}, Place("seatwise.yaml", 9))
        self._site = site(self.root, self.clock)
        self._console = console(self._account, self._site)
        self.hand_grant = self._console.hand_grant
        self.rename = self._console.rename
        self.requests = self._console.requests
        self.fault = self._console.fault
        self.break_read = self._console.fault

    @property
    def vendor(self) -> Vendor:
        return open_vendor(self._account, self._site)

    def truth(self) -> Mapping[str, tuple[Seat, ...]]:
        return {sku: self._console.seats(sku) for sku in BOUGHT}

    def settle(self) -> None:
        self.clock.sleep(self.vendor.info.settle_seconds)


@dataclass
class TableSubject(Skus):
    """Its people carry out the tasks: they read each new task file and then export again."""

    root: Path
    clock: SetClock = field(default_factory=lambda: SetClock(NOW))
    incomplete: tuple[str, ...] = ("heading-only", "cut-off", "duplicate-rows", "empty", "gone", "old")
    cannot: Mapping[str, str] = field(
        default_factory=lambda: {
            "wait": "there is nobody to wait for",
            "pages": "an export is one page",
            "origin": "an export does not say how a seat came",
            "calls": "nothing is sent, so no answer can be lost",
            "options": "an export shows none",
            "undo": "a person does it: `undo` is what the repository says",
            "refuse": "a person decides later",
        }
    )

    def __post_init__(self) -> None:
        self._done: set[Path] = set()
        self._written = NOW
        self._export([(sku, login) for sku, logins in HOLDERS.items() for login in logins])

    @property
    def _path(self) -> Path:
        return self.root / "export.csv"

    def _export(self, seats: list[tuple[str, str]]) -> None:
        self._path.write_text("\n".join(["License,Email", *(f"{sku},{login}" for sku, login in seats)]) + "\n")
        self._written = self.clock.now()

    def _seats(self) -> list[tuple[str, str]]:
        return [(sku, login) for sku, login in list(csv.reader(self._path.read_text().splitlines()))[1:]]

    @property
    def vendor(self) -> Vendor:
        config: dict[str, Any] = {"from": "export.csv", "bought": BOUGHT, "token": "env:CONTRACT_TOKEN"}
        account = Account("acme", "table", config, Place("seatwise.yaml", 9), age=Duration(31, "days"))
        return open_vendor(account, site(self.root, self.clock, self._written))

    def truth(self) -> Mapping[str, tuple[Seat, ...]]:
        seats = self._seats()
        return {sku: tuple(Seat(login, login) for of, login in sorted(seats) if of == sku) for sku in BOUGHT}

    def settle(self) -> None:
        self.clock.sleep(86400)
        for path in sorted(set((self.root / ".seatwise" / "tasks").glob("*.csv")) - self._done):
            self._done.add(path)
            for row in csv.DictReader(path.read_text().splitlines()):
                self._carry_out(row["do"], row["sku"], row["login"] or row["holder"])

    def _carry_out(self, do: str, sku: str, login: str) -> None:
        others = [seat for seat in self._seats() if seat != (sku, login)]
        self._export([*others, (sku, login)] if do == "give" else others)

    def hand_grant(self, sku: str, login: str, origin: Origin = Origin.DIRECT, group: str = "") -> None:
        self._carry_out("give", sku, login)

    def rename(self, login: str, new: str) -> None:
        self._export([(sku, new if one == login else one) for sku, one in self._seats()])

    def requests(self) -> int:
        return 0

    def fault(self, kind: str, *, times: int = 1, login: str = "", seconds: float = 0, call: str = "") -> None:
        raise AssertionError("nothing is sent")

    def break_read(self, kind: str) -> None:
        text = self._path.read_text()
        broken = {
            "heading-only": "License,Email\n",
            "cut-off": text[: text.rindex(",")],
            "duplicate-rows": text + text.splitlines()[-1] + "\n",
            "empty": "",
        }
        if kind == "gone":
            self._path.unlink()
        elif kind == "old":
            self.clock.move_to(self.clock.now() + timedelta(days=32))
        else:
            self._path.write_text(broken[kind])


SUBJECTS: Mapping[str, Start] = {
    "adobe": lambda root: AdobeSubject(root, site(root, SetClock(NOW))),
    "aws": lambda root: AWSSubject(root, site(root, SetClock(NOW))),
    "github": lambda root: GitHubSubject(root, site(root, SetClock(NOW))),
    "github members, by an App": lambda root: MembersSubject(root, site(root, SetClock(NOW))),
    "google": lambda root: GoogleSubject(root, site(root, SetClock(NOW))),
    "microsoft365": lambda root: Microsoft365Subject(root, site(root, SetClock(NOW))),
    "okta": lambda root: OktaSubject(root, site(root, SetClock(NOW))),
    "sandbox": lambda root: SandboxSubject(root, "plain"),
    "sandbox that settles": lambda root: SandboxSubject(root, "plain", "30 seconds"),
    "sandbox as microsoft365": lambda root: SandboxSubject(root, "microsoft365"),
    "sandbox as github": lambda root: SandboxSubject(root, "github"),
    "sandbox as google": lambda root: SandboxSubject(root, "google"),
    "sandbox as scim": lambda root: SandboxSubject(root, "scim"),
    "scim by active users": lambda root: ActiveSubject(root, site(root, SetClock(NOW))),
    "scim by roles": lambda root: RolesSubject(root, site(root, SetClock(NOW))),
    "scim on scim2-server": lambda root: Scim2Subject(root, site(root, SetClock(NOW))),
    "scim": lambda root: ScimSubject(root, site(root, SetClock(NOW))),
    "snipeit": lambda root: SnipeITSubject(root, site(root, SetClock(NOW))),
    "table": TableSubject,
}
"""A new vendor is one line here."""
