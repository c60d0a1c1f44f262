"""Findings → SARIF 2.1.0, which code scanning reads. https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from seatwise.core.model import Finding, Level, Place

PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")
LEVELS = {Level.ERROR: "error", Level.BLOCK: "error", Level.HOLD: "warning", Level.CONFIRM: "warning"}


def findings_sarif(findings: Sequence[Finding], version: str) -> str:
    """One run of this version with one result a finding; the fingerprint stays when lines move."""
    rules = sorted({finding.rule for finding in findings})
    driver = {"name": "seatwise", "version": version, "rules": [{"id": rule} for rule in rules]}
    run = {"tool": {"driver": driver}, "results": [_result(finding) for finding in findings]}
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2) + "\n"


def _result(finding: Finding) -> dict[str, Any]:
    key = f"{finding.rule}\0{finding.key}\0{finding.what}"
    fix = f"\nfix: {finding.fix}" if finding.fix else ""
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": LEVELS.get(finding.level, "note"),
        "message": {"text": finding.what + fix},
        "partialFingerprints": {"finding/v1": sha256(key.encode("utf-8", "surrogatepass")).hexdigest()},
    }
    return {**result, "locations": [_location(finding.place)]} if finding.place else result


def _location(place: Place) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(place.path)}, "region": {"startLine": place.line}}}


def _uri(path: str) -> str:
    """The path as a relative reference: every byte but plain ones as %XX."""
    raw = path.encode("utf-8", "surrogatepass")
    return "".join(chr(byte) if chr(byte) in PLAIN else f"%{byte:02X}" for byte in raw)
