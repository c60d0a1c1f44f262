"""A number of seats and a seed → a licence repository that asks for about so many, as a company of that size has it.

A person holds four or five seats. Half of the seats come from rules, half from lists of names; two in a hundred are
asked and not there yet, so that a plan has something to say.
"""

from __future__ import annotations

import csv
import random
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

SEATS_EACH = 4.4
MISSING = 0.02
ACCOUNTS = ("suite", "code", "design", "chat")
LICENSES = 20
FIRST = (
    "ada",
    "bo",
    "chen",
    "dana",
    "emre",
    "fatima",
    "goran",
    "hana",
    "ines",
    "jon",
    "kim",
    "lena",
    "mia",
    "noor",
    "omar",
)
LAST = (
    "abe",
    "berg",
    "costa",
    "diaz",
    "ek",
    "fox",
    "gupta",
    "haddad",
    "ito",
    "jensen",
    "khan",
    "lind",
    "moreau",
    "novak",
)
TITLES = ("Engineer", "Designer", "Manager", "Analyst", "Assistant")
COUNTRIES = (("DE", "Europe/Berlin"), ("US", "America/New_York"), ("JP", "Asia/Tokyo"))

SETTINGS = """\
format: 1
timezone: Europe/Berlin
people:
  key: mail
  sources:
    hr:
      kind: csv
      from: people.csv
      map: {mail: Mail, name: Name, status: Status, worker: Worker, department: Department, title: Title, country: Country, zone: Zone}
accounts:
"""  # noqa: E501
CONTRACT = """\
contract: {account}-terms
publisher: {account}
owner: it
contact: {{name: Support}}
start: 2026-01-01
term: 36 months
renewal: never
"""
LICENSE = """\
license: {name}
product: Product {name}
type: subscription
metric: named-user
contract: {account}-terms
owner: it
account: {account}
sku: {sku}
mode: manage
entitlements:
  initial: {{type: initial, quantity: {bought}, price: 10.00 EUR / month}}
assignments:
  teams:
    ticket: IT-4711
    where: {{department: [{departments}]}}
    max: {most}
  named:
    people:
"""


@dataclass(frozen=True, slots=True)
class Worker:
    mail: str
    name: str
    department: str
    title: str
    country: str
    zone: str


def write(root: Path, seats: int, seed: int = 1) -> int:
    """The number of seats that the repository at `root` asks for; it is committed, on main."""
    dice = random.Random(seed)
    staff = _staff(max(20, round(seats / SEATS_EACH)), dice)
    _settings(root, staff)
    _sheet(root / "people.csv", ["Mail", "Name", "Status", "Worker", "Department", "Title", "Country", "Zone"], (
        [one.mail, one.name, "active", "employee", one.department, one.title, one.country, one.zone] for one in staff
    ))  # fmt: skip
    asked = _licenses(root, staff, seats, dice)
    _commit(root)
    return asked


def _staff(count: int, dice: random.Random) -> list[Worker]:
    departments = [f"Team {number}" for number in range(min(400, max(8, count // 12)))]
    staff = []
    for number in range(count):
        first, last = dice.choice(FIRST), dice.choice(LAST)
        country, zone = dice.choice(COUNTRIES)
        mail = f"{first}.{last}{number}@acme.example"
        name = f"{first} {last}".title()
        staff.append(Worker(mail, name, dice.choice(departments), dice.choice(TITLES), country, zone))
    return staff


def _settings(root: Path, staff: Sequence[Worker]) -> None:
    lines = [f"  {account}: {{vendor: sandbox, seed: sandbox/{account}.csv}}\n" for account in ACCOUNTS]
    _text(root / "seatwise.yaml", SETTINGS + "".join(lines) + "forge: {kind: none}\n")
    _text(root / "owners/it.yaml", f"owner: it\napprovers: [{staff[0].mail}, {staff[1].mail}]\n")
    _text(root / ".gitignore", ".seatwise/\n")
    for account in ACCOUNTS:
        _text(root / f"licenses/{account}/contracts/{account}-terms.yaml", CONTRACT.format(account=account))


def _licenses(root: Path, staff: Sequence[Worker], seats: int, dice: random.Random) -> int:
    rows: dict[str, list[list[object]]] = {account: [] for account in ACCOUNTS}
    asked = 0
    for number in range(LICENSES):
        account = ACCOUNTS[number % len(ACCOUNTS)]
        holders = _license(root, f"{account}-{number}", staff, seats // LICENSES, dice)
        rows[account] += _seed(f"SKU-{number}", holders, dice)
        asked += len(holders)
    for account, seeds in rows.items():
        _sheet(root / f"sandbox/{account}.csv", SEED, seeds)
    return asked


def _license(root: Path, name: str, staff: Sequence[Worker], wanted: int, dice: random.Random) -> list[str]:
    """Writes one license of about `wanted` seats; who is asked."""
    account, number = name.split("-")
    departments, by_rule = _teams(staff, wanted // 2, dice)
    others = [one.mail for one in staff if one.department not in departments]
    named = sorted(dice.sample(others, min(len(others), max(0, wanted - len(by_rule)))))
    head = LICENSE.format(
        name=name,
        account=account,
        sku=f"SKU-{number}",
        bought=wanted * 2,
        departments=", ".join(departments),
        most=len(by_rule) * 2 + 1,
    )
    _text(root / f"licenses/{account}/{name}.yaml", head + "".join(f"      - {mail}\n" for mail in named))
    return [*by_rule, *named]


def _teams(staff: Sequence[Worker], wanted: int, dice: random.Random) -> tuple[list[str], list[str]]:
    """Departments that together have about as many people as wanted, and those people."""
    departments = sorted({one.department for one in staff})
    dice.shuffle(departments)
    chosen = departments[: max(1, round(wanted / (len(staff) / len(departments))))]
    return sorted(chosen), [one.mail for one in staff if one.department in set(chosen)]


SEED = ["sku", "bought", "holder", "login", "origin", "group", "options", "last_used", "pending", "ends", "name"]


def _seed(sku: str, holders: Sequence[str], dice: random.Random) -> list[list[object]]:
    pool: list[object] = [sku, len(holders) * 2, "", "", "", "", "", "", "", "", ""]
    held = [mail for mail in holders if dice.random() >= MISSING]
    return [pool, *([sku, "", f"u-{mail}", mail, "direct", "", "", "2026-11-01", "", "", ""] for mail in held)]


def _sheet(path: Path, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(heading)
        table.writerows(rows)


def _text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _commit(root: Path) -> None:
    who = ["-c", "user.name=Bench", "-c", "user.email=bench@acme.example"]
    for command in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "."],
        [*who, "commit", "--quiet", "-m", "All"],
    ):
        subprocess.run(["git", "-C", str(root), *command], check=True)
