"""What an account says, on top of what is known of its vendor → how its server is spoken to, and what a seat is there.

Facts of the presets, where they come from, and what is not verified: docs/vendors/scim.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from seatwise.core.model.repo import Account
from seatwise.core.model.stop import Exit, Stop
from seatwise.core.near import near

SEATS = ("group", "role", "entitlement", "user-type", "active")
PATHS = ("filtered", "listed", "none")


@dataclass(frozen=True, slots=True)
class Dialect:
    """`page`: resources asked for at once. `most`: members in one PATCH. `skus`: those sold; empty: all that are shown.

    `paths`: how a PATCH points: at `members[value eq "id"]` (filtered), at `members` with the value (listed), or at nothing
    (none: the value holds the attribute). `exclusive`: a user has one of the skus at most; `free`: the value that costs
    nothing, which is set when a seat is taken. `kind`: only roles or entitlements of this type are seats. `automatic`: groups
    that the vendor fills by itself. `put`: its PUT changes only what it is given, and is what changes users.
    """

    seat: str = "group"
    page: int = 100
    most: int = 1000
    paths: str = "filtered"
    skus: tuple[str, ...] = ()
    automatic: tuple[str, ...] = ()
    sku: str = "user"
    kind: str = ""
    free: str = ""
    exclusive: bool = False
    put: bool = False
    per_minute: float = 300
    burst: float = 60
    costs: Mapping[str, float] = field(default_factory=dict)
    """Of what was counted by `per_minute`: Users, Groups, Users/ (one), Groups/, write:Users, write:Groups; small: the same
    for a body of up to 500 bytes."""
    takes: str = ""
    undo: str = "exact"
    docs: str = "https://www.rfc-editor.org/rfc/rfc7644"

    def cost(self, what: str, size: int = 0) -> float:
        small = self.costs.get(f"small:{what}") if size <= 500 else None
        return small if small is not None else self.costs.get(what, 1.0)


PRESETS = {
    "slack": Dialect(
        "active", page=1000, per_minute=180, burst=20, takes="deactivates the user",
        costs={"Users": 0.18, "Groups": 0.18, "Users/": 0.6, "Groups/": 0.6},
        docs="https://docs.slack.dev/reference/scim-api/rate-limits",
    ),
    "figma": Dialect(
        "role", page=200, kind="seatType", skus=("Full", "Dev", "Collab"), free="View", exclusive=True,
        takes="makes it a View seat", docs="https://developers.figma.com/docs/rest-api/scim-supported-schemas",
    ),
    "github-emu": Dialect(
        "active", paths="none", takes="suspends the user, and obfuscates handle and mail", undo="new",
        docs="https://docs.github.com/en/enterprise-cloud@latest/rest/enterprise-admin/scim",
    ),
    "atlassian": Dialect(
        "group", docs="https://developer.atlassian.com/cloud/admin/user-provisioning/rest",
    ),
    "miro": Dialect(
        "group", most=8000, per_minute=400, burst=200, takes="leaves the team; another owns the boards", undo="lossy",
        costs={"Groups": 40, "Groups/": 10, "write:Users": 2, "write:Groups": 40, "small:write:Groups": 2},
        docs="https://developers.miro.com/reference/rate-limits",
    ),
    "1password": Dialect("active", takes="suspends the user", docs="https://support.1password.com/scim-endpoints"),
    "zoom": Dialect(
        "user-type", skus=("Licensed",), free="Basic", put=True, per_minute=60, burst=1,
        takes="makes the user Basic", docs="https://developers.zoom.us/docs/api/rest/scim-api/",
    ),
}  # fmt: skip


def dialect(account: Account) -> Dialect:
    """The preset's, with what the account says. Raises Stop where it says what we do not know."""
    preset = str(account.config.get("preset", ""))
    if preset and preset not in PRESETS:
        raise _stop(account, f"knows no preset {preset!r}", near(preset, PRESETS) or f"one of {', '.join(PRESETS)}")
    known = PRESETS.get(preset, Dialect())
    made = replace(
        known,
        seat=_choice(account, "seat", known.seat, SEATS),
        paths=_choice(account, "paths", known.paths, PATHS),
        page=int(_number(account, "page", known.page)),
        most=int(_number(account, "most", known.most)),
        per_minute=_number(account, "per_minute", known.per_minute),
        skus=_names(account, "skus", known.skus),
        automatic=_names(account, "automatic", known.automatic),
        sku=str(account.config.get("sku", known.sku)),
        kind=str(account.config.get("type", known.kind)),
        free=str(account.config.get("free", known.free)),
        exclusive=_choice(account, "exclusive", "yes" if known.exclusive else "no", ("yes", "no")) == "yes",
    )
    return replace(
        made, exclusive=made.exclusive or made.seat == "user-type", put=known.put and made.seat == "user-type"
    )


def _choice(account: Account, key: str, otherwise: str, known: tuple[str, ...]) -> str:
    said = str(account.config.get(key, otherwise))
    if said not in known:
        raise _stop(account, f"has {key}: {said}", f"one of {', '.join(known)}")
    return said


def _number(account: Account, key: str, otherwise: float) -> float:
    said = str(account.config.get(key, otherwise))
    try:
        number = float(said)
    except ValueError:
        number = 0
    if not 1 <= number < 1_000_000:
        raise _stop(account, f"has {key}: {said}", "a number from 1")
    return number


def _names(account: Account, key: str, otherwise: tuple[str, ...]) -> tuple[str, ...]:
    said = account.config.get(key, otherwise)
    return (said,) if isinstance(said, str) else tuple(str(one) for one in said)


def _stop(account: Account, what: str, fix: str) -> Stop:
    return Stop(Exit.ERROR, f"{account.place}: account {account.id} {what}", fix)
