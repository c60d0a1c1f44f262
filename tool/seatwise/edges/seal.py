"""Signatures of journal segments, made and checked by `ssh-keygen -Y`: bytes in, armored text out.

What is signed is a segment as it lies in git; the namespace is the journal's branch, so that no segment passes for one of
another account.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from seatwise.core.model import Exit, Stop

NAMESPACE = "seatwise"


@dataclass(frozen=True, slots=True)
class Seal:
    """`key`: the path of a private key, or the key itself; empty: this run signs nothing. `signers`: name → public key; with
    any, the newest segment must be signed by one of them."""

    key: str = field(default="", repr=False)
    signers: Mapping[str, str] = field(default_factory=dict)

    def signature(self, data: bytes, journal: str) -> bytes:
        """The signature of a segment. Raises Stop where the key is none."""
        with tempfile.TemporaryDirectory(prefix="seatwise-") as room:
            args = ["-Y", "sign", "-q", "-n", _namespace(journal), "-f", str(self._key_file(Path(room)))]
            done = _keygen(args, data)
        if done.returncode:
            fix = "the variable that journal.sign names must hold a private key without a passphrase, or its path"
            raise Stop(Exit.ERROR, f"journal {journal} can't be signed: {_said(done)}", fix)
        return done.stdout

    def refuses(self, data: bytes, signature: bytes, journal: str, at: datetime | None = None) -> str:
        """Why this is no signature of the segment by one of the signers; empty: it is. `at`: when keys have to be valid."""
        with tempfile.TemporaryDirectory(prefix="seatwise-") as room:
            allowed, signed = Path(room, "signers"), Path(room, "signature")
            allowed.write_text("".join(f"{name} {key}\n" for name, key in self.signers.items()), encoding="utf-8")
            signed.write_bytes(signature)
            when = [f"-Overify-time={at.astimezone(UTC):%Y%m%d%H%M%SZ}"] if at else []
            files = [*when, "-f", str(allowed), "-s", str(signed)]
            found = _keygen(["-Y", "find-principals", *files], b"")
            if found.returncode:
                return "it is by none of the keys that count"
            who = found.stdout.decode("utf-8", "replace").splitlines()[0]
            done = _keygen(["-Y", "verify", "-n", _namespace(journal), "-I", who, *files], data)
            return "" if done.returncode == 0 else _said(done)

    def _key_file(self, room: Path) -> Path:
        if "PRIVATE KEY-----" not in self.key:
            return Path(self.key).expanduser()
        path = room / "key"
        path.touch(0o600)
        path.write_text(self.key.strip() + "\n", encoding="ascii")
        return path


def _namespace(journal: str) -> str:
    return f"{NAMESPACE}:{journal}"


def _keygen(args: Sequence[str], data: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["ssh-keygen", *args], input=data, capture_output=True, check=False, timeout=60)
    except FileNotFoundError:
        raise Stop(Exit.ERROR, "ssh-keygen isn't installed", "install OpenSSH") from None


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    return "; ".join(done.stderr.decode("utf-8", "replace").split("\n")).strip("; ") or f"exit {done.returncode}"
