"""Microsoft Graph v1.0 and Entra's token endpoint, as far as licences of users go. Rules and their sources:

- Tokens: RFC 6749 4.4 and RFC 7523 2.2, at `/{tenant}/oauth2/v2.0/token`; 401 invalid_client for a wrong secret (AADSTS7000215,
  wording not verified); they last 3,599 s.
- /users: `$top` up to 999, 500 with signInActivity; `@odata.count` on the first page only, and only with `$count` and the header
  ConsistencyLevel: eventual; `@odata.nextLink` is a whole address (learn.microsoft.com/graph/paging; numbers not verified).
- `$expand` goes with no advanced query, which `$count` makes it (learn.microsoft.com/graph/aad-advanced-queries; not verified).
- assignLicense: both lists, else 400 (msgraph-sdk-powershell#3229); 400 for an invalid usageLocation and for taking what a group
  gives (support.okta.com, in vendor-doc-examples.json). Its words for a full pool, an unknown sku, and a licence that is not
  there to be removed are not verified. All of one call, or nothing.
- One user with a licence directly and by a group consumes one (timmcmic.blog, 2025-02-03).
- $batch: at most 20; 200, and a status for each, in any order; 424 for what depends on something that failed
  (learn.microsoft.com/graph/json-batching).
- Limits: 3,000 writes per 150 s, each one counted in a batch too, where 429 is the single call's; Retry-After may be a fraction;
  with signInActivity 10 reads in 10 s (learn.microsoft.com/graph/throttling-limits; the last one second-hand).
- What was written is shown so many seconds later (`lag`): Entra is eventually consistent; no number is documented.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.emulators.contract import openapi
from tests.emulators.server import Checker, Reply, Request

from seatwise.edges.clock import Clock

BELOW = "/v1.0"
TENANT, CLIENT = "acme.example", "6731de76-14a6-49ae-97bc-6eba6914391e"
INHERITED = "User license is inherited from a group membership and it cannot be removed directly from the user."
NO_PLACE = "License assignment cannot be done for user with invalid usage location."
FIELDS = frozenset(
    ("id", "userPrincipalName", "mail", "displayName", "department", "country", "usageLocation", "jobTitle", "companyName",
     "employeeId", "employeeType", "accountEnabled", "employeeHireDate", "employeeLeaveDateTime", "employeeOrgData", "userType",
     "assignedLicenses", "licenseAssignmentStates", "signInActivity")
)  # fmt: skip
WHOLE = {"identity": ("GET", "/identity"), "token": ("POST", f"/{TENANT}/oauth2/v2.0/token")}


def checked() -> Checker:
    """Each call, also each in a batch, against Graph's metadata of 2026, and assignLicense against Microsoft's own OpenAPI
    document of 2022, which calls it microsoft.graph.assignLicense. Of that one only requests count: the parts of its allOf
    forbid each other's fields, so that no answer fits it. Tokens are in neither."""
    new, old = (openapi(f"msgraph-licensing{year}.openapi.json") for year in ("", "-2022"))

    def check(request: Request, reply: Reply) -> None:
        if (request.method, request.path) in WHOLE.values():
            return
        if request.path != f"{BELOW}/$batch":
            new(request, reply)
            return
        answers = {one["id"]: one for one in reply.body["responses"]} if reply.status == 200 else {}
        for item in request.json["requests"]:
            said = answers.get(item["id"], {})
            inner, told = _inner(item), Reply(said.get("status", 400), said.get("body"))
            if said.get("status", 500) < 424:
                new(inner, told)
            if inner.path.endswith("/assignLicense") and said.get("status") == 200:
                old(_inner({**item, "url": item["url"].replace("/assign", "/microsoft.graph.assign")}), Reply(200, {}))

    return check


def _inner(item: Mapping[str, Any]) -> Request:
    """A call of a batch as one of its own."""
    headers = {name.lower(): value for name, value in item.get("headers", {}).items()}
    return Request(item["method"], BELOW + item["url"], {}, headers, Reply(body=item.get("body")).data)


@dataclass
class Sold:
    id: str
    bought: int
    plans: dict[str, str]
    warning: int = 0
    applies_to: str = "User"


@dataclass
class Held:
    """`direct`: ids of the plans that are off; None: it is not given directly. The same by group."""

    direct: frozenset[str] | None = None
    groups: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass
class User:
    id: str
    fields: dict[str, Any]
    held: dict[str, Held] = field(default_factory=dict)
    failed: dict[str, tuple[str, str]] = field(default_factory=dict)
    """What a group should give and can't: sku → the group, and the error."""
    shown: list[tuple[float, dict[str, Held]]] = field(default_factory=list)


@dataclass
class ItemFault:
    """What the next `times` calls inside of batches that match are answered with, instead of being done or (`done`) after."""

    reply: Reply | None
    times: int = 1
    matches: Callable[[Request], bool] = lambda request: True
    done: bool = False


class No(Exception):
    """An answer that is no yes."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        inner = {"date": "2026-11-24T09:00:00", "request-id": "r-inner", "client-request-id": "c-1"}
        self.reply = Reply(status, {"error": {"code": code, "message": message, "innerError": inner}}, headers or {})


class Graph:
    """The tenant of acme."""

    def __init__(self, clock: Clock, secret: str, page_most: int = 999, lag: float = 30) -> None:
        self.clock, self.secret, self.page_most, self.lag = clock, secret, page_most, lag
        self.users: dict[str, User] = {}
        self.skus: dict[str, Sold] = {}
        self.tokens: dict[str, float] = {}
        self.roles: list[str] | None = None
        """What the token says of itself: Microsoft's are JSON Web Tokens with the application permissions as `roles`."""
        self.assertion = ""
        """The identity that a federated credential is made out to."""
        self.faults: list[ItemFault] = []
        self.broken = ""
        """short-page, duplicate-rows, shrink."""
        self.writes: list[float] = []
        self.sign_ins: list[float] = []

    # what people do there

    def sells(self, name: str, bought: int, *plans: str, **more: Any) -> None:
        number = len(self.skus) + 1
        ids = {plan: f"{number:08d}-{at:04d}-4000-8000-0000000000aa" for at, plan in enumerate(plans)}
        self.skus[name] = Sold(f"{number:08d}-0000-4000-8000-0000000000ff", bought, ids, **more)

    def joins(self, login: str, location: str | None = "DE", **fields: Any) -> User:
        id = f"{len(self.users) + 1:08d}-1111-4000-8000-000000000000"
        self.users[id] = User(id, {"id": id, "userPrincipalName": login, "usageLocation": location, **fields})
        self.users[id].shown.append((float("-inf"), {}))
        return self.users[id]

    def user(self, login: str) -> User:
        return next(one for one in self.users.values() if one.fields["userPrincipalName"] == login)

    def gives(self, login: str, sku: str, group: str = "", *, off: tuple[str, ...] = (), before: bool = False) -> None:
        """`before`: long ago, so that it is shown."""
        sold, user = self.skus[sku], self.user(login)
        held = user.held.setdefault(sold.id, Held())
        plans = frozenset(sold.plans[name] for name in off)
        if group:
            held.groups[group] = plans
        else:
            held.direct = plans
        self._changed(user, float("-inf") if before else None)

    def renames(self, login: str, new: str) -> None:
        self.user(login).fields["userPrincipalName"] = new

    def has(self, sku: str) -> list[User]:
        return [user for user in self.users.values() if self.skus[sku].id in user.held]

    def _changed(self, user: User, at: float | None = None) -> None:
        state = {id: Held(one.direct, dict(one.groups)) for id, one in user.held.items()}
        user.shown.append((self.clock.monotonic() if at is None else at, state))

    def _visible(self, user: User) -> dict[str, Held]:
        until = self.clock.monotonic() - self.lag
        return next(state for at, state in reversed(user.shown) if at <= until)

    # what it answers

    def answer(self, request: Request) -> Reply:
        try:
            if (request.method, request.path) == WHOLE["identity"]:
                return self._identity(request)
            if (request.method, request.path) == WHOLE["token"]:
                return self._token(request.form)
            self._known(request)
            if request.path == f"{BELOW}/$batch":
                return self._batch(request)
            return self._one(request)
        except No as no:
            return no.reply

    def _identity(self, request: Request) -> Reply:
        known = request.headers.get("authorization") == "Bearer job" and request.query.get("audience")
        return Reply(200, {"value": self.assertion}) if known else Reply(401, {"message": "who are you?"})

    def _token(self, form: Mapping[str, str]) -> Reply:
        if form.get("grant_type") != "client_credentials" or not form.get("scope", "").endswith("/.default"):
            return Reply(
                400, {"error": "invalid_request", "error_description": "AADSTS900144: a parameter is missing."}
            )
        jwt = form.get("client_assertion_type") == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        proof = form.get("client_assertion") if jwt else form.get("client_secret")
        if form.get("client_id") != CLIENT or not proof or proof not in (self.secret, self.assertion):
            said = f"AADSTS7000215: Invalid client secret provided: {proof}"
            return Reply(401, {"error": "invalid_client", "error_description": said})
        token = f"t0ken-{len(self.tokens) + 1}"
        if self.roles is not None:
            claims = urlsafe_b64encode(json.dumps({"aud": "graph", "roles": self.roles}).encode()).decode().rstrip("=")
            token = f"{token}.{claims}.c0ffee"
        self.tokens[token] = self.clock.monotonic() + 3599
        return Reply(200, {"token_type": "Bearer", "expires_in": 3599, "access_token": token})

    def _known(self, request: Request) -> None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.tokens.get(token, 0.0) <= self.clock.monotonic():
            raise No(401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.")

    def _one(self, request: Request) -> Reply:
        path = request.path.removeprefix(BELOW).strip("/").split("/")
        if request.method == "GET" and path == ["subscribedSkus"]:
            return Reply(200, {"value": [self._sku(name, sold) for name, sold in self.skus.items()]})
        if request.method == "GET" and path == ["users"]:
            return self._page(request)
        if path[0] == "users" and len(path) > 1 and path[1] in self.users:
            user = self.users[path[1]]
            if request.method == "PATCH" and len(path) == 2:
                user.fields |= request.json
                return Reply(204)
            if request.method == "POST" and path[2:] == ["assignLicense"]:
                return self._assigned(user, request.json)
        raise No(404, "Request_ResourceNotFound", f"Resource '{path[-1]}' does not exist.")

    # reading

    def _sku(self, name: str, sold: Sold) -> dict[str, Any]:
        plans = [
            {"servicePlanId": id, "servicePlanName": plan, "provisioningStatus": "Success", "appliesTo": "User"}
            for plan, id in sold.plans.items()
        ]
        units = {"enabled": sold.bought - sold.warning, "suspended": 0, "warning": sold.warning, "lockedOut": 0}
        used = sum(sold.id in self._visible(user) for user in self.users.values())
        return {"id": f"{TENANT}_{sold.id}", "skuId": sold.id, "skuPartNumber": name, "consumedUnits": used,
                "prepaidUnits": units, "servicePlans": plans, "capabilityStatus": "Enabled",
                "appliesTo": sold.applies_to}  # fmt: skip

    def _page(self, request: Request) -> Reply:
        query, fields = request.query, request.query.get("$select", "id").split(",")
        most = 500 if "signInActivity" in fields else 999
        if int(query.get("$top", "100")) > most:
            raise No(400, "Request_UnsupportedQuery", f"Page size must be between 1 and {most}.")
        if "$count" in query and request.headers.get("consistencylevel") != "eventual":
            raise No(400, "Request_UnsupportedQuery", "$count needs the header ConsistencyLevel: eventual.")
        if "$expand" in query and "consistencylevel" in request.headers:
            raise No(400, "Request_UnsupportedQuery", "$expand is not supported with advanced query parameters.")
        if strange := [name for name in fields if name not in FIELDS]:
            what = f"Could not find a property named '{strange[0]}' on type 'microsoft.graph.user'."
            raise No(400, "BadRequest", f"Parsing OData Select and Expand failed: {what}")
        if "signInActivity" in fields:
            self._limited(self.sign_ins, 10, 10.0)
        fields += query.get("$expand", "").split(",")
        users = [one for one in self.users.values() if _fits(one, query.get("$filter", ""))]
        start, size = int(query.get("$skiptoken", "0")), min(int(query.get("$top", "100")), self.page_most)
        shown = [self._row(one, fields) for one in users[start : start + size]]
        last = start + size >= len(users)
        if last and self.broken == "short-page":
            shown = shown[:-1]
        elif last and self.broken == "duplicate-rows":
            shown = [*shown[:-1], self._row(users[0], fields)]
        body: dict[str, Any] = {"value": shown}
        if "$count" in query and not start:
            body["@odata.count"] = len(users) - (self.broken == "shrink")
        if not last:
            following = urlencode({**query, "$skiptoken": start + size})
            body["@odata.nextLink"] = f"http://{request.headers['host']}{request.path}?{following}"
        return Reply(200, body, {"request-id": f"r-page-{start}"})

    def _row(self, user: User, fields: list[str]) -> dict[str, Any]:
        held = self._visible(user)
        more = {
            "assignedLicenses": [{"skuId": id, "disabledPlans": sorted(_off(one))} for id, one in held.items()],
            "licenseAssignmentStates": [*_states(user, held)],
        }
        return {name: {**user.fields, **more}.get(name) for name in fields if name}

    # writing

    def _batch(self, request: Request) -> Reply:
        items = request.json["requests"]
        if len(items) > 20 or len({item["id"] for item in items}) != len(items):
            raise No(400, "BadRequest", "Number of batch request steps exceeds the maximum value of 20.")
        answers: dict[str, Reply] = {}
        for item in items:
            failed = [id for id in item.get("dependsOn", ()) if answers[id].status >= 300]
            dependency = No(424, "failedDependency", "A call that this one depends on has failed.")
            answers[item["id"]] = dependency.reply if failed else self._item(_inner(item))
        said = [
            {
                "id": id,
                "status": one.status,
                "headers": {"Content-Type": "application/json", **one.headers},
                "body": one.body,
            }
            for id, one in answers.items()
        ]
        return Reply(200, {"responses": said[::-1]}, {"request-id": "r-batch"})

    def _item(self, request: Request) -> Reply:
        fault = next((one for one in self.faults if one.matches(request)), None)
        if fault is not None:
            fault.times -= 1
            self.faults = [one for one in self.faults if one.times > 0]
        try:
            if fault is not None and fault.reply is not None and not fault.done:
                return fault.reply
            self._limited(self.writes, 3000, 150.0)
            reply = self._one(request)
        except No as no:
            return no.reply
        return fault.reply if fault is not None and fault.reply is not None else reply

    def _assigned(self, user: User, asked: Mapping[str, Any]) -> Reply:
        for name in ("addLicenses", "removeLicenses"):
            if name not in asked:
                what = "One or more parameters of the operation 'assignLicense' are missing from the request payload."
                raise No(400, "Request_BadRequest", f"{what} The missing parameters are: {name}.")
        for refusal in self._refusals(user, asked["addLicenses"], asked["removeLicenses"]):
            raise No(400, "Request_BadRequest", refusal)
        for id in asked["removeLicenses"]:
            user.held[id].direct = None
            if not user.held[id].groups:
                del user.held[id]
        for one in asked["addLicenses"]:
            user.held.setdefault(one["skuId"], Held()).direct = frozenset(one["disabledPlans"])
        self._changed(user)
        return Reply(200, {"id": user.id, "userPrincipalName": user.fields["userPrincipalName"]})

    def _refusals(self, user: User, given: list[Any], taken: list[str]) -> Iterator[str]:
        sold = {one.id: one for one in self.skus.values()}
        if given and not user.fields["usageLocation"]:
            yield NO_PLACE
        for id in taken:
            if id not in user.held:
                yield "User does not have a corresponding license."
            elif user.held[id].direct is None:
                yield INHERITED
        for one in given:
            if one["skuId"] not in sold:
                yield f"License {one['skuId']} does not correspond to a valid company License."
                return
            if set(one["disabledPlans"]) - set(sold[one["skuId"]].plans.values()):
                yield "One of the disabled plans is no plan of the license."
            if one["skuId"] not in user.held and self._full(sold[one["skuId"]]):
                yield f"Subscription with SKU {one['skuId']} does not have any available licenses."

    def _full(self, sold: Sold) -> bool:
        """One that is larger than the tenant never is: then nobody is counted."""
        return len(self.users) >= sold.bought and sum(sold.id in one.held for one in self.users.values()) >= sold.bought

    def _limited(self, done: list[float], most: int, seconds: float) -> None:
        now = self.clock.monotonic()
        while done and done[0] <= now - seconds:
            done.pop(0)
        if len(done) >= most:
            after = f"{done[0] + seconds - now:.3f}"
            raise No(429, "TooManyRequests", "Please retry again later.", {"Retry-After": after})
        done.append(now)


def _fits(user: User, wanted: str) -> bool:
    """`userType eq 'Member'`, the only kind of filter that is understood."""
    name, _, value = wanted.partition(" eq ")
    return not wanted or str(user.fields.get(name)).lower() == value.strip("'").lower()


def _off(held: Held) -> frozenset[str]:
    """A plan is off where nothing that gives the licence has it on."""
    ways = [*([held.direct] if held.direct is not None else []), *held.groups.values()]
    return frozenset.intersection(*ways)


def _states(user: User, held: Mapping[str, Held]) -> Iterator[dict[str, Any]]:
    same = {"state": "Active", "error": "None", "lastUpdatedDateTime": "2026-11-01T08:00:00Z"}
    for id, one in held.items():
        if one.direct is not None:
            yield {"skuId": id, "assignedByGroup": None, "disabledPlans": sorted(one.direct), **same}
        for group, off in one.groups.items():
            yield {"skuId": id, "assignedByGroup": group, "disabledPlans": sorted(off), **same}
    for id, (group, error) in user.failed.items():
        yield {"skuId": id, "assignedByGroup": group, "disabledPlans": [], **same, "state": "Error", "error": error}
