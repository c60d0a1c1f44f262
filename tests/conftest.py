"""Every test runs without network (loopback excepted), without a home and with git's settings fixed."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SETTINGS = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "init.defaultBranch",
    "GIT_CONFIG_VALUE_0": "main",
    "GIT_ALLOW_PROTOCOL": "file",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": "Ada Lindqvist",
    "GIT_AUTHOR_EMAIL": "ada.lindqvist@acme.example",
    "GIT_COMMITTER_NAME": "Ada Lindqvist",
    "GIT_COMMITTER_EMAIL": "ada.lindqvist@acme.example",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
}
LOCAL = (None, "", "localhost", b"localhost")
LEAKS = ("CI", "COLUMNS", "FORCE_COLOR", "GITHUB_ACTIONS", "GITHUB_TOKEN", "GIT_DIR", "GIT_WORK_TREE", "NO_COLOR")


def _address(host: object) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(str(host))
    except ValueError:
        return None


def _refuse_network(event: str, args: tuple[Any, ...]) -> None:
    """An audit hook: also C extensions are heard, and a test cannot switch it off."""
    if event == "socket.connect" and isinstance(args[1], tuple):
        address = _address(args[1][0])
        if args[1][0] not in LOCAL and not (address and address.is_loopback):
            raise RuntimeError(f"a test may not reach {args[1][0]}: start a server on 127.0.0.1")
    if event == "socket.getaddrinfo" and args[0] not in LOCAL and _address(args[0]) is None:
        raise RuntimeError(f"a test may not look up {args[0]}")


sys.addaudithook(_refuse_network)


@pytest.fixture(autouse=True, scope="session")
def _no_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**SETTINGS, "HOME": str(home), "XDG_CONFIG_HOME": str(home)}.items():
            patch.setenv(name, value)
        for name in LEAKS:
            patch.delenv(name, raising=False)
        yield home
