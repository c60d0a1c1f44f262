"""`vendor: aws`: members of groups in AWS IAM Identity Center, where a product's seats follow a group.

Config: `region`, `store` (the identity store, `d-...`); either `access_key`, `secret_key`, perhaps `session_token`, or nothing:
then credentials are found as AWS's own tools find them (a role by OIDC, a profile). Needs the extra:
`pip install seatwise[aws]`.
A sku is a group's display name; a holder is a user, by user name.
Odd: it states no totals, so a reading is complete by its pages alone; a membership is taken by its own id; adding somebody twice
is a conflict there, and `already` here. What an identity provider pushes there looks like any other membership: manage a group in
one place only.
Verified against: contract (botocore's model of identitystore 2020-06-15), never against AWS. From memory: 20 calls a second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

from seatwise.core.model.change import Change
from seatwise.core.model.repo import Account
from seatwise.core.model.stop import Exit, Stop
from seatwise.core.model.vendor import (
    BadCredentials,
    Holding,
    IncompleteRead,
    Outcome,
    Pool,
    Proof,
    Result,
    Seat,
    UnknownSku,
    VendorInfo,
)
from seatwise.edges.http import READ_FIRST, Answer, Call, Client, GaveUp, Lost, Refused, Says, judged
from seatwise.edges.logins import secret
from seatwise.edges.pace import Pace
from seatwise.edges.sending import Settled, Way, halves, sent
from seatwise.edges.shown import Shown
from seatwise.edges.site import Site

PAGE = 100
PER_SECOND = 20
NONE = Answer(0, {}, b"")
AGAIN = "read again; nothing is concluded from this reading"
MEANS = {
    "ThrottlingException": Says.WAIT,
    "InternalServerException": Says.BROKEN,
    "AccessDeniedException": Says.FORBIDDEN,
    "ExpiredTokenException": Says.EXPIRED,
    "InvalidSignatureException": Says.EXPIRED,
    "MissingAuthenticationTokenException": Says.EXPIRED,
    "UnrecognizedClientException": Says.EXPIRED,
}


class AWS:
    DESCRIBED = VendorInfo(
        "aws",
        takes="takes the user out of the group",
        undo="new",
        writes_per_minute=PER_SECOND * 60,
        secrets=("secret_key", "session_token"),
        verified="contract",
        docs="https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/",
    )

    def __init__(self, account: Account, site: Site) -> None:
        self._account, self._site = account, site
        self._region, self._store = (str(account.config.get(name, "")) for name in ("region", "store"))
        if not self._region or not self._store:
            what = f"{account.place}: account {account.id} needs a region and a store"
            raise Stop(Exit.ERROR, what, "store: d-1234567890")
        self._shown = Shown(site.clock)
        self._groups: dict[str, str] = {}
        self._memberships: dict[tuple[str, str], str] = {}
        """Their ids, by sku and holder."""
        self._client: Client | None = None

    @property
    def info(self) -> VendorInfo:
        return self.DESCRIBED

    def read(self, skus: Iterable[str] | None) -> Iterator[Holding]:
        rows, _ = self._pages("ListGroups", "Groups", "GroupId", {})
        often = Counter(str(row.get("DisplayName") or row["GroupId"]) for row in rows)
        names = [str(row.get("DisplayName") or row["GroupId"]) for row in rows]
        self._groups = {
            name if often[name] == 1 else row["GroupId"]: row["GroupId"] for name, row in zip(names, rows, strict=True)
        }
        wanted = tuple(self._groups) if skus is None else tuple(skus)
        if strange := [sku for sku in wanted if sku not in self._groups]:
            raise UnknownSku(strange[0], tuple(self._groups))
        logins = self._logins() if wanted else {}
        for sku in wanted:
            yield self._shown.keep(self._holding(sku, logins))

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        asked = dict.fromkeys(end.sku for one in changes for end in (one.before, one.after) if end is not None)
        if stale := self._shown.stale(asked):
            list(self.read(()))
            list(self.read([sku for sku in stale if sku in self._groups]))
        return sent(changes, self._shown, Way(lambda some: self._made(some[0]), objects=self._objection))

    def _api(self) -> Client:
        if self._client is None:
            login = _Signed(self._account, self._site, self._region)
            url = str(self._account.config.get("url", f"https://identitystore.{self._region}.amazonaws.com"))
            self._client = Client(
                url, login, self._site.clock, Pace(PER_SECOND, PER_SECOND), name=f"aws ({self._account.id})", judge=_judge,
                needs="identitystore: ListGroups, ListUsers, ListGroupMemberships, Create-, Delete- and GetGroupMembership(Id)",
                signer=login.signed,
            )  # fmt: skip
        return self._client

    def _call(self, does: str, body: Mapping[str, Any]) -> Answer:
        kind = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"AWSIdentityStore.{does}"}
        asks = does.startswith(("List", "Get"))
        return self._api().send(
            Call("POST", "", body={"IdentityStoreId": self._store, **body}, headers=kind, asks=asks)
        )

    def _pages(self, does: str, name: str, key: str, query: Mapping[str, Any]) -> tuple[list[Any], int]:
        """All rows, and the number of pages. Raises IncompleteRead where a page is none, or one comes again."""
        rows: list[Any] = []
        tokens: list[str] = [""]
        while True:
            more = {"NextToken": tokens[-1]} if tokens[-1] else {}
            said = self._call(does, {**query, "MaxResults": PAGE, **more}).json()
            if not isinstance(said, dict) or not isinstance(said.get(name), list):
                raise IncompleteRead(f"{does}: page {len(tokens)} has no {name}", AGAIN)
            rows += said[name]
            token = said.get("NextToken")
            if not token:
                break
            if token in tokens:
                raise IncompleteRead(f"{does}: its pages go round in a circle", AGAIN)
            tokens.append(token)
        if len({row[key] for row in rows}) != len(rows):
            raise IncompleteRead(f"{does}: {len(rows)} rows were read, some of them twice", AGAIN)
        return rows, len(tokens)

    def _logins(self) -> dict[str, str]:
        rows, _ = self._pages("ListUsers", "Users", "UserId", {})
        logins = {row["UserId"]: str(row.get("UserName") or row["UserId"]) for row in rows}
        for holder, login in logins.items():
            self._shown.knows(login, holder)
        return logins

    def _holding(self, sku: str, logins: Mapping[str, str]) -> Holding:
        rows, pages = self._pages(
            "ListGroupMemberships", "GroupMemberships", "MembershipId", {"GroupId": self._groups[sku]}
        )
        holders = {row["MemberId"]["UserId"]: row["MembershipId"] for row in rows}
        if len(holders) != len(rows):
            raise IncompleteRead(f"{sku}: {len(rows)} memberships of {len(holders)} users were read", AGAIN)
        self._memberships |= {(sku, holder): id for holder, id in holders.items()}
        seats = tuple(Seat(holder, logins.get(holder, holder)) for holder in holders)
        return Holding(sku, Pool(None, len(seats)), seats, Proof(len(rows), pages, self._site.clock.now()))

    def _objection(self, change: Change) -> Refused | None:
        for end in (change.before, change.after):
            if end is not None and end.sku not in self._groups:
                return Refused(f"has no group {end.sku!r}", NONE, f"it has {', '.join(sorted(self._groups))}")
        if change.after is not None and change.after.options:
            return Refused(f"knows no option {change.after.options[0][0]!r}", NONE, "leave it out")
        if not self._shown.holder(change):
            return Refused(f"knows no user {change.login!r}", NONE, "add the user there first")
        return None

    def _made(self, change: Change) -> Answer:
        """A swap is two calls: it gives before it takes."""
        holder = self._shown.holder(change)
        if change.before is None or (change.after is not None and change.after.sku == change.before.sku):
            return self._given(change, holder)
        if change.after is None:
            return self._taken(change.before.sku, holder)
        old = change.before.sku
        return halves(lambda: self._given(change, holder), lambda: self._taken(old, holder))

    def _given(self, change: Change, holder: str) -> Answer:
        sku = change.after.sku if change.after is not None else ""
        if sku in self._shown.held(change):
            return NONE
        member = {"GroupId": self._groups[sku], "MemberId": {"UserId": holder}}
        try:
            answer = self._call("CreateGroupMembership", member)
        except Refused as no:
            if _type(no.answer) != "ConflictException":
                raise
            self._keeps(sku, holder, self._asked(member))
            raise Settled(Result.ALREADY, "", no.answer) from None
        self._keeps(sku, holder, answer)
        return answer

    def _asked(self, member: Mapping[str, Any]) -> Answer:
        """The membership that is there. Raises GaveUp where it can't be read: nothing was done."""
        try:
            return self._call("GetGroupMembershipId", member)
        except IncompleteRead as error:
            raise GaveUp(error.what, error.fix) from None

    def _keeps(self, sku: str, holder: str, answer: Answer) -> None:
        """By its own id a membership is taken again."""
        said = answer.json()
        if not isinstance(said, dict) or not isinstance(said.get("MembershipId"), str):
            raise Lost(f"it does not say that {sku} was given", READ_FIRST)
        self._memberships[sku, holder] = said["MembershipId"]

    def _taken(self, sku: str, holder: str) -> Answer:
        try:
            return self._call("DeleteGroupMembership", {"MembershipId": self._memberships[sku, holder]})
        except Refused as no:
            if _type(no.answer) != "ResourceNotFoundException":
                raise
            raise Settled(Result.ALREADY, "it was taken meanwhile", no.answer) from None


class _Signed:
    """Signs each request (Signature Version 4) with credentials that boto3 finds, and renews."""

    def __init__(self, account: Account, site: Site, region: str) -> None:
        try:
            self._auth, self._request = import_module("botocore.auth"), import_module("botocore.awsrequest")
            credentials, session = import_module("botocore.credentials"), import_module("boto3").Session
        except ImportError:
            what = f"account {account.id}: AWS's own library is not installed"
            raise Stop(Exit.ERROR, what, "pip install 'seatwise[aws]'") from None
        self._region = region
        if "access_key" in account.config:
            keys = ("access_key", "secret_key", "session_token")
            given = [secret(account, key, site) for key in keys if key in account.config or key == "secret_key"]
            self._credentials = credentials.Credentials(*given)
        else:
            self._credentials = session().get_credentials()
        if self._credentials is None:
            raise BadCredentials(
                f"account {account.id}: no credentials of AWS are found", "give this job a role, or name keys"
            )

    def headers(self) -> Mapping[str, str]:
        return {}

    def renew(self) -> bool:
        return False

    def secrets(self) -> tuple[str, ...]:
        frozen = self._credentials.get_frozen_credentials()
        return (frozen.secret_key, frozen.token or "")

    def signed(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Mapping[str, str]:
        request = self._request.AWSRequest(method, url, headers=dict(headers), data=body)
        self._auth.SigV4Auth(self._credentials.get_frozen_credentials(), "identitystore", self._region).add_auth(
            request
        )
        return dict(request.headers.items())

    def __repr__(self) -> str:
        return "_Signed(***)"


def _type(answer: Answer) -> str:
    """The error's name; it may come with a namespace in front."""
    try:
        said = answer.json()
    except ValueError:
        return ""
    return str(said.get("__type", "")).rpartition("#")[2] if isinstance(said, dict) else ""


def _judge(answer: Answer) -> Says:
    if answer.status < 400:
        return judged(answer)
    if _type(answer) == "ConflictException" and answer.json().get("Reason") == "CONCURRENT_MODIFICATION":
        return Says.WAIT
    return MEANS.get(_type(answer), judged(answer))
