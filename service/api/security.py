"""Secrets: keys, session tokens, passwords. Only their hashes are stored.

Keys and tokens are random and long, so that one round of sha-256 hides them; passwords are neither and take argon2.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from functools import cache
from typing import Final, NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

# Found by searches for leaked keys, and told apart from other services' keys.
KEY_MARK: Final = "jx"
PREFIX_BYTES: Final = 4
SECRET_BYTES: Final = 32
LEAST_PASSWORD: Final = 10  # characters; below, guessing goes faster than any limit on logins slows it

# What each role of a user may do; a role has the rights of those before it.
ROLE_SCOPES: Final[dict[str, frozenset[str]]] = {
    "reader": frozenset({"read"}),
    "uploader": frozenset({"read", "upload"}),
    "annotator": frozenset({"read", "upload", "annotate"}),
    "admin": frozenset({"read", "upload", "annotate", "admin"}),
}

_KEY = re.compile(rf"{KEY_MARK}_([0-9a-f]{{{2 * PREFIX_BYTES}}})_([A-Za-z0-9_-]{{20,100}})")


class NewKey(NamedTuple):
    """`text` is shown once and kept nowhere; `prefix` names the key, `digest` recognises it."""

    text: str
    prefix: str
    digest: str


def new_key() -> NewKey:
    prefix = secrets.token_hex(PREFIX_BYTES)
    text = f"{KEY_MARK}_{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    return NewKey(text, prefix, digest(text))


def key_prefix(text: str) -> str | None:
    """The part of a key that names it, or None where `text` is no key."""
    match = _KEY.fullmatch(text)
    return match.group(1) if match else None


def new_token() -> str:
    """A session's token, for its cookie."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> str:
    """sha-256 of a key or a token, hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, in a time that does not tell how far."""
    return hmac.compare_digest(one.encode(), other.encode())


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


def hash_password(password: str) -> str:
    """The argon2id hash to store. Raises ValueError, in Chinese, for one that is too short."""
    if len(password) < LEAST_PASSWORD:
        raise ValueError(f"密码至少要 {LEAST_PASSWORD} 个字符")
    return _hasher().hash(password)


def password_fits(password: str, stored: str | None) -> bool:
    """Whether `password` has the hash `stored`. As slow for None, so that time does not tell which users there are."""
    try:
        return _hasher().verify(stored or _nobody(), password) and stored is not None
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return _hasher().hash(secrets.token_hex(SECRET_BYTES))
