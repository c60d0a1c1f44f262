"""The forge that seatwise.yaml names: where pull requests are approved, told about and checked."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

from seatwise.core.model import Forge, Settings
from seatwise.edges.git import Git
from seatwise.edges.site import Site

KINDS = {"github": "GitHub", "gitlab": "GitLab", "local": "Local"}


def opened(settings: Settings, git: Git, site: Site) -> Forge | None:
    """Nobody is called yet. None: there is no forge of this kind. Raises Stop or VendorError at one that can't be meant."""
    kind = settings.forge.get("kind", "")
    if kind not in KINDS:
        return None
    made = cast(Callable[..., Forge], getattr(import_module(f"seatwise.edges.forge.{kind}"), KINDS[kind]))
    return made(settings, git, site) if kind == "local" else made(settings.forge, site)
