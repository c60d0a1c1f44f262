"""A number of records → an octoDNS configuration that has as much to plan: a zone in YAML against a target in memory.

Two records in a hundred are not at the target yet. The target is as cheap as octoDNS allows: it builds its records from
a list and has no network.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from octodns.provider.base import BaseProvider
from octodns.record import Record
from octodns.zone import Zone

NAME = "bench.example."
MISSING = 50
"""Every so-manieth record is missing at the target."""
CONFIG = """\
manager: {{max_workers: 1}}
providers:
  config: {{class: octodns.provider.yaml.YamlProvider, directory: {folder}, enforce_order: false}}
  target: {{class: bench.zone.Target, records: {records}}}
zones:
  {zone}: {{sources: [config], targets: [target]}}
"""


class Target(BaseProvider):  # type: ignore[misc]
    """Holds what it is told to hold; nothing is ever applied."""

    SUPPORTS_GEO = False
    SUPPORTS = frozenset({"A"})

    def __init__(self, id: str, records: int, *more: Any, **extra: Any) -> None:
        self.log = logging.getLogger("Target")
        super().__init__(id, *more, **extra)
        self.count = records

    def populate(self, zone: Zone, target: bool = False, lenient: bool = False) -> bool:
        for number in range(self.count):
            if number % MISSING:
                zone.add_record(Record.new(zone, _name(number), _data(number), source=self, lenient=True), lenient=True)
        return True

    def _apply(self, plan: Any) -> None:
        raise NotImplementedError


def write(root: Path, records: int) -> Path:
    """The path of the configuration file."""
    lines = []
    for number in range(records):
        data = _data(number)
        lines.append(f"{_name(number)}:\n  ttl: {data['ttl']}\n  type: A\n  value: {data['value']}\n")
    root.mkdir(parents=True, exist_ok=True)
    (root / f"{NAME}yaml").write_text("".join(lines), encoding="utf-8")
    config = root / "config.yaml"
    config.write_text(CONFIG.format(folder=root, records=records, zone=NAME), encoding="utf-8")
    return config


def _name(number: int) -> str:
    return f"host-{number:07d}"


def _data(number: int) -> dict[str, Any]:
    return {"type": "A", "ttl": 300, "value": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
