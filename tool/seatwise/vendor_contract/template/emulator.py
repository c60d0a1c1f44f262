"""The service of the vendor, on loopback. Each rule names its source: TODO, the vendor's document and its version.

- `GET /products` lists what is sold; `GET /seats?product=&page=` has `total` on every page, and `next` where there is one.
- `POST /seats` gives one seat and says whose it is; 409 where all are taken. `DELETE /seats/PRODUCT/USER` takes one.
"""

from __future__ import annotations

from typing import Any

from seatwise.vendor_contract.server import Reply, Request

PAGE = 2


class Service:
    """Users by login, and who has what."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.users: dict[str, str] = {}
        self.bought: dict[str, int] = {}
        self.seats: dict[str, list[str]] = {}
        self.broken = ""
        """short-page, duplicate-rows, shrink."""

    def joins(self, login: str) -> None:
        self.users[login] = f"u{1000 + len(self.users)}"

    def renames(self, login: str, new: str) -> None:
        self.users[new] = self.users.pop(login)

    def sells(self, product: str, bought: int) -> None:
        self.bought[product], self.seats[product] = bought, []

    def gives(self, product: str, login: str) -> str:
        self.seats[product].append(self.users[login])
        return self.users[login]

    def login(self, user: str) -> str:
        return next(login for login, id in self.users.items() if id == user)

    def answer(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return Reply(401, {"message": "who are you?"})
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["products"]:
                return Reply(200, {"products": [{"name": name, "bought": n} for name, n in self.bought.items()]})
            case "GET", ["seats"]:
                return Reply(200, self._page(request.query["product"], int(request.query["page"])))
            case "POST", ["seats"]:
                return self._given(request.json["product"], request.json["login"])
            case "DELETE", ["seats", product, user] if user in self.seats.get(product, ()):
                self.seats[product].remove(user)
                return Reply(204)
        return Reply(404, {"message": "nothing is here"})

    def _given(self, product: str, login: str) -> Reply:
        if len(self.seats[product]) >= self.bought[product]:
            return Reply(409, {"message": f"all {self.bought[product]} seats of {product} are taken"})
        if login not in self.users:
            return Reply(404, {"message": "nobody has this login"})
        return Reply(201, {"user": self.gives(product, login)})

    def _page(self, product: str, number: int) -> dict[str, Any]:
        rows = [{"user": user, "login": self.login(user)} for user in self.seats[product]]
        end = number * PAGE
        page, last = rows[end - PAGE : end], end >= len(rows)
        said: dict[str, Any] = {"seats": page, "total": len(rows), "next": None if last else number + 1}
        if last and self.broken == "short-page":
            said["seats"] = page[:-1]
        elif last and self.broken == "duplicate-rows":
            said["seats"] = [*page[:-1], rows[0]]
        elif last and self.broken == "shrink":
            said["total"] -= 1
        return said
