"""Google Workspace: tokens, licences and users of one customer, and the way to a token without a key. Rules and their sources:

- One licence of a product per user; another sku is given by `update`, whose path names the old one and whose body the new one;
  all refusals by business rules are 412, 404 where a licence is not there, 400 for an unknown sku (errors of the Enterprise
  License Manager API; contracts/vendor-doc-examples.json has their words).
- The words for a seat that is lacking are wrong where a sku is replaced: "new SKU should be different" (GAM issue 1046).
- Pages: 100 unless maxResults says more, at most 1000 (discovery document) or 100 (page on limits): `page_limit` refuses more
  with 400, of which no document says the words.
- Quotas: one query a second (page on limits) is not enforced here; that the adapter keeps it, its own test measures.
- Tokens: a JWT by RS256 with iss, sub, scope, aud, iat, exp of at most an hour (RFC 7523; Google, "service accounts").
- Without a key: a job's OIDC token, whose `aud` is the provider's name with https: before it, is exchanged at STS, without an
  Authorization header; with what that gives, IAM Credentials signs a serialized JSON of claims, `exp` at most 12 hours ahead
  (discovery documents sts.v1 and iamcredentials.v1; the audience: Google, "Configure workload identity federation"). The words
  of refusals are from memory.
- The mail of a user changes, the id does not; a licence is shown under the mail of today (discovery document, userId).
- Who has never logged in has 1970-01-01 as the last login (from memory).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from tests.emulators.contract import discovery
from tests.emulators.keys import opened, pem, signed

from seatwise.edges.clock import Clock
from seatwise.vendor_contract.server import Checker, Reply, Request

CUSTOMER = "C01abc234"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
WORDS = {
    "enough": "There aren't enough available licenses for the specified product-SKU pair",
    "same": "For reassign operations, the new SKU should be different from the old SKU: {sku}",
    "has": "User already has a license for the specified product and SKU",
    "other": "User already has a license of the product, but with a different SKU. To reassign a new SKU for this product, "
    'use the "update" operation.',
    "auto": "Auto License un-assignment is not allowed.",
    "products": "Reassign operation can't be performed on different products: {sku}",
}
NEVER = "1970-01-01T00:00:00.000Z"


ROBOT = "seats@acme.iam.gserviceaccount.com"
PROVIDER = "projects/123/locations/global/workloadIdentityPools/ci/providers/actions"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


def checked() -> Checker:
    """Against the discovery documents; of logins the two that there are, less /token and the job's own /identity."""
    seats = discovery("google-licensing.v1.json", "google-admin-directory.v1.json", beside=("/token", "/identity"))
    logins = discovery("google-sts.v1.json", "google-iamcredentials.v1.json")
    return lambda asked, told: (logins if asked.path.startswith("/v1/") else seats)(asked, told)


def job_token(clock: Clock) -> str:
    """What a CI job shows of itself."""
    now = int(clock.now().timestamp())
    claims = {"iss": "https://ci.example", "sub": "repo:acme/licenses", "aud": f"https://iam.googleapis.com/{PROVIDER}"}
    return signed({"alg": "RS256", "kid": "job"}, {**claims, "iat": now, "exp": now + 300})


def service_account() -> str:
    """The JSON that Google gives with a new key."""
    return json.dumps(
        {"type": "service_account", "client_email": ROBOT, "private_key": pem(),
         "private_key_id": "k-1"}
    )  # fmt: skip


def refused(status: int, words: str, reason: str = "conditionNotMet") -> Reply:
    errors = [{"domain": "global", "reason": reason, "message": words}]
    return Reply(status, {"error": {"code": status, "message": words, "errors": errors}})


class Google:
    """`bought`: seats by sku, `PRODUCT/SKU`."""

    def __init__(self, clock: Clock, token: str, bought: Mapping[str, int], page_most: int = 1000) -> None:
        self.clock, self.token, self.bought, self.page_most = clock, token, bought, page_most
        self.users: dict[str, dict[str, Any]] = {}
        self.mails: dict[str, str] = {}
        """Mail → id."""
        self.seats: dict[tuple[str, str], str] = {}
        """By product and the user's id: the sku."""
        self.automatic: set[str] = set()
        self.page_limit = 0
        self.unlisted: set[str] = set()
        self.broken = ""
        """duplicate-rows, loop, duplicate-users."""
        self.claims: list[dict[str, Any]] = []
        self.federated = "f3derated-of-the-job-of-acme"

    # what people do there

    def joins(self, mail: str, used: str = NEVER, **more: Any) -> None:
        id = self.mails[mail] = str(10**20 + len(self.users))
        name = {"givenName": mail.partition("@")[0], "familyName": "Example", "fullName": mail}
        self.users[id] = {"kind": "admin#directory#user", "id": id, "primaryEmail": mail, "name": name,
                          "suspended": False, "archived": False, "lastLoginTime": used, **more}  # fmt: skip

    def gives(self, sku: str, mail: str) -> None:
        product, _, name = sku.partition("/")
        self.seats[product, self.id(mail)] = name

    def renames(self, mail: str, new: str) -> None:
        id = self.mails[new] = self.mails.pop(mail)
        self.users[id]["primaryEmail"] = new

    def id(self, mail: str) -> str:
        return mail if mail in self.users else self.mails.get(mail, "")

    # what it answers

    def answer(self, request: Request) -> Reply:
        logins = {"/token": self._token, "/identity": self._identity, "/v1/token": self._exchanged}
        if request.path in logins:
            return logins[request.path](request)
        if request.path.endswith(":signJwt"):
            return self._signed(request)
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return refused(401, "Request had invalid authentication credentials.", "authError")
        parts = [unquote(part) for part in request.path.strip("/").split("/")]
        match parts:
            case ["admin", "directory", "v1", "users"]:
                return self._users(request)
            case ["admin", "directory", "v1", "users", mail]:
                known = self.users.get(self.id(mail))
                return Reply(200, known) if known else refused(404, "Resource Not Found: userKey", "notFound")
            case ["apps", "licensing", "v1", "product", product, "users"]:
                return self._listed(request, product)
            case ["apps", "licensing", "v1", "product", product, "sku", sku, "user"]:
                return self._given(product, sku, request.json["userId"])
            case ["apps", "licensing", "v1", "product", product, "sku", sku, "user", mail]:
                return self._one(request, product, sku, mail)
        return refused(404, "Not Found", "notFound")

    def _token(self, request: Request) -> Reply:
        found = opened(request.form["assertion"])
        if found is None:
            return Reply(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})
        head, claims = found
        now = self.clock.now().timestamp()
        right = head == {"alg": "RS256", "typ": "JWT", "kid": "k-1"} and claims["exp"] - claims["iat"] <= 3600
        if not right or abs(claims["iat"] - now) > 300 or request.form["grant_type"] != GRANT:
            return Reply(400, {"error": "invalid_grant", "error_description": "Invalid JWT"})
        if "@" not in claims.get("sub", ""):
            return Reply(401, {"error": "unauthorized_client", "error_description": "Client is unauthorized."})
        self.claims.append(claims)
        return Reply(200, {"access_token": self.token, "expires_in": 3599, "token_type": "Bearer"})

    def _identity(self, request: Request) -> Reply:
        """Not Google's: what GitHub Actions gives a job."""
        known = request.headers["authorization"] == "Bearer the job's"
        return Reply(200, {"value": job_token(self.clock)}) if known else Reply(401, {"message": "who are you?"})

    def _exchanged(self, request: Request) -> Reply:
        asked, found = request.json, opened(request.json["subjectToken"])
        if asked["grantType"] != EXCHANGE or "authorization" in request.headers:
            return Reply(400, {"error": "invalid_request", "error_description": "Invalid request"})
        if asked["audience"] != f"//iam.googleapis.com/{PROVIDER}":
            return Reply(400, {"error": "invalid_target", "error_description": "invalid_target: no such provider"})
        if found is None or found[1]["aud"] != f"https:{asked['audience']}":
            return Reply(
                400, {"error": "invalid_grant", "error_description": "The audience in ID Token does not match."}
            )
        return Reply(200, {"access_token": self.federated, "issued_token_type": asked["requestedTokenType"],
                           "token_type": "Bearer", "expires_in": 3599})  # fmt: skip

    def _signed(self, request: Request) -> Reply:
        claims, now = json.loads(request.json["payload"]), self.clock.now().timestamp()
        if request.headers.get("authorization") != f"Bearer {self.federated}":
            return refused(401, "Request had invalid authentication credentials.", "authError")
        if request.path != f"/v1/projects/-/serviceAccounts/{ROBOT}:signJwt":
            words = "Permission 'iam.serviceAccounts.signJwt' denied on resource (or it may not exist)."
            return refused(403, words, "forbidden")
        if not now <= claims["exp"] <= now + 12 * 3600:
            return refused(400, "Invalid expiration time", "badRequest")
        return Reply(200, {"keyId": "k-1", "signedJwt": signed({"alg": "RS256", "typ": "JWT", "kid": "k-1"}, claims)})

    def _users(self, request: Request) -> Reply:
        rows = [one for one in self.users.values() if one["primaryEmail"] not in self.unlisted]
        if self.broken == "duplicate-users":
            rows = [*rows, rows[0]]
        most = min(int(request.query.get("maxResults", "100")), self.page_most, 500)
        return self._page(request, rows, most, "admin#directory#users", "users")

    def _listed(self, request: Request, product: str) -> Reply:
        asked = int(request.query.get("maxResults", "100"))
        if self.page_limit and asked > self.page_limit:
            return refused(400, "Invalid value for maxResults.", "invalid")
        rows = [self._row(of, sku, id) for (of, id), sku in sorted(self.seats.items()) if of == product]
        if self.broken == "duplicate-rows":
            rows = [*rows, rows[0]]
        return self._page(request, rows, min(asked, self.page_most), "licensing#licenseAssignmentList", "items")

    def _page(self, request: Request, rows: list[dict[str, Any]], size: int, kind: str, name: str) -> Reply:
        at = int(request.query.get("pageToken", "0"))
        more = at + size < len(rows)
        body: dict[str, Any] = {"kind": kind, "etag": "e"}
        if rows[at : at + size]:
            body[name] = rows[at : at + size]
        if more or self.broken == "loop":
            body["nextPageToken"] = str(at + size if more else 0)
        return Reply(200, body)

    def _row(self, product: str, sku: str, id: str) -> dict[str, Any]:
        mail = self.users[id]["primaryEmail"]
        return {"kind": "licensing#licenseAssignment", "etags": "e", "productId": product, "skuId": sku, "userId": mail,
                "skuName": f"sku {sku}", "productName": product, "selfLink": "https://licensing.googleapis.com/"}  # fmt: skip

    def _given(self, product: str, sku: str, mail: str) -> Reply:
        id, there = self.id(mail), f"{product}/{sku}"
        if there not in self.bought:
            return refused(400, "SKU or product does not exist.", "invalid")
        if not id:
            return refused(404, "Resource Not Found: userKey", "notFound")
        has = self.seats.get((product, id))
        if has == sku:
            return refused(412, WORDS["has"])
        if self._full(product, sku):
            return refused(412, WORDS["enough"])
        if has is not None:
            return refused(412, WORDS["other"])
        self.seats[product, id] = sku
        return Reply(200, self._row(product, sku, id))

    def _one(self, request: Request, product: str, sku: str, mail: str) -> Reply:
        id = self.id(mail)
        if self.seats.get((product, id)) != sku:
            return refused(404, "User does not have this license", "notFound")
        if request.method == "GET":
            return Reply(200, self._row(product, sku, id))
        if mail in self.automatic:
            return refused(412, WORDS["auto"])
        if request.method == "DELETE":
            del self.seats[product, id]
            return Reply(200, {})
        return self._reassigned(request.json, product, sku, id)

    def _reassigned(self, body: Mapping[str, str], product: str, old: str, id: str) -> Reply:
        sku = body["skuId"]
        if body["productId"] != product:
            return refused(412, WORDS["products"].format(sku=body["productId"]))
        if sku == old or self._full(product, sku):
            return refused(412, WORDS["same"].format(sku=sku))
        self.seats[product, id] = sku
        return Reply(200, self._row(product, sku, id))

    def _full(self, product: str, sku: str) -> bool:
        used = sum(1 for (of, _), one in self.seats.items() if (of, one) == (product, sku))
        return used >= self.bought[f"{product}/{sku}"]
