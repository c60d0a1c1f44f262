"""An account's config → what a table is read by. Stops at what can't be meant, with its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from seatwise.core.consoles import CONSOLES, Console
from seatwise.core.model.repo import Account, Duration
from seatwise.core.model.stop import Exit, Stop
from seatwise.core.near import near

HEADINGS = {
    "sku": ("sku", "license", "licence", "product", "plan"),
    "login": ("login", "email", "e-mail", "mail", "user", "username", "user name"),
    "holder": (),
    "last_used": ("last used", "last active", "last activity", "last seen"),
}
DATES = {"YYYY-MM-DD": "%Y-%m-%d", "DD.MM.YYYY": "%d.%m.%Y", "MM/DD/YYYY": "%m/%d/%Y"}
EXAMPLES = {"columns": "login: Email", "bought": "All Products Pack: 40"}
DAYS = {"minutes": 1 / 1440, "hours": 1 / 24, "days": 1, "weeks": 7, "months": 31, "years": 366}


@dataclass(frozen=True, slots=True)
class Config:
    """`columns`: field → the export's heading. `sku`: the one product of an export without such a column."""

    path: str
    columns: Mapping[str, str]
    sku: str
    bought: Mapping[str, int]
    dates: str
    as_of: str
    console: Console | None = None
    """Whose export it is, as that console writes it."""


def config(account: Account) -> Config:
    """Everything that the account says, typed."""
    return Config(
        _path(account),
        _columns(account),
        str(account.config.get("sku", "")),
        _bought(account),
        _dates(account),
        str(account.config.get("as_of", "")),
        _console(account),
    )


def length(limit: Duration) -> timedelta:
    """A month is its longest: an export is not refused a day early."""
    return timedelta(days=limit.count * DAYS[limit.unit])


def _columns(account: Account) -> dict[str, str]:
    told = _mapping(account, "columns")
    strange = [name for name in told if name not in HEADINGS]
    if strange:
        what = f"{account.place}: account {account.id} maps an unknown column {strange[0]!r}"
        raise Stop(Exit.ERROR, what, near(strange[0], HEADINGS) or f"one of {', '.join(HEADINGS)}")
    return {name: str(heading) for name, heading in told.items()}


def _console(account: Account) -> Console | None:
    """What `format` names; it says which columns there are, so that nothing else may."""
    told = str(account.config.get("format", ""))
    if not told:
        return None
    if told not in CONSOLES:
        what = f"{account.place}: account {account.id} has the unknown format {told!r}"
        raise Stop(Exit.ERROR, what, near(told, CONSOLES) or f"one of {', '.join(CONSOLES)}")
    if twice := [key for key in ("columns", "sku", "dates") if key in account.config]:
        what = f"{account.place}: account {account.id} has format: {told}, which says {twice[0]} already"
        raise Stop(Exit.ERROR, what, f"drop {twice[0]}, or format")
    return CONSOLES[told]


def _mapping(account: Account, key: str) -> Mapping[str, Any]:
    told = account.config.get(key, {})
    if not isinstance(told, Mapping):
        what = f"{account.place}: {key} of account {account.id} is {told!r}"
        raise Stop(Exit.ERROR, what, f"a mapping, as in {key}: {{{EXAMPLES[key]}}}")
    return told


def _path(account: Account) -> str:
    text = str(account.config.get("from", ""))
    if not text:
        what = f"{account.place}: account {account.id} does not say which export it is read from"
        raise Stop(Exit.ERROR, what, f"add `from: exports/{account.id}.csv` to it")
    return text


def _bought(account: Account) -> dict[str, int]:
    bought = _mapping(account, "bought")
    wrong = next((count for count in bought.values() if not str(count).isdecimal()), None)
    if wrong is not None:
        what = f"{account.place}: {wrong!r} is no number of seats bought of account {account.id}"
        raise Stop(Exit.ERROR, what, "a whole number")
    return {str(sku): int(count) for sku, count in bought.items()}


def _dates(account: Account) -> str:
    told = str(account.config.get("dates", "YYYY-MM-DD"))
    if told not in DATES:
        raise Stop(Exit.ERROR, f"{account.place}: dates {told!r} of account {account.id} are unknown", ", ".join(DATES))
    return told
