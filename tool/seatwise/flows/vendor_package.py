"""A vendor of somebody's own: its package is begun from a template, and held against the contract once it is installed."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from seatwise import vendors
from seatwise.core.model import Exit, Stop
from seatwise.core.near import near
from seatwise.edges import inside

GROUP = "seatwise.subjects"
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
TEMPLATE = "seatwise.vendor_contract.template"
PARTS = {"adapter": "__init__", "emulator": "emulator", "subject": "subject"}
"""File of the template → of the package."""

PROJECT = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "seatwise-newvendor"
version = "0.1.0"
description = "newvendor as a vendor of seatwise"
requires-python = ">=3.11"
dependencies = ["seatwise"]

[project.optional-dependencies]
test = ["seatwise[contract]"]

[project.entry-points."seatwise.vendors"]
newvendor = "seatwise_newvendor:NewVendor"

[project.entry-points."seatwise.subjects"]
newvendor = "seatwise_newvendor.subject:start"

[tool.setuptools.packages.find]
where = ["src"]
"""
TESTS = """\
\"\"\"The contract of all vendors in this package's own run of pytest; `seatwise vendor test newvendor` does the same.\"\"\"

import pytest

pytest.register_assert_rewrite("seatwise.vendor_contract.suite")

from seatwise_newvendor import subject as ours  # noqa: E402

from seatwise.vendor_contract.suite import *  # noqa: E402, F403


@pytest.fixture
def start():
    return ours.start
"""
README = """\
# newvendor as a vendor of seatwise

```sh
pip install -e '.[test]'
seatwise vendor test newvendor
```

It passes as it was written, for a service that is invented. Make it yours in this order:

1. `src/seatwise_newvendor/emulator.py`: what the vendor's documents say that it answers, each rule with its source; hold what
   passes against the vendor's own description where there is one (`checks` of the subject).
2. `src/seatwise_newvendor/subject.py`: how people act there by hand. What the vendor cannot show stands in `cannot`, with why.
3. `src/seatwise_newvendor/__init__.py`: the adapter, until the contract passes again. `DESCRIBED` is held against what it does.

In `seatwise.yaml`: `accounts: {ours: {vendor: newvendor, url: https://newvendor.example/api, token: env:NEWVENDOR_TOKEN}}`
"""


def begin(root: Path, name: str) -> tuple[str, ...]:
    """Writes the package of a new vendor there. Raises Stop where the name is taken or no name, or something is there."""
    if not NAME.fullmatch(name):
        raise Stop(Exit.USAGE, f"{name!r} is no name of a vendor", "small letters, digits and hyphens: acme-chat")
    if name in vendors.names():
        raise Stop(Exit.USAGE, f"there is a vendor {name} already", "another name, or drop its package")
    if root.exists() and any(root.iterdir()):
        raise Stop(Exit.ERROR, f"{root} is not empty; nothing was written", "name an empty folder")
    written = {path: _named(text, name).encode() for path, text in _texts(name).items()}
    inside.write(root, written)
    return tuple(sorted(written))


def verdict(name: str) -> int:
    """Runs the contract's suite for an installed vendor, printing as pytest does; pytest's exit code."""
    start = _start(name)
    if find_spec("pytest") is None:
        raise Stop(Exit.USAGE, "the contract's suite needs pytest", "pip install 'seatwise[contract]'")
    import pytest

    class Under:
        """What the suite is run for."""

        @pytest.fixture
        def start(self) -> Any:
            return start

    suite = ["--pyargs", "seatwise.vendor_contract.suite"]
    return int(pytest.main([*suite, "-q", "-rfEs", "-c", os.devnull, "-p", "no:cacheprovider"], [Under()]))


def _texts(name: str) -> Mapping[str, str]:
    module = f"src/seatwise_{name.replace('-', '_')}"
    parts = {
        f"{module}/{to}.py": files(TEMPLATE).joinpath(f"{part}.py").read_text("utf-8") for part, to in PARTS.items()
    }
    return {"pyproject.toml": PROJECT, "README.md": README, "tests/test_contract.py": TESTS, **parts}


def _named(text: str, name: str) -> str:
    """The template's text with this vendor's names in place of its own."""
    module = f"seatwise_{name.replace('-', '_')}"
    text = text.replace(TEMPLATE, module).replace("seatwise_newvendor", module)
    text = text.replace("NewVendor", "".join(part.capitalize() for part in name.split("-")))
    return text.replace("NEWVENDOR", name.replace("-", "_").upper()).replace("newvendor", name)


def _start(name: str) -> Any:
    """How the subject of an installed vendor is made."""
    subjects = {one.name: one for one in entry_points(group=GROUP)}
    if name in subjects:
        return subjects[name].load()
    if name in vendors.BUILT_IN:
        raise Stop(
            Exit.USAGE, f"{name} is part of seatwise, whose own tests hold it", f"pytest tests/contract -k {name}"
        )
    what = f"no installed package brings a subject for {name!r}"
    known = near(name, subjects) or f"an entry point {name} in the group {GROUP}: seatwise vendor new shows one"
    raise Stop(Exit.USAGE, what, known)
