"""Small repositories as text, for the tests of files."""

from __future__ import annotations

from seatwise.core.model import Finding, Tree
from seatwise.edges.tree import tree

SETTINGS = "format: 1\naccounts: {figma: {vendor: sandbox}}\n"
OWNER = "owner: design\napprovers: [kim@acme.example]\n"
LICENSE = """\
license: figma-full
product: Figma Full
type: free
metric: named-user
owner: design
account: figma
sku: full
mode: manage
assignments:
"""
PATH = "licenses/figma/figma-full.yaml"


def files(assignments: str, **more: str) -> dict[str, bytes]:
    """A whole repository with these assignments; more files with `__` for `/`, without the ending."""
    texts = {"seatwise.yaml": SETTINGS, "owners/design.yaml": OWNER, PATH: LICENSE + assignments}
    texts |= {f"{path.replace('__', '/')}.yaml": text for path, text in more.items()}
    return {path: text.encode() for path, text in texts.items()}


def read(assignments: str, **more: str) -> tuple[Tree, tuple[Finding, ...]]:
    return tree(files(assignments, **more))
