"""GitHub's logins and limits: what its products have in common.

A token of somebody (`token`), or a GitHub App that signs with its private key (`app`, `installation`, `key`) and is given a
token of an hour for its installation. A clock that is a minute ahead does no harm: the claim begins a minute ago.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from seatwise.core.model.repo import Account
from seatwise.core.model.stop import Exit, Stop
from seatwise.core.model.vendor import Access
from seatwise.edges.http import Answer, Call, Client, Login, Says, judged
from seatwise.edges.keys import signed
from seatwise.edges.logins import Bearer, Exchanged, Token, asking, given, secret
from seatwise.edges.pace import Pace
from seatwise.edges.site import Site

API = "https://api.github.com"
VERSION = {"X-GitHub-Api-Version": "2022-11-28"}
PAGE = "100"
POINTS = 900
"""A minute: a read costs 1, a write 5."""
HOUR = 3600.0
APP = {"key": "env:NAME", "app": "Iv23liAbC, its client id", "installation": "12345678, the end of its page's address"}
"""What a GitHub App's login takes, each with an example."""
AGAIN = "read again; nothing is concluded from this reading"


def checked(account: Account) -> None:
    """Stops where the config names half a login, or two."""
    app = [name for name in APP if account.config.get(name)]
    lacks = [name for name in APP if name not in app]
    what = f"{account.place}: account {account.id} names"
    if app and account.config.get("token"):
        raise Stop(Exit.ERROR, f"{what} a token, and the {app[0]} of a GitHub App", "leave one of them out")
    if app and lacks:
        raise Stop(
            Exit.ERROR, f"{what} the {app[0]} of a GitHub App, and no {lacks[0]}", f"{lacks[0]}: {APP[lacks[0]]}"
        )


def log_in(account: Account, site: Site) -> Login:
    """As what the account names. Raises BadCredentials where a secret is not set."""
    return _app(account, site) if account.config.get("app") else Bearer(secret(account, "token", site))


def opened(account: Account, site: Site, login: Login, needs: str) -> Client:
    """The API, at GitHub's own limit; nothing is called yet."""
    url = str(account.config.get("url", API))
    name = f"github ({account.id})"
    return Client(url, login, site.clock, Pace(POINTS / 60, POINTS), name=name, judge=judge, needs=needs)


def _app(account: Account, site: Site) -> Exchanged:
    """A token of the installation (docs.github.com, "Generating an installation access token for a GitHub App")."""
    key, app = secret(account, "key", site), str(account.config["app"])
    base = str(account.config.get("url", API))
    path = f"app/installations/{account.config['installation']}/access_tokens"

    def ask() -> Token:
        now = int(site.clock.now().timestamp())
        claim = Bearer(signed({"iss": app, "iat": now - 60, "exp": now + 540}, key, account.id))
        client = asking(base, claim, site.clock, f"github ({account.id})")
        return given(client, Call("POST", path, headers=VERSION, asks=True), lambda said: _token(said, site))

    return Exchanged(site.clock, (key,), ask)


def _token(said: Mapping[str, Any], site: Site) -> Token:
    left = (datetime.fromisoformat(said["expires_at"]) - site.clock.now()).total_seconds()
    may = said.get("permissions")
    scopes = frozenset(f"{name}: {level}" for name, level in may.items()) if isinstance(may, dict) else None
    return Token(said["token"], min(left, HOUR), scopes)


def access(account: Account, client: Client, login: Login, permission: str) -> Access:
    """An App's token says what it was given for; of a personal one GitHub names only the owner."""
    if not isinstance(login, Exchanged):
        me = client.send(Call("GET", "user", headers=VERSION)).json()
        return Access(f"{me['login']}, whose token it is")
    who = "the GitHub App {app}, as installation {installation}".format(**account.config)
    read, write = f"{permission}: read", f"{permission}: write"
    return Access(who, login.granted(), (f"{read} | {write}",), (write,))


def judge(answer: Answer) -> Says:
    """A 403 that says when to come back is a limit (GitHub's secondary ones), not a missing permission."""
    limited = answer.status == 403 and (
        "retry-after" in answer.headers or answer.headers.get("x-ratelimit-remaining") == "0"
    )
    return Says.WAIT if limited else judged(answer)
