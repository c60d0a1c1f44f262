"""Seats as one account shows them + people + claims → who each seat belongs to.

Rules (semantics §1, §7):
- The vendor's immutable holder id decides where we know it; its login, by `logins` of the people source, mail, key or a
  former name, where we don't. A rename at either side is no leaver and no joiner.
- Where the id says one person and the login another, the seat belongs to nobody: it is shown and left alone.
- A seat that fits nobody is known by `?` and its holder id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from seatwise.core.model import Claim, Finding, Level, People, Person, Seat


@dataclass(frozen=True, slots=True)
class Roster:
    """One account's names. `renamed` are claims whose person has another id now: old → new."""

    account: str
    people: People
    logins: Mapping[str, str] = field(default_factory=dict)
    """Login, case folded → person id."""
    holders: Mapping[str, str] = field(default_factory=dict)
    """Holder id → person id, from claims."""
    renamed: Mapping[str, str] = field(default_factory=dict)

    def seats(self, seats: Iterable[Seat]) -> tuple[dict[str, Seat], tuple[Finding, ...]]:
        """The seats by who holds them; a second seat of the same person is known by its holder id."""
        found: dict[str, Seat] = {}
        findings: list[Finding] = []
        for seat in seats:
            by_id, by_login = self.holders.get(seat.holder), self.logins.get(seat.login.casefold())
            who = by_id or by_login or f"?{seat.holder}"
            if by_id and by_login and by_id != by_login:
                findings.append(_disagree(self.account, seat, by_id, by_login))
                who = f"?{seat.holder}"
            found[who if who not in found else f"?{seat.holder}"] = seat
        return found, tuple(findings)


def login(person: Person, account: str) -> str:
    """The name to give a seat to."""
    return person.logins.get(account) or person.mail or person.id


def roster(account: str, people: People, claims: Mapping[str, Mapping[str, Claim]]) -> Roster:
    """The names of one account."""
    logins = {**people.names(), **_logins(account, people)}
    holders: dict[str, str] = {}
    renamed: dict[str, str] = {}
    for of_license in claims.values():
        for who, claim in of_license.items():
            person = people.persons.get(who) or people.find(who)
            if person is not None and person.id != who:
                renamed[who] = person.id
            if claim.holder:
                holders[claim.holder] = person.id if person else who
    return Roster(account, people, logins, holders, renamed)


def _logins(account: str, people: People) -> dict[str, str]:
    return {own.casefold(): one.id for one in people.persons.values() if (own := one.logins.get(account))}


def _disagree(account: str, seat: Seat, by_id: str, by_login: str) -> Finding:
    what = f"account {account}: {seat.login} has the holder id of {by_id} and the name of {by_login}"
    fix = f"look at {seat.login} in the vendor's console; until then the seat is left alone"
    return Finding("holder-disagrees", Level.WARN, what, fix, key=seat.holder, person=by_login)
