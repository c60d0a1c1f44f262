"""A private key and what is claimed → a signed token (JWT, RS256). The key comes as a secret, and is in no error."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from seatwise.core.model.vendor import BadCredentials

INSTALL = "pip install 'seatwise[keys]', or log in without a key"


def signed(claims: Mapping[str, Any], key: str, name: str, key_id: str = "") -> str:
    """The token. `key` is PEM; `name` says whose it is. Raises BadCredentials where it can't sign, or nothing here can."""
    try:
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError:
        raise BadCredentials(f"{name}: nothing is installed that signs with a private key", INSTALL) from None
    try:
        private = load_pem_private_key(key.encode(), password=None)
    except (ValueError, TypeError):
        raise BadCredentials(f"{name}: its private key can't be read", "give it as PEM, without a password") from None
    if not isinstance(private, RSAPrivateKey):
        raise BadCredentials(f"{name}: its private key is not an RSA key", "make an RSA key of 2048 bits or more")
    head = {"alg": "RS256", "typ": "JWT", **({"kid": key_id} if key_id else {})}
    text = f"{_part(head)}.{_part(claims)}"
    return f"{text}.{_url(private.sign(text.encode(), PKCS1v15(), SHA256()))}"


def _part(value: Mapping[str, Any]) -> str:
    return _url(json.dumps(value, separators=(",", ":")).encode())


def _url(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
