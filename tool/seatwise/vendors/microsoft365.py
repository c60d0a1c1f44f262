"""`vendor: microsoft365`: licences of Microsoft 365 and Entra, given to single users through Microsoft Graph v1.0.

Config: `tenant`, `client`; `secret: env:NAME`, or keyless by a federated credential (`assertion: env:NAME` in GitLab CI);
`sign_ins: true` for the day of the last sign-in; `url` and `login` of a national cloud. A sku is its skuPartNumber, such as
SPE_E5. Option: `disabled_plans`, a list of names of service plans.
Odd: who has a licence directly and through a group has one seat, is shown with both, and keeps it when the direct one is taken.
Without a usageLocation Graph gives nothing; where it is empty it is filled with the person's country, in the same batch.
Verified against: contract (Graph v1.0 of 2026-08 and of 2022-02), never against Microsoft itself.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from seatwise.core.model.change import Change, Grant
from seatwise.core.model.repo import Account, Options
from seatwise.core.model.vendor import (
    Access,
    Holding,
    IncompleteRead,
    Origin,
    Outcome,
    Pool,
    Proof,
    Seat,
    UnknownSku,
    VendorError,
    VendorInfo,
)
from seatwise.core.near import near
from seatwise.edges.graph import COUNTED, MOST, NOTHING, PATIENT, Batch, Listed, Steps, collection, graph, log_in
from seatwise.edges.http import Answer, Call, Client, Refused
from seatwise.edges.logins import Exchanged
from seatwise.edges.pace import Pace
from seatwise.edges.sending import Way, sent
from seatwise.edges.shown import Shown
from seatwise.edges.site import Site

PLANS = "disabled_plans"
FIELDS = "id,userPrincipalName,usageLocation,assignedLicenses,licenseAssignmentStates"
ASSIGNS = "LicenseAssignment.ReadWrite.All"
NEEDS = {"POST": ASSIGNS, "PATCH": "User.ReadWrite.All, or fill usageLocation there"}
WRITES, SECONDS = 3000, 150
"""So many calls that write, in so many seconds, for one app in one tenant."""
READS = "User.Read.All and Organization.Read.All"
PERMISSIONS = (
    ("User.Read.All | User.ReadWrite.All", "Organization.Read.All | LicenseAssignment.Read.All"),
    ("LicenseAssignment.ReadWrite.All",),
    ("User.ReadWrite.All", "AuditLog.Read.All", "User-LifeCycleInfo.Read.All"),
)
"""To read, to write, and what an empty usageLocation, sign_ins and the people source use: docs/vendors/microsoft365.md. What
allows more than these would do as well, and is too much."""
READS_SIGN_INS = f"{READS}; for sign_ins also AuditLog.Read.All, in a tenant with Entra ID P1"


@dataclass(frozen=True, slots=True)
class Sku:
    """`plans`: names of its service plans by their id."""

    id: str
    name: str
    pool: Pool
    plans: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Parted(Answer):
    """What a batch says, taken apart: why those that were not done were not, by change."""

    errors: Mapping[Hashable, VendorError] = field(default_factory=dict)


class Microsoft365:
    DESCRIBED = VendorInfo(
        "microsoft365",
        takes="takes the seat; what it held is deleted after 30 days",
        undo="lossy",
        exact_for="30 days",
        atomic_swap=True,
        settle_seconds=30,
        writes_per_minute=1200,
        needs=("country",),
        options=frozenset({PLANS}),
        signals=("login",),
        secrets=("secret", "assertion"),
        verified="contract",
        docs="https://learn.microsoft.com/graph/api/user-assignlicense",
    )

    def __init__(self, account: Account, site: Site) -> None:
        self._account, self._site = account, site
        self._signs = account.config.get("sign_ins") is True
        self._shown = Shown(site.clock)
        self._skus: dict[str, Sku] = {}
        self._placed: dict[str, bool] = {}
        """Every user's id, and whether a usageLocation is there."""
        self._login: Exchanged | None = None
        self._clients: dict[str, Client] = {}

    @property
    def info(self) -> VendorInfo:
        return self.DESCRIBED

    def read(self, skus: Iterable[str] | None) -> Iterator[Holding]:
        wanted = None if skus is None else tuple(skus)
        if wanted == ():
            return
        sold = self._sold()
        if strange := [sku for sku in wanted or () if sku not in sold]:
            raise UnknownSku(strange[0], tuple(sorted(sold)))
        holdings = self._holdings(sold)
        self._skus = sold
        yield from (holdings[sku] for sku in wanted or sorted(sold))

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        if not self._skus or self._shown.stale(self._skus):
            list(self.read(None))
        return sent(changes, self._shown, Way(self._send, _way, MOST, self._objection, part=_part))

    def access(self) -> Access:
        """Microsoft's tokens name the application permissions that were granted."""
        self._client("read")
        granted = self._login.granted() if self._login else None
        who = "app {client} of {tenant}".format(**self._account.config)
        return Access(who, granted, *PERMISSIONS)

    # reading

    def _client(self, purpose: str) -> Client:
        """One each for what Graph counts apart: writes; sign-ins, 10 in any 10 s; and other reads, which never come near it."""
        if self._login is None:
            self._login = log_in(self._account, self._site)
        if purpose not in self._clients:
            pace = Pace(1, 1) if purpose == "sign_ins" else Pace(WRITES / SECONDS, WRITES)
            needs = {"sign_ins": READS_SIGN_INS, "read": READS}.get(purpose, ASSIGNS)
            self._clients[purpose] = graph(self._account, self._site, pace, needs, self._login)
        return self._clients[purpose]

    def _sold(self) -> dict[str, Sku]:
        """What the tenant has for users, by name; what is for the tenant as a whole is nobody's seat."""
        listed = collection(self._client("read"), Call("GET", "subscribedSkus", headers=PATIENT))
        return {row["skuPartNumber"]: _sku(row) for row in listed.rows if row.get("appliesTo") == "User"}

    def _users(self) -> Listed:
        fields, page = (f"{FIELDS},signInActivity", "500") if self._signs else (FIELDS, "999")
        query = {"$select": fields, "$top": page, "$count": "true"}
        client = self._client("sign_ins" if self._signs else "read")
        return collection(client, Call("GET", "users", query, headers={**COUNTED, **PATIENT}))

    def _holdings(self, sold: Mapping[str, Sku]) -> dict[str, Holding]:
        """All skus at once: one reading of the users has them all. That no user is missing shows that no seat is."""
        users, plans = self._users(), {id: name for sku in sold.values() for id, name in sku.plans.items()}
        try:
            seats = _by_sku(users, plans)
            for user in users.rows:
                self._placed[user["id"]] = bool(user["usageLocation"])
                self._shown.knows(user["userPrincipalName"], user["id"])
        except (KeyError, TypeError, ValueError) as error:
            raise IncompleteRead(f"{self._account.id}: a user was read without its {error}", NOTHING) from None
        now = self._site.clock.now()
        return {sku.name: self._shown.keep(_holding(sku, seats.get(sku.id, ()), users, now)) for sku in sold.values()}

    # writing

    def _objection(self, change: Change) -> Refused | None:
        none, after = Answer(0, {}, b""), change.after
        holder = self._shown.holder(change)
        if holder not in self._placed:
            return Refused(
                f"{change.login or change.who} is no user here", none, "create the user there, or mend the login"
            )
        if after is None:
            return None
        if after.sku not in self._skus:
            return Refused(f"sells no {after.sku!r}", none, f"it sells {', '.join(sorted(self._skus))}")
        if not self._placed[holder] and not change.profile.get("country"):
            fix = "fill country in the people source, or usageLocation there"
            return Refused(f"{change.who} has no usageLocation, and no country", none, fix)
        return _wrong_options(after, self._skus[after.sku])

    def _send(self, changes: Sequence[Change]) -> Answer:
        steps = [self._steps(change) for change in changes]
        batch = Batch(self._client("write"), self._site, self._login.renew if self._login else bool, NEEDS)
        errors = batch.send(steps)
        for one, change in zip(steps, changes, strict=True):
            if change.after is not None and not any(call.method == "PATCH" for call in one.left):
                self._placed[self._shown.holder(change)] = True
        return Parted(200, {"request-id": batch.request}, b"", errors=errors)

    def _steps(self, change: Change) -> Steps:
        """The place first, where there is none; then what is given and what is taken, in one call. Graph asks for both lists
        since 2025-03 (msgraph-sdk-powershell#3229)."""
        before, after, path = change.before, change.after, f"users/{self._shown.holder(change)}"
        left = before if before is not None and (after is None or after.sku != before.sku) else None
        body = {
            "addLicenses": [self._given(after)] if after else [],
            "removeLicenses": [self._skus[left.sku].id] if left else [],
        }
        place = Call("PATCH", path, body={"usageLocation": change.profile.get("country", "")})
        missing = after is not None and not self._placed[self._shown.holder(change)]
        return Steps(id(change), [*([place] if missing else []), Call("POST", f"{path}/assignLicense", body=body)])

    def _given(self, grant: Grant) -> Mapping[str, Any]:
        sku = self._skus[grant.sku]
        ids = {name: id for id, name in sku.plans.items()}
        return {"skuId": sku.id, "disabledPlans": [ids[name] for name in _disabled(grant.options)]}


def _way(change: Change) -> Hashable:
    """Calls of one batch run in any order, so none of them may wait for the seat of another: those that take seats come in
    other batches than those that give them."""
    if change.before is None or change.after is None or change.before.sku == change.after.sku:
        return change.after is not None
    return change.before.sku, change.after.sku


def _part(change: Change, answer: Answer) -> VendorError | None:
    return answer.errors.get(id(change)) if isinstance(answer, Parted) else None


def _disabled(options: Options) -> tuple[str, ...]:
    value = dict(options).get(PLANS, ())
    return value if isinstance(value, tuple) else (str(value),)


def _wrong_options(grant: Grant, sku: Sku) -> Refused | None:
    none, known = Answer(0, {}, b""), set(sku.plans.values())
    if strange := [name for name, _ in grant.options if name != PLANS]:
        return Refused(f"knows no option {strange[0]!r}", none, f"it knows {PLANS}")
    if strange := [name for name in _disabled(grant.options) if name not in known]:
        fix = near(strange[0], known) or ", ".join(sorted(known))
        return Refused(f"{sku.name} has no service plan {strange[0]!r}", none, fix)
    if grant.options and not isinstance(dict(grant.options)[PLANS], tuple):
        return Refused(f"{PLANS} is one name", none, f"write a list, as it is read: [{_disabled(grant.options)[0]}]")
    return None


def _sku(row: Mapping[str, Any]) -> Sku:
    """Seats in warning are paid late, and can still be given."""
    units = row.get("prepaidUnits") or {}
    bought = (units.get("enabled") or 0) + (units.get("warning") or 0)
    plans = {plan["servicePlanId"]: plan["servicePlanName"] for plan in row.get("servicePlans", ())}
    return Sku(row["skuId"], row["skuPartNumber"], Pool(bought, row.get("consumedUnits") or 0), plans)


def _by_sku(users: Listed, plans: Mapping[str, str]) -> dict[str, list[Seat]]:
    seats: dict[str, list[Seat]] = {}
    for user in users.rows:
        states = user["licenseAssignmentStates"]
        for license in user["assignedLicenses"]:
            id = license["skuId"]
            own = [one for one in states if one["skuId"] == id and one.get("state") != "Error"]
            seats.setdefault(id, []).append(_seat(user, license, own, plans))
    return seats


def _seat(user: Mapping[str, Any], license: Mapping[str, Any], states: Sequence[Any], plans: Mapping[str, str]) -> Seat:
    """What is given directly is ours to take, whatever groups give too; they are noted."""
    direct = next((one for one in states if not one.get("assignedByGroup")), None)
    groups = sorted(one["assignedByGroup"] for one in states if one.get("assignedByGroup"))
    origin = Origin.GROUP if groups and direct is None else Origin.DIRECT
    disabled = (direct or license).get("disabledPlans") or ()
    names = tuple(sorted(plans.get(id, id) for id in disabled))
    options: Options = ((PLANS, names),) if names else ()
    group = groups[0] if groups else ""
    return Seat(user["id"], user["userPrincipalName"], origin, group, options, _last_used(user.get("signInActivity")))


def _last_used(activity: Mapping[str, Any] | None) -> date | None:
    """The last sign-in of any kind; nothing is said of those who never did, nor where it is not asked for."""
    names = ("lastSignInDateTime", "lastNonInteractiveSignInDateTime", "lastSuccessfulSignInDateTime")
    last = max(((activity or {}).get(name) or "" for name in names), default="")
    return date.fromisoformat(last[:10]) if last else None


def _holding(sku: Sku, seats: Sequence[Seat], users: Listed, now: datetime) -> Holding:
    return Holding(sku.name, sku.pool, tuple(seats), Proof(len(seats), users.pages + 1, now, len(seats)))
