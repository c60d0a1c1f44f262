"""The CI job that runs us → the token by which it proves what it is, for vendors that trust it instead of a secret."""

from __future__ import annotations

from seatwise.core.model.repo import Account, PeopleSource
from seatwise.core.model.vendor import BadCredentials
from seatwise.edges.http import Call, Client
from seatwise.edges.logins import Bearer, secret
from seatwise.edges.pace import Pace
from seatwise.edges.site import Site

URL, TOKEN = "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
FIX = "keyless: `permissions: {id-token: write}` in GitHub Actions, `assertion: env:NAME` in GitLab CI"


def identity(owner: Account | PeopleSource, audience: str, site: Site, instead: str = "secret") -> str:
    """The job's OpenID Connect token for this audience: what `assertion: env:NAME` of the account holds (GitLab CI puts it
    there), else the one that GitHub Actions gives. Raises BadCredentials where there is neither; `instead`: the key of the
    config that does without."""
    if "assertion" in owner.config:
        return secret(owner, "assertion", site)
    url, token = site.env.get(URL, ""), site.env.get(TOKEN, "")
    if not url or not token:
        what = f"{owner.place}: {owner.id} names no {instead}, and this job has no identity of its own"
        raise BadCredentials(what, f"add `{instead}: env:NAME`; {FIX}")
    client = Client(url, Bearer(token), site.clock, Pace(1, 10), name="the identity of this job")
    said = client.send(Call("GET", url, {"audience": audience})).json()
    value = said.get("value") if isinstance(said, dict) else None
    if not isinstance(value, str) or not value:
        raise BadCredentials("GitHub Actions gives this job no identity", "permissions: {id-token: write}")
    return value
