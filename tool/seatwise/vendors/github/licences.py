"""An enterprise → how many seats it has bought, and how many of them are used in all its organisations and servers."""

from __future__ import annotations

from urllib.parse import quote

from seatwise.core.model.vendor import IncompleteRead, Pool
from seatwise.edges.github import AGAIN, VERSION
from seatwise.edges.http import Call, Client


def pool(api: Client, enterprise: str) -> Pool:
    """Both counts stand on each page, so one row is enough. Raises IncompleteRead where they don't."""
    path = f"enterprises/{quote(enterprise)}/consumed-licenses"
    said = api.send(Call("GET", path, {"per_page": "1"}, headers=VERSION)).json()
    counts = [said.get(f"total_seats_{name}") if isinstance(said, dict) else None for name in ("purchased", "consumed")]
    bought, used = counts
    if not isinstance(bought, int) or not isinstance(used, int):
        raise IncompleteRead(f"{api.name} does not say how many seats {enterprise} has bought, and uses", AGAIN)
    return Pool(bought, used)
