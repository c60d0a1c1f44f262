"""Google's logins: a service account signs for an administrator, `subject`, to whom the domain has delegated the scopes.

It signs with its key (`key`); or keyless (`service_account`, `provider`): the CI job's identity is exchanged at the Security
Token Service for a token of the workload identity pool, which may have the service account's signature made
(docs.cloud.google.com/iam, "Workload Identity Federation"; signJwt of IAM Credentials v1).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from seatwise.core.model.repo import Account, PeopleSource
from seatwise.core.model.stop import Exit, Stop
from seatwise.core.model.vendor import BadCredentials
from seatwise.edges.http import Call, Client
from seatwise.edges.job import identity
from seatwise.edges.keys import signed
from seatwise.edges.logins import Bearer, Exchanged, Token, Unsigned, asking, by_form, given, secret
from seatwise.edges.pace import Pace
from seatwise.edges.site import Site

Owner = Account | PeopleSource

TOKENS = "https://oauth2.googleapis.com/token"
STS = "https://sts.googleapis.com"
IAM = "https://iamcredentials.googleapis.com"
CLOUD = "https://www.googleapis.com/auth/cloud-platform"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
TOKEN_TYPE = "urn:ietf:params:oauth:token-type"
PROVIDER = re.compile(r"projects/[^/]+/locations/global/workloadIdentityPools/[^/]+/providers/[^/]+")
EXAMPLE = "projects/123/locations/global/workloadIdentityPools/ci/providers/actions"


@dataclass(frozen=True, slots=True)
class Signer:
    """A service account, and how it signs claims."""

    mail: str
    sign: Callable[[Mapping[str, Any]], str]
    hidden: tuple[str, ...] = ()


def told(owner: Owner, key: str, example: str) -> str:
    """What the config says. Stops where it says nothing."""
    value = str(owner.config.get(key, ""))
    if not value:
        raise Stop(Exit.ERROR, f"{owner.place}: {owner.id} names no {key}", f"{key}: {example}")
    return value


def address(owner: Owner, usual: str) -> str:
    """`url` of the config stands for all of Google's hosts."""
    return str(owner.config.get("url", "")) or usual


def login(owner: Owner, site: Site, *scopes: str) -> Exchanged:
    """Asks for tokens with these scopes. Raises BadCredentials where the key is not one."""
    subject, signer = told(owner, "subject", "an administrator's address"), _signer(owner, site)
    own = str(owner.config.get("url", ""))
    url = f"{own.rstrip('/')}/token" if own else TOKENS

    def form() -> Mapping[str, str]:
        now = int(site.clock.now().timestamp())
        claims = {"iss": signer.mail, "sub": subject, "scope": " ".join(scopes), "aud": url, "iat": now}
        return {"grant_type": JWT_BEARER, "assertion": signer.sign({**claims, "exp": now + 3600})}

    return by_form(url, form, site.clock, owner.id, signer.hidden)


def _signer(owner: Owner, site: Site) -> Signer:
    if not owner.config.get("service_account"):
        return _by_key(owner, site)
    if owner.config.get("key"):
        what = f"{owner.place}: {owner.id} names a key and a service_account"
        raise Stop(Exit.ERROR, what, "leave one of them out: with a service_account and a provider it is keyless")
    return _keyless(owner, site)


def _by_key(owner: Owner, site: Site) -> Signer:
    key = _key(owner, site)
    mail, private, id = key["client_email"], key["private_key"], key.get("private_key_id", "")
    return Signer(mail, lambda claims: signed(claims, private, owner.id, id), (private,))


def _key(owner: Owner, site: Site) -> dict[str, str]:
    text = secret(owner, "key", site)
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if isinstance(found, dict) and all(isinstance(found.get(one), str) for one in ("client_email", "private_key")):
        return found
    raise BadCredentials(f"{owner.id}: its key is no service account's", "give the whole JSON file as the secret")


def _keyless(owner: Owner, site: Site) -> Signer:
    mail, provider = str(owner.config["service_account"]), told(owner, "provider", EXAMPLE)
    if not PROVIDER.fullmatch(provider):
        raise Stop(Exit.ERROR, f"{owner.place}: {owner.id}: {provider!r} is no provider", f"provider: {EXAMPLE}")

    def sign(claims: Mapping[str, Any]) -> str:
        token = _federated(owner, provider, site)
        client = Client(
            address(owner, IAM), Bearer(token), site.clock, Pace(1, 10), name=f"the service account of {owner.id}",
            needs="the workload identity Service Account Token Creator (iam.serviceAccounts.signJwt) on the service account",
        )  # fmt: skip
        path = f"v1/projects/-/serviceAccounts/{quote(mail, safe='@')}:signJwt"
        call = Call("POST", path, body={"payload": json.dumps(claims)}, asks=True)
        return given(client, call, lambda said: Token(said["signedJwt"], 0.0)).text

    return Signer(mail, sign)


def _federated(owner: Owner, provider: str, site: Site) -> str:
    """The job's identity, as a token of the pool."""
    audience = f"//iam.googleapis.com/{provider}"
    proof = identity(owner, f"https:{audience}", site, instead="key")
    client = asking(address(owner, STS), Unsigned((proof,)), site.clock, owner.id)
    body = {"grantType": EXCHANGE, "audience": audience, "scope": CLOUD, "requestedTokenType": f"{TOKEN_TYPE}:access_token",
            "subjectToken": proof, "subjectTokenType": f"{TOKEN_TYPE}:jwt"}  # fmt: skip
    call = Call("POST", "v1/token", body=body, asks=True)
    return given(client, call, lambda said: Token(said["access_token"], 0.0)).text
