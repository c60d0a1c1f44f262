"""AWS IAM Identity Center's identity store (JSON 1.1). Rules and their source (botocore's model of identitystore 2020-06-15):

- Lists have at most 100 rows a page, and NextToken where there are more; no totals.
- A membership has an id of its own, by which it is deleted; a second one of the same user is ConflictException.
- What is not there is ResourceNotFoundException. Errors are 400 with their name in `__type` (JSON 1.1 protocol).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tests.emulators.contract import botocore

from seatwise.edges.clock import Clock
from seatwise.vendor_contract.server import Checker, Reply, Request

STORE = "d-1234567890"
KIND = "application/x-amz-json-1.1"


def checked() -> Checker:
    return botocore("aws-identitystore.service-2.json")


def _arn(kind: str, id: str) -> str:
    return f"arn:aws:identitystore:::{kind}/{id}"


@dataclass
class AWS:
    clock: Clock
    page_most: int = 100
    groups: dict[str, str] = field(default_factory=dict)
    """Names by id."""
    users: dict[str, str] = field(default_factory=dict)
    members: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Group and user by the membership's id."""
    made: int = 0
    broken: str = ""

    # what people do there

    def new(self) -> str:
        self.made += 1
        return str(UUID(int=self.made))

    def joins(self, login: str) -> str:
        self.users[id := self.new()] = login
        return id

    def groups_as(self, name: str) -> str:
        self.groups[id := self.new()] = name
        return id

    def gives(self, name: str, login: str) -> None:
        group = next(id for id, one in self.groups.items() if one == name)
        self.members[self.new()] = group, next(id for id, one in self.users.items() if one == login)

    # what it answers

    def answer(self, request: Request) -> Reply:
        if not request.headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 Credential="):
            return _error("AccessDeniedException", "not signed")
        asked, does = request.json, request.headers["x-amz-target"].partition(".")[2]
        if does == "ListGroups":
            return self._page(asked, "Groups", list(self.groups.items()), _group)
        if does == "ListUsers":
            return self._page(asked, "Users", list(self.users.items()), _user)
        if does == "ListGroupMemberships":
            rows = [(id, *one) for id, one in self.members.items() if one[0] == asked["GroupId"]]
            return self._page(asked, "GroupMemberships", rows, _membership, self.broken)
        if does == "GetGroupMembershipId":
            return self._found(asked)
        return self._created(asked) if does == "CreateGroupMembership" else self._deleted(asked)

    def _page(
        self, asked: Any, name: str, rows: list[Any], made: Callable[..., dict[str, Any]], broken: str = ""
    ) -> Reply:
        at, size = int(asked.get("NextToken", "0")), min(asked.get("MaxResults", 100), self.page_most)
        shown, more = rows[at : at + size], at + size < len(rows)
        if broken == "duplicate-rows" and not more:
            shown = [*shown[:-1], rows[0]]
        token = "0" if broken == "circle" else str(at + size)
        if broken == "circle" and at == 0:
            token = str(size)
        return Reply(
            200,
            {name: [made(*one) for one in shown], **({"NextToken": token} if more or broken == "circle" else {})},
            kind=KIND,
        )

    def _created(self, asked: Any) -> Reply:
        pair = asked["GroupId"], asked["MemberId"]["UserId"]
        if pair[0] not in self.groups or pair[1] not in self.users:
            return _error("ResourceNotFoundException", "USER not found.")
        if pair in self.members.values():
            reason = "UNIQUENESS_CONSTRAINT_VIOLATION"
            return _error("ConflictException", "Member and Group relationship already exists.", Reason=reason)
        self.members[id := self.new()] = pair
        said = {"IdentityStoreId": STORE, "MembershipId": id, "MembershipArn": _arn("membership", id)}
        return Reply(200, said, kind=KIND)

    def _found(self, asked: Any) -> Reply:
        pair = asked["GroupId"], asked["MemberId"]["UserId"]
        id = next((id for id, one in self.members.items() if one == pair), None)
        if id is None:
            return _error("ResourceNotFoundException", "MEMBERSHIP not found.")
        said = {"IdentityStoreId": STORE, "MembershipId": id, "MembershipArn": _arn("membership", id)}
        return Reply(200, said, kind=KIND)

    def _deleted(self, asked: Any) -> Reply:
        if self.members.pop(asked["MembershipId"], None) is None:
            return _error("ResourceNotFoundException", "MEMBERSHIP not found.")
        return Reply(200, {}, kind=KIND)


def _group(id: str, name: str) -> dict[str, Any]:
    return {
        "IdentityStoreId": STORE,
        "GroupId": id,
        "GroupArn": _arn("group", id),
        "Revision": "1",
        "DisplayName": name,
    }


def _user(id: str, name: str) -> dict[str, Any]:
    return {"IdentityStoreId": STORE, "UserId": id, "UserArn": _arn("user", id), "Revision": "1", "UserName": name}


def _membership(id: str, group: str, user: str) -> dict[str, Any]:
    return {"IdentityStoreId": STORE, "MembershipId": id, "MembershipArn": _arn("membership", id), "GroupId": group,
            "MemberId": {"UserId": user}}  # fmt: skip


def _error(name: str, words: str, **more: str) -> Reply:
    return Reply(400, {"__type": name, "Message": words, **more}, kind=KIND)
