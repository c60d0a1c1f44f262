"""`vendor: github`: GitHub Copilot seats of an organisation, given to single users; or, as another account, its members.

Config: `org`; `product: copilot` (without it), or `membership`; the login: `token`, or a GitHub App's `app`, `installation` and
`key`; `url` of a GitHub Enterprise Server. With `enterprise`, the pool of memberships is what that has bought and uses, read with
`enterprise_token`, as no App may. Each product is an account of its own: what taking and giving back mean differs.
Verified against: contract (api.github.com 2022-11-28), never against GitHub itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from seatwise.core.model.change import Change
from seatwise.core.model.repo import Account
from seatwise.core.model.stop import Exit, Stop
from seatwise.core.model.vendor import Access, Holding, Outcome, Pool, VendorInfo
from seatwise.core.near import near
from seatwise.edges import github
from seatwise.edges.http import Client, Login
from seatwise.edges.logins import Bearer, secret
from seatwise.edges.site import Site
from seatwise.vendors.github import copilot, licences, membership
from seatwise.vendors.github.copilot import Copilot
from seatwise.vendors.github.membership import Membership

PRODUCTS = (copilot.SKU, membership.SKU)


class GitHub:
    DESCRIBED = copilot.INFO

    def __init__(self, account: Account, site: Site) -> None:
        _checked(account)
        github.checked(account)
        self._account, self._site = account, site
        self._login: Login | None = None
        self._client: Client | None = None
        self._product = self._opened(str(account.config["org"]))

    @property
    def info(self) -> VendorInfo:
        return self._product.info

    def read(self, skus: Iterable[str] | None) -> Iterator[Holding]:
        return self._product.read(skus)

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        return self._product.apply(changes)

    def access(self) -> Access:
        """An App's token says what it was given for; of a personal one GitHub names only the owner."""
        client = self._api()
        return github.access(self._account, client, self._signed(), self._product.permission)

    def _opened(self, org: str) -> Copilot | Membership:
        if self._account.config.get("product") == membership.SKU:
            return Membership(org, self._api, self._site.clock, self._pool)
        return Copilot(org, self._api, self._site.clock)

    def _pool(self) -> Pool | None:
        """None: no enterprise is named."""
        enterprise = str(self._account.config.get("enterprise", ""))
        if not enterprise:
            return None
        own = "enterprise_token" in self._account.config
        login = Bearer(secret(self._account, "enterprise_token", self._site)) if own else self._signed()
        return licences.pool(github.opened(self._account, self._site, login, "read:enterprise"), enterprise)

    def _signed(self) -> Login:
        if self._login is None:
            self._login = github.log_in(self._account, self._site)
        return self._login

    def _api(self) -> Client:
        if self._client is None:
            self._client = github.opened(self._account, self._site, self._signed(), self._product.needs)
        return self._client


def _checked(account: Account) -> None:
    """Stops where the config says too little, or what there isn't."""
    said, what = account.config, f"{account.place}: account {account.id}"
    if not said.get("org"):
        raise Stop(Exit.ERROR, f"{what} names no organisation", "org: acme")
    product = str(said.get("product", copilot.SKU))
    if product not in PRODUCTS:
        fix = near(product, PRODUCTS) or f"one of {', '.join(PRODUCTS)}"
        raise Stop(Exit.ERROR, f"{what} has the product {product!r}, which is unknown", fix)
    if said.get("enterprise") and said.get("app") and not said.get("enterprise_token"):
        fix = "enterprise_token: env:NAME, a personal access token (classic) with read:enterprise"
        raise Stop(Exit.ERROR, f"{what} names an enterprise, whose licences no GitHub App may read", fix)
