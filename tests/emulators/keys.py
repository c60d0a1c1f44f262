"""A private key for tests, and what was signed with it."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from functools import cache
from typing import Any


@cache
def private_key() -> Any:
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

    return generate_private_key(65537, 1024)  # a small one: a longer one takes 45 ms to be read, each time


def pem() -> str:
    """The key as vendors hand it out."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    text: str = private_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return text


def signed(head: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """A JWT that this key has signed."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    text = ".".join(_text(json.dumps(part).encode()) for part in (head, claims))
    return f"{text}.{_text(private_key().sign(text.encode(), PKCS1v15(), SHA256()))}"


def opened(token: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Head and claims of a JWT; None: this key has not signed it."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    text, _, signature = token.rpartition(".")
    try:
        private_key().public_key().verify(_bytes(signature), text.encode(), PKCS1v15(), SHA256())
        head, claims = (json.loads(_bytes(part)) for part in text.split("."))
    except (InvalidSignature, ValueError):
        return None
    return head, claims


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
