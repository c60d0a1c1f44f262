"""Decisions on accounts → findings, one for each license at an account whose seats differ from what is asked, without a cause.

Rules:
- A direct seat that nothing asks was added there, whether the vendor showed it yesterday or for years: nobody here said yes to
  it. Seats that a group or the vendor's own rule gives are theirs, and no drift; nor is anything of a license that is observed.
- A finding is known by its account and license, whatever its seats are: so one issue can be opened, changed and closed by it.
- Since when a seat is so is told by earlier snapshots, as far as they go. By whom is not told: no vendor says it with its seats.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from seatwise.core import canon, match
from seatwise.core.decide import AccountDecision, Situation
from seatwise.core.diff import Difference
from seatwise.core.model import DriftKind, Exit, License, Mode, Options, Origin, Pending, Seat
from seatwise.core.resolve import NOBODY


@dataclass(frozen=True, slots=True)
class Drifted:
    """One seat that differs. `who` is a person's id, or `?` and the vendor's holder id where nobody in HR fits."""

    kind: DriftKind
    license: str
    who: str
    what: str
    login: str = ""
    """The name that the vendor knows the holder by."""
    options: Options = ()
    """As they are there."""
    since: datetime | None = None
    """When a snapshot showed it so first; None: none did yet."""
    after: datetime | None = None
    """When a snapshot did not show it so last; None: none did, as far back as was looked."""
    holder: str = field(default="", compare=False)

    @property
    def known(self) -> bool:
        """Whether somebody in HR fits."""
        return not self.who.startswith("?")


@dataclass(frozen=True, slots=True)
class Scope:
    """One license at one account. `fingerprint` names the scope as long as it is there; `digest` what differs in it now."""

    account: str
    license: str
    fingerprint: str
    digest: str = ""
    mode: Mode = Mode.MANAGE
    seats: tuple[Drifted, ...] = ()
    ways: tuple[tuple[str, str], ...] = ()
    """What can be done about it, and the command; each wants `--reason`."""

    @property
    def counts(self) -> dict[str, int]:
        """How many seats differ, by kind."""
        return {str(kind): sum(seat.kind is kind for seat in self.seats) for kind in DriftKind}


@dataclass(frozen=True, slots=True)
class Unread:
    """An account of which nothing can be said now: whatever was found there before may still be so."""

    account: str
    what: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found at one time. `clean` are scopes without drift: what was open about them can be closed."""

    now: datetime
    scopes: tuple[Scope, ...] = ()
    clean: tuple[Scope, ...] = ()
    unread: tuple[Unread, ...] = ()
    unrecorded: tuple[str, ...] = ()
    """Accounts that no snapshot was kept of, and why."""

    @property
    def exit(self) -> Exit:
        return Exit.ERROR if self.unread else Exit.DRIFT if self.scopes else Exit.OK


@dataclass(frozen=True, slots=True)
class Past:
    """A snapshot: sku → seats as they were shown then."""

    at: datetime
    seats: Mapping[str, Sequence[Seat]]


def found(decisions: Iterable[AccountDecision], situation: Situation, licenses: Collection[str] = ()) -> Found:
    """What differs now, in these licenses (none named: in all that are managed), sorted by account and license."""
    scopes: list[Scope] = []
    unread: list[Unread] = []
    for decision in decisions:
        if decision.reading.failure:
            unread.append(Unread(decision.account, decision.reading.failure, decision.reading.fix))
        scopes += [
            _scope(decision, difference, situation)
            for id, difference in sorted(decision.differences.items())
            if _managed(difference.license) and (not licenses or id in licenses)
        ]
    drifted, clean = (tuple(one for one in scopes if bool(one.seats) is there) for there in (True, False))
    return Found(situation.moment.now, drifted, clean, tuple(unread))


def _managed(license: License) -> bool:
    return license.mode is not Mode.OBSERVE and not license.retired


def _scope(decision: AccountDecision, difference: Difference, situation: Situation) -> Scope:
    license = difference.license
    seats = tuple(sorted(_seats(decision, difference, situation), key=lambda one: (str(one.kind), one.who)))
    fingerprint = canon.short(canon.digest(["drift", license.account, license.id]))
    if not seats:
        return Scope(license.account, license.id, fingerprint, mode=license.mode)
    digest = canon.short(canon.digest([[str(one.kind), one.who, one.options] for one in seats]))
    return Scope(license.account, license.id, fingerprint, digest, license.mode, seats, tuple(_ways(license, seats)))


def _seats(decision: AccountDecision, difference: Difference, situation: Situation) -> Iterator[Drifted]:
    license, seats = difference.license, difference.seats
    for one in decision.drift:
        if one.license == license.id:
            yield _placed(Drifted(one.kind, license.id, one.who, one.what), seats.get(one.who), decision, situation)
    for unlisted in decision.unlisted:
        if unlisted.license == license.id and unlisted.origin == Origin.DIRECT:
            what = f"{license.id}: {unlisted.who} has a seat that nothing asks for{_goes(difference, unlisted.who, situation)}"
            seat = Drifted(DriftKind.ADDED, license.id, unlisted.who, what)
            yield _placed(seat, seats[unlisted.who], decision, situation)


def _placed(one: Drifted, seat: Seat | None, decision: AccountDecision, situation: Situation) -> Drifted:
    """With who it is at the vendor: as it is shown, or as it was when it was ours."""
    if seat is not None:
        return replace(one, login=seat.login, options=seat.options, holder=seat.holder)
    claim = decision.state.of(one.license).get(one.who, NOBODY)
    person = situation.people.persons.get(one.who)
    return replace(one, login=match.login(person, decision.account) if person else "", holder=claim.holder)


def _goes(difference: Difference, who: str, situation: Situation) -> str:
    """Of an enforced license: when the seat is taken by itself."""
    since = difference.claims.get(who, NOBODY).since
    if difference.license.mode is not Mode.ENFORCE or since is None:
        return ""
    day = since + situation.grace
    return f"; mode: enforce takes it from {day:%Y-%m-%d} on"


def _ways(license: License, seats: Sequence[Drifted]) -> Iterator[tuple[str, str]]:
    kinds = {one.kind for one in seats}
    yield "it stays as it is there", f"seatwise drift accept --license {license.id}"
    if kinds - {DriftKind.ADDED} or license.mode is Mode.ENFORCE:
        yield "it is put right there", f"seatwise drift correct --license {license.id}"
    if DriftKind.ADDED in kinds and license.mode is Mode.MANAGE:
        yield "what was added there is taken, too", f"seatwise drift correct --license {license.id} --added"


# since when


def dated(scope: Scope, sku: str, past: Iterable[Past]) -> Scope:
    """The scope with since when each seat is so. `past` is read from the newest on, and no further than it is needed."""
    seats = list(scope.seats)
    open_ones = set(range(len(seats)))
    for one in past:
        for at in sorted(open_ones):
            shown = _shown(seats[at], one.seats.get(sku))
            if shown:
                seats[at] = replace(seats[at], since=one.at)
            else:
                open_ones.discard(at)
                seats[at] = seats[at] if shown is None else replace(seats[at], after=one.at)
        if not open_ones:
            break
    return replace(scope, seats=tuple(seats))


def _shown(one: Drifted, seats: Sequence[Seat] | None) -> bool | None:
    """Whether these seats show what differs; None where they can't: the license was not read then."""
    if seats is None:
        return None
    seat = next((seat for seat in seats if _same(one, seat) and seat.pending is not Pending.CANCELLED), None)
    if one.kind is DriftKind.REMOVED or seat is None:
        return (seat is None) is (one.kind is DriftKind.REMOVED)
    return one.kind is DriftKind.ADDED or seat.options == one.options


def _same(one: Drifted, seat: Seat) -> bool:
    return seat.holder == one.holder if one.holder else seat.login.casefold() == one.login.casefold()


# which are meant


def named(scopes: Iterable[Scope], names: Sequence[str]) -> tuple[tuple[Drifted, ...], tuple[str, ...]]:
    """The seats of these holders, called as a finding calls them or as the vendor does (none named: all), and the names that
    nothing is found of."""
    wanted = {name.casefold() for name in names}
    every = tuple(seat for scope in scopes for seat in scope.seats)
    mine = tuple(seat for seat in every if not wanted or wanted & _names(seat))
    met = {name for seat in mine for name in _names(seat)}
    return mine, tuple(name for name in names if name.casefold() not in met)


def _names(seat: Drifted) -> set[str]:
    return {name.casefold() for name in (seat.who, seat.login) if name}
