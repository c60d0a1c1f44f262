"""`acts_like:` → what a real vendor is like, as far as the sandbox plays it: its words, its undo, what it asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace

from seatwise.core.model.vendor import VendorInfo


@dataclass(frozen=True, slots=True)
class Profile:
    """`invites`: who is new there must accept. Where `info.frees_at_once` is false, a seat that is taken is cancelled,
    and counts until the month ends."""

    info: VendorInfo
    full: str = "no free seat is left"
    inherited: str = ""
    """The vendor's sentence when a group's or an automatic seat is taken; empty: ours, which names the group."""
    needed: str = "needs {field}"
    may_write: str = "a role that may write"
    """What a credential that may only read lacks."""
    invites: bool = False


_EMBEDDED = VendorInfo("sandbox", verified="embedded", practice=True, signals=("login",))

PROFILES = {
    "plain": Profile(replace(_EMBEDDED, options=frozenset({"role"}))),
    "microsoft365": Profile(
        replace(
            _EMBEDDED,
            atomic_swap=True,
            needs=("country",),
            options=frozenset({"disabled_plans"}),
            writes_per_minute=1200,
        ),
        full="Subscription with SKU does not have any available licenses",
        inherited="User license is inherited from a group membership and it cannot be removed directly from the user",
        needed="License assignment cannot be done for user with invalid usage location ({field} is empty)",
        may_write="LicenseAssignment.ReadWrite.All",
    ),
    "github": Profile(
        replace(
            _EMBEDDED,
            takes="ends with the paid month",
            undo="new",
            exact_for="paid month",
            frees_at_once=False,
            writes_per_minute=180,
        ),
        full="422: no seats available, ask for more or pay for them",
        inherited="422: the seat is assigned through a team",
        may_write="manage_billing:copilot",
        invites=True,
    ),
    "google": Profile(
        replace(_EMBEDDED, key="login", atomic_swap=True, writes_per_minute=60),
        full="412: there aren't enough available licenses for the specified product-SKU pair",
        inherited="412: automatic licensing is on for this product",
        may_write="the scope apps.licensing",
    ),
    "scim": Profile(
        replace(_EMBEDDED, takes="closes the account", undo="new", options=frozenset({"role"}), writes_per_minute=180),
        may_write="the scope admin",
    ),
}
