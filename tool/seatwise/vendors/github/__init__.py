"""`vendor: github`: GitHub Copilot seats of an organisation, given to single users; or who is its member.

Config: `org`; `product: copilot` (without it), or `membership`; the login: `token`, or a GitHub App's `app`, `installation` and
`key`; `url` of a GitHub Enterprise Server. Each product is an account of its own, as taking and giving back differ.
Verified against: contract (api.github.com 2022-11-28), never against GitHub itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from seatwise.core.model.change import Change
from seatwise.core.model.repo import Account
from seatwise.core.model.stop import Exit, Stop
from seatwise.core.model.vendor import Access, Holding, Outcome, VendorInfo
from seatwise.edges import github
from seatwise.edges.http import Client, Login
from seatwise.edges.site import Site
from seatwise.vendors.github.copilot import INFO, Copilot


class GitHub:
    DESCRIBED = INFO

    def __init__(self, account: Account, site: Site) -> None:
        org = str(account.config.get("org", ""))
        if not org:
            raise Stop(Exit.ERROR, f"{account.place}: account {account.id} names no organisation", "org: acme")
        github.checked(account)
        self._account, self._site = account, site
        self._login: Login | None = None
        self._client: Client | None = None
        self._product = Copilot(org, self._api, site.clock)

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

    def _signed(self) -> Login:
        if self._login is None:
            self._login = github.log_in(self._account, self._site)
        return self._login

    def _api(self) -> Client:
        if self._client is None:
            self._client = github.opened(self._account, self._site, self._signed(), self._product.needs)
        return self._client
