"""Client secrets: argon2id, never more than a few at a time, so that guessing cannot exhaust the process."""

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from gateway.identity.errors import Busy

_PARALLEL = 2
_WAITING = 64
# OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_nobody = _hasher.hash(secrets.token_urlsafe(32))


def new_secret() -> str:
    """Return a secret of 256 random bits."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """Return what is stored of a secret."""
    return _hasher.hash(secret)


class Checker:
    """Checks secrets, two at a time; who would be the 65th in line is told to come again."""

    def __init__(self) -> None:
        """Belongs to one process."""
        self._turns = asyncio.Semaphore(_PARALLEL)
        self._waiting = 0

    async def matches(self, secret: str, stored: str | None) -> bool:
        """Tell whether `secret` is the stored one; takes as long when nothing is stored. Raises Busy."""
        if self._waiting >= _WAITING:
            raise Busy(retry_after=1)
        self._waiting += 1
        try:
            async with self._turns:
                known = await asyncio.to_thread(_matches, secret, stored or _nobody)
        finally:
            self._waiting -= 1
        return known and stored is not None


def _matches(secret: str, stored: str) -> bool:
    try:
        return _hasher.verify(stored, secret)
    except (Argon2Error, InvalidHashError):
        return False
