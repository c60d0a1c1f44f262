"""An exception that nobody expected → a file to paste into a report, without secrets."""

from __future__ import annotations

import os
import platform
import re
import tempfile
import traceback
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

SECRET = re.compile(r"TOKEN|SECRET|PASS|CREDENTIAL|AUTH|COOKIE|(^|_)(API)?_?KEY($|_)", re.IGNORECASE)
MENTIONED = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*)")
SHORTEST = 4
"""Shorter values are no secrets, and blanking them out would leave nothing to read."""


def written(error: BaseException, arguments: Sequence[str]) -> Path:
    """The log's path: a new file in the temp folder that only its owner can read."""
    handle, path = tempfile.mkstemp(prefix="seatwise-crash-", suffix=".log", text=True)
    with os.fdopen(handle, "w", encoding="utf-8") as log:
        log.write(redacted(_report(error, arguments), os.environ, _mentioned(arguments)))
    return Path(path)


def redacted(text: str, environment: Mapping[str, str], names: Iterable[str]) -> str:
    """The text without the values of these variables, and of those whose name sounds like a secret."""
    secrets = {name: value for name, value in environment.items() if name in set(names) or SECRET.search(name)}
    for name, value in sorted(secrets.items(), key=lambda item: -len(item[1])):
        text = text.replace(value, f"<{name}>") if len(value) >= SHORTEST else text
    return text


def _report(error: BaseException, arguments: Sequence[str]) -> str:
    system = f"{platform.system()} {platform.machine()}"
    head = f"seatwise {version('seatwise')}, Python {platform.python_version()}, {system}"
    command = " ".join(["seatwise", *arguments])
    return "\n".join([head, command, "", *traceback.format_exception(error)])


def _mentioned(arguments: Sequence[str]) -> list[str]:
    """The variables that the repository names as secrets; a file that cannot be read names none."""
    try:
        settings = (_root(arguments) / "seatwise.yaml").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return MENTIONED.findall(settings)


def _root(arguments: Sequence[str]) -> Path:
    for number, argument in enumerate(arguments):
        if argument.startswith("-C"):
            return Path(argument[2:] or "".join(arguments[number + 1 : number + 2]))
    return Path()
