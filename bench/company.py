"""A number of seats and a seed → a licence repository that asks for about so many, as a company of that size has it.

A person holds four or five seats. Half of the seats come from rules, half from lists of names. `write` makes what is in
force, and every seat of it is held; `change` drops and adds one seat in a hundred on a branch, as a pull request does.
"""

from __future__ import annotations

import csv
import random
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SEATS_EACH = 4.4
EVERY = 50
"""One name in so many is dropped by the change, and another one added."""
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
    ticket: IT-4712
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
    heading = ["Mail", "Name", "Status", "Worker", "Department", "Title", "Country", "Zone"]
    people = ([one.mail, one.name, "active", "employee", *_place(one)] for one in staff)
    _sheet(root / "people.csv", heading, people)
    holders = _licenses(root, staff, (seats, 0), dice)
    for account in ACCOUNTS:
        _sheet(root / f"sandbox/{account}.csv", SEED, _seed(account, holders))
    _git(root, ["init", "--quiet", "--initial-branch=main"])
    _commit(root, "What is in force")
    return sum(map(len, holders.values()))


def change(root: Path, seats: int, seed: int = 1) -> None:
    """Commits another list of names on a branch; everything else stays."""
    dice = random.Random(seed)
    staff = _staff(max(20, round(seats / SEATS_EACH)), dice)
    _git(root, ["switch", "--quiet", "--create", "change"])
    _licenses(root, staff, (seats, EVERY // 2), dice)
    _commit(root, "Some come, some go")


def _place(one: Worker) -> list[str]:
    return [one.department, one.title, one.country, one.zone]


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
    _text(root / "policies/responder.yaml", f"policy: responder\nlevel: block\nwho: [{{id: {staff[0].mail}}}]\n")
    _text(root / ".gitignore", ".seatwise/\n")
    for account in ACCOUNTS:
        _text(root / f"licenses/{account}/contracts/{account}-terms.yaml", CONTRACT.format(account=account))


def _licenses(
    root: Path, staff: Sequence[Worker], wanted: tuple[int, int], dice: random.Random
) -> dict[str, list[str]]:
    """Writes every license; license → who is asked. `wanted`: the seats of all, and which names are left out."""
    names = [f"{ACCOUNTS[number % len(ACCOUNTS)]}-{number}" for number in range(LICENSES)]
    return {name: _license(root, name, staff, (wanted[0] // LICENSES, wanted[1]), dice) for name in names}


def _license(root: Path, name: str, staff: Sequence[Worker], wanted: tuple[int, int], dice: random.Random) -> list[str]:
    account, number = name.split("-")
    seats, left_out = wanted
    departments, by_rule = _teams(staff, seats // 2, dice)
    others = [one.mail for one in staff if one.department not in set(departments)]
    drawn = sorted(dice.sample(others, min(len(others), max(0, seats - len(by_rule)))))
    named = [mail for place, mail in enumerate(drawn) if place % EVERY != left_out]
    head = LICENSE.format(
        name=name,
        account=account,
        sku=f"SKU-{number}",
        bought=seats * 2,
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


def _seed(account: str, holders: Mapping[str, Sequence[str]]) -> Iterator[list[object]]:
    for name in (name for name in holders if name.startswith(f"{account}-")):
        sku = f"SKU-{name.split('-')[1]}"
        yield [sku, len(holders[name]) * 2, "", "", "", "", "", "", "", "", ""]
        for mail in holders[name]:
            yield [sku, "", f"u-{mail}", mail, "direct", "", "", "2026-11-01", "", "", ""]


def _sheet(path: Path, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(heading)
        table.writerows(rows)


def _text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _commit(root: Path, title: str) -> None:
    who = ["-c", "user.name=Bench", "-c", "user.email=bench@acme.example"]
    _git(root, ["add", "."])
    _git(root, [*who, "commit", "--quiet", "--message", title])


def _git(root: Path, command: Sequence[str]) -> None:
    subprocess.run(["git", "-C", str(root), *command], check=True)
