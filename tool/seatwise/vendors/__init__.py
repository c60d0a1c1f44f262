"""An account → the vendor that holds its seats: one file (or folder) here, or an installed package's entry point.

Third parties add theirs in the group `seatwise.vendors`: a class that takes an account and a site, and says in DESCRIBED
what it is like before any account is named. Only packages that are installed are looked at, never code from the
repository that is planned.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, cast

from seatwise.core.model.repo import Account
from seatwise.core.model.stop import Exit, Stop
from seatwise.core.model.vendor import Vendor, VendorInfo
from seatwise.core.near import near
from seatwise.edges.site import Site

BUILT_IN = {
    "adobe": "seatwise.vendors.adobe:Adobe",
    "aws": "seatwise.vendors.aws:AWS",
    "github": "seatwise.vendors.github:GitHub",
    "google": "seatwise.vendors.google:Google",
    "microsoft365": "seatwise.vendors.microsoft365:Microsoft365",
    "okta": "seatwise.vendors.okta:Okta",
    "sandbox": "seatwise.vendors.sandbox:Sandbox",
    "scim": "seatwise.vendors.scim:Scim",
    "snipeit": "seatwise.vendors.snipeit:SnipeIT",
    "table": "seatwise.vendors.table:Table",
}
GROUP = "seatwise.vendors"


def names() -> tuple[str, ...]:
    """Every vendor that can be opened, in order."""
    return tuple(sorted({*BUILT_IN, *(one.name for one in entry_points(group=GROUP))}))


def described(name: str) -> VendorInfo:
    """What a vendor says of itself before any account is named."""
    info: VendorInfo = _class(name).DESCRIBED
    return info


def open_vendor(account: Account, site: Site) -> Vendor:
    """The account's vendor; nothing is called yet. Stops at one that is unknown or wrongly configured."""
    return _maker(account)(account, site)


def _class(name: str) -> Any:
    """The vendor's class, or None."""
    if name in BUILT_IN:
        module, _, maker = BUILT_IN[name].partition(":")
        return getattr(import_module(module), maker)
    return next((one.load() for one in entry_points(group=GROUP, name=name)), None)


def _maker(account: Account) -> Callable[[Account, Site], Vendor]:
    if (found := _class(account.vendor)) is not None:
        return cast(Callable[[Account, Site], Vendor], found)
    what = f"{account.place}: account {account.id} has vendor {account.vendor!r}, which is unknown"
    raise Stop(Exit.ERROR, what, near(account.vendor, names()) or f"one of {', '.join(names())}")
