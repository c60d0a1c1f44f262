"""What an account was asked, and what its credential may do → whether it can be used, what is lacking, and what is too much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from seatwise.core.model import Access, VendorInfo


@dataclass(frozen=True, slots=True)
class Weighed:
    """Permissions in the vendor's words: those that plan and apply name and the credential was not given, and those that it
    was given and nothing here names. Who only plans does without `to_write`; a spare one may stand in for a lacking one."""

    to_read: tuple[str, ...] = ()
    to_write: tuple[str, ...] = ()
    spare: tuple[str, ...] = ()


def weighed(access: Access) -> Weighed:
    """Nothing, where the vendor does not tell what was granted."""
    if access.granted is None:
        return Weighed()
    has = {need: any(name in access.granted for name in _names(need)) for need in (*access.reads, *access.writes)}
    known = {name for need in (*has, *access.also) for name in _names(need)}
    return Weighed(
        tuple(_names(need)[0] for need in access.reads if not has[need]),
        tuple(_names(need)[0] for need in access.writes if not has[need]),
        tuple(sorted(access.granted - known)),
    )


def _names(need: str) -> list[str]:
    return [name.strip() for name in need.split("|")]


def advice(found: Weighed) -> Iterator[tuple[str, str]]:
    """What a credential lacks, and has too much; each with what to do."""
    if found.to_read:
        yield f"was not given {', '.join(found.to_read)}, which plan needs", "grant it"
    if found.to_write:
        yield f"may plan, but was not given {', '.join(found.to_write)}", "grant it only to the credential of apply"
    if found.spare:
        yield f"may do more than seatwise needs: {', '.join(found.spare)}", "take it away"


@dataclass(frozen=True, slots=True)
class Checked:
    """What an account can be used for, or why it can't."""

    account: str
    vendor: str
    info: VendorInfo
    skus: int = 0
    seats: int = 0
    failure: str = ""
    fix: str = ""
    missing: tuple[str, ...] = ()
    """Skus that licenses name and the account does not sell."""
    who: str = ""
    """As whom it was called, where the vendor says so."""
    lacks: Weighed | None = None
    """None: the vendor does not tell what the credential may do."""
