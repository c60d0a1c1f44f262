"""A number of seats and of changes → how often each vendor is called for them, and how long it takes at its documented limits,
beside the least that its documents allow.

The vendors are those of tests/emulators, on 127.0.0.1; waiting moves a clock that nobody waits for. So the times are those of
the limits alone, without a network: what a real account takes is more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import Any

from tests.emulators import adobe, aws, github, google, graph, okta, scim, snipeit
from tests.emulators.limits import Limit
from tests.emulators.server import Emulator, served

from seatwise.core.model import Account, Change, Grant, Holding, Place, Result
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.vendors import open_vendor

SEATS, CHANGES = 10_000, 1_000
FEW = (1_000, 100)
"""Seats and changes that are enough to see that it works."""
BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
SECRET = "s3cr3t"
Least = tuple[int, int, float, float]
"""Calls to read and to change; seconds to read and to change, at the documented limits."""
HEAD = """\
## Calls and floors

Each vendor reads {seats:,} seats of one sku and changes {changes:,}: half of them are given to people who had none, half are
taken. Beside each count stands the least that the vendor's documents allow: its largest page, its largest batch, and its
limit, in a queue that is empty at first. The vendors are emulated, and the times are virtual: the limits alone, no network.

| vendor | calls to read | least | calls to change | least | time to read | floor | time to change | floor |
|---|---|---|---|---|---|---|---|---|"""


@dataclass(frozen=True, slots=True)
class Case:
    """One vendor. `least` is told how many users, seats and changes there are; `made` fills it with users, the first of whom
    hold seats, and gives the emulator and the account's config, where {url} stands for its address."""

    vendor: str
    sku: str
    least: Callable[[int, int, int], Least]
    made: Callable[[SetClock, Sequence[str], int], tuple[Emulator, Mapping[str, Any]]]
    why: str
    """What the least counts: docs/vendors has the sources."""


@dataclass(frozen=True, slots=True)
class Called:
    """What one vendor was asked, and how long that took."""

    case: Case
    read: int
    changed: int
    read_seconds: float
    change_seconds: float
    least: Least = field(default=(0, 0, 0.0, 0.0))


def called(case: Case, seats: int = SEATS, changes: int = CHANGES) -> Called:
    """Reads and changes so many. Raises RuntimeError where the vendor did not do all of it."""
    clock, half = SetClock(BEGINS), changes // 2
    began = clock.monotonic()
    users = [f"u{number:06}@acme.example" for number in range(seats + half)]
    played, config = case.made(clock, users, seats)
    with served(played) as server:
        told = {
            key: str(value).format(url=server.url) if "{url}" in str(value) else value for key, value in config.items()
        }
        told = {"url": server.url, "token": "env:TOKEN", **told}
        account = Account("acme", case.vendor.partition(",")[0], told, Place("seatwise.yaml"))
        env = {"TOKEN": SECRET, "KEY": google.service_account()}
        vendor = open_vendor(account, Site(Path("/nowhere"), clock, _nothing, env))
        (holding,) = vendor.read([case.sku])
        counts, times = [len(server.requests)], [clock.monotonic() - began]
        clock.sleep(60)  # what was read fills no limit of what is written
        begun = clock.monotonic()
        outcomes = list(vendor.apply(_changes(case, holding, users, half)))
        counts.append(len(server.requests) - counts[0])
        times.append(clock.monotonic() - begun)
    done = sum(one.result is Result.DONE for one in outcomes)
    if (len(holding.seats), done) != (seats, 2 * half):
        raise RuntimeError(f"{case.vendor}: {len(holding.seats)} seats were read, {done} changes were done")
    return Called(case, *counts, *times, case.least(len(users), seats, changes))


def _nothing(path: str) -> tuple[bytes, datetime]:
    raise FileNotFoundError(path)


def _changes(case: Case, holding: Holding, users: Sequence[str], half: int) -> list[Change]:
    grant = Grant("license", case.sku)
    takes = [Change("acme", seat.login, grant, None, seat.holder, seat.login) for seat in holding.seats[:half]]
    gives = [Change("acme", name, None, grant, "", name, {"country": "DE"}) for name in users[-half:]]
    return [*takes, *gives]


def _microsoft365(clock: SetClock, users: Sequence[str], seats: int) -> tuple[Emulator, Mapping[str, Any]]:
    made = graph.Graph(clock, SECRET, lag=0)
    made.sells("SPE_E3", 2 * seats, "TEAMS1")
    for name in users:
        made.joins(name)
    for name in users[:seats]:
        made.gives(name, "SPE_E3", before=True)
    return made, {"tenant": graph.TENANT, "client": graph.CLIENT, "secret": "env:TOKEN",
            "url": "{url}/v1.0", "login": "{url}"}  # fmt: skip


def _google(clock: SetClock, users: Sequence[str], seats: int) -> tuple[Emulator, Mapping[str, Any]]:
    sku = "Google-Apps/1010020027"
    made = google.Google(clock, SECRET, {sku: 2 * seats})
    for name in users:
        made.joins(name)
    for name in users[:seats]:
        made.gives(sku, name)
    bought = {sku: 2 * seats}
    return made, {"customer": google.CUSTOMER, "subject": "admin@acme.example", "key": "env:KEY", "skus": bought}


def _github(clock: SetClock, users: Sequence[str], seats: int) -> tuple[Emulator, Mapping[str, Any]]:
    made = github.GitHub(clock, SECRET)
    for name in users:
        made.joins(name)
    for name in users[:seats]:
        made.gives(name)
    return made, {"org": "acme"}


def _adobe(clock: SetClock, users: Sequence[str], seats: int) -> tuple[Emulator, Mapping[str, Any]]:
    limits = {what: Limit(calls) for what, calls in (("users", 25), ("groups", 5), ("action", 10))}
    made = adobe.Adobe(clock, SECRET, limits=limits)
    made.sells("Photoshop")
    ids = [made.joins(name) for name in users]
    made.direct["Photoshop"].update(ids[:seats])
    return made, {"org": adobe.ORG, "client_id": adobe.CLIENT, "client_secret": "env:TOKEN",
            "login_url": "{url}/ims/token/v2"}  # fmt: skip


def _okta(clock: SetClock, users: Sequence[str], seats: int) -> tuple[Emulator, Mapping[str, Any]]:
    made = okta.Okta(clock, SECRET)
    for name in users:
        made.joins(name)
    for name in users[:seats]:
        made.puts(name, "design")
    return made, {"skus": {"group:design": 2 * seats}}


def _aws(clock: SetClock, users: Sequence[str], seats: int) -> tuple[Emulator, Mapping[str, Any]]:
    made = aws.AWS(clock)
    group = made.groups_as("Q Pro")
    for number, name in enumerate(users):
        id = made.joins(name)
        if number < seats:
            made.members[made.new()] = group, id
    return made, {"region": "eu-west-1", "store": aws.STORE, "access_key": "env:TOKEN", "secret_key": "env:TOKEN"}


def _miro(clock: SetClock, users: Sequence[str], seats: int) -> tuple[Emulator, Mapping[str, Any]]:
    made = scim.Scim(SECRET)
    for name in users:
        made.joins(name)
    made.founds("Miro", *users[:seats])
    return made, {"preset": "miro", "skus": ["Miro"]}


def _slack(clock: SetClock, users: Sequence[str], seats: int) -> tuple[Emulator, Mapping[str, Any]]:
    made = scim.Scim(SECRET)
    for number, name in enumerate(users):
        made.joins(name, active=number < seats)
    return made, {"preset": "slack"}


def _snipeit(clock: SetClock, users: Sequence[str], seats: int) -> tuple[Emulator, Mapping[str, Any]]:
    made = snipeit.SnipeIT(clock, SECRET, limit=Limit(120))
    made.buys("Studio", 2 * seats)
    numbers = [made.joins(name) for name in users]
    for seat, number in zip(made.seats.values(), numbers[:seats], strict=False):
        seat.user = number
    return made, {"login": "email"}


def _pages(count: int, size: int) -> int:
    return max(1, ceil(count / size))


def _window(calls: int, most: int) -> float:
    """Seconds for so many calls, of which `most` may be made in any minute."""
    return (_pages(calls, most) - 1) * 60.0


def _of_microsoft365(users: int, seats: int, changes: int) -> Least:
    return _pages(users, 999) + 2, 2 * _pages(changes // 2, 20), 0, 0


def _of_google(users: int, seats: int, changes: int) -> Least:
    pages = _pages(seats, 1000)
    return pages + _pages(users, 500) + 1, changes, pages - 1, changes - 1


def _of_github(users: int, seats: int, changes: int) -> Least:
    return _pages(seats, 100) + 1, 2, 0, 0


def _of_adobe(users: int, seats: int, changes: int) -> Least:
    pages, batches = _pages(users, 200), 2 * _pages(changes // 2, 10)
    return pages + 2, batches, _window(pages, 25), _window(batches, 10)


def _of_okta(users: int, seats: int, changes: int) -> Least:
    calls = changes + _pages(users, 200)
    return _pages(seats, 1000) + 1, calls, 0, max(0, calls - 50) * 60 / 500


def _of_aws(users: int, seats: int, changes: int) -> Least:
    calls = 1 + _pages(users, 100) + _pages(seats, 100)
    return calls, changes, max(0, calls - 20) / 20, max(0, changes - 20) / 20


def _of_snipeit(users: int, seats: int, changes: int) -> Least:
    calls = 1 + _pages(2 * seats, 500) + _pages(users, 500)
    return calls, 3 * changes, _window(calls, 120), _window(3 * changes, 120)


def _of_miro(users: int, seats: int, changes: int) -> Least:
    return _pages(users, 100) + 1, 2, 0, 0


def _of_slack(users: int, seats: int, changes: int) -> Least:
    return _pages(users, 1000) + 1, changes, 0, max(0, changes - 20) / 3


CASES = (
    Case("microsoft365", "SPE_E3", _of_microsoft365, _microsoft365,
         "users 999 a page, a token, and what the tenant has; batches of 20, takes first; 3,000 writes in 150 s"),
    Case("google", "Google-Apps/1010020027", _of_google, _google,
         "licences 1,000 a page, a token, and users, 500 a page, who say whose an id is; licences are called once a second"),
    Case("github", "copilot", _of_github, _github, "seats 100 a page, and what is billed; 900 points a minute"),
    Case("adobe", "Photoshop", _of_adobe, _adobe,
         "users 200 a page, a token, and the profiles; 10 users a change, takes first; 25 reads and 10 changes in any minute"),
    Case("okta", "group:design", _of_okta, _okta,
         "members 1,000 a page, and the group; to change also all users, 200 a page, for the ids of those without a seat; 500 a "
         "minute, a tenth of them at once"),
    Case("aws", "Q Pro", _of_aws, _aws,
         "memberships 100 a page, the groups, and users, 100 a page, who say whose an id is; 20 a second, from memory"),
    Case("snipeit", "Studio", _of_snipeit, _snipeit,
         "seats and users 500 a page, and the licenses; a change is looked at, written, read back, as check-outs overwrite one "
         "another (issue 3765); 120 calls in any minute"),
    Case("scim, as Miro", "Miro", _of_miro, _miro, "users 100 a page, and the group; up to 8,000 members a change"),
    Case("scim, as Slack", "user", _of_slack, _slack, "users 1,000 a page, and what the server can; 180 changes a minute"),
)  # fmt: skip


def section(rows: Sequence[Called], seats: int, changes: int) -> str:
    """What the page says of them."""
    whys = [f"- {row.case.vendor}: {row.case.why}." for row in rows]
    told = "\n".join([HEAD.format(seats=seats, changes=changes), *map(_row, rows)])
    return f"{told}\n\nWhat the least counts:\n" + "\n".join(whys) + "\n"


def _row(row: Called) -> str:
    read, changed, read_seconds, change_seconds = row.least
    calls = f"| {row.case.vendor} | {row.read:,} | {read:,} | {row.changed:,} | {changed:,} |"
    times = (
        f" {row.read_seconds:,.1f} s | {read_seconds:,.1f} s | {row.change_seconds:,.1f} s | {change_seconds:,.1f} s |"
    )
    return calls + times
