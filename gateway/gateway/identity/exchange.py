"""The exchange: an access token from outside becomes an internal token for one service.

What a token stands for is read from the database at most every 45 seconds, and every internal token made
from that reading ends 60 seconds after it: a change of rights holds within 60 seconds, whatever is cached.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any
from uuid import UUID

from gateway.identity.errors import RoleNeeded
from gateway.identity.queries import grants_of
from gateway.identity.service import ACCESS_TYP, AUDIENCE, in_one_role
from shared import problems, tokens
from shared.db import Database
from shared.errors import TokenInvalid, TokenMissing
from shared.ids import uuid7
from shared.security import INTERNAL_TYP, ISSUER

INTERNAL_SECONDS = 60
_READ_AGAIN = 45
"""Age of a reading at which it is replaced, so that a service never gets a token about to end."""
_REMEMBERED = 20_000


class Known:
    """One access token that was verified, and what it stands for at the moment."""

    __slots__ = (
        "_claims",
        "_key",
        "_lock",
        "_made",
        "areas",
        "client",
        "grant_version",
        "read_at",
        "roles",
        "scopes",
        "subject",
    )

    def __init__(self, claims: dict[str, Any], key: tokens.SigningKey) -> None:
        """Take the claims of a genuine token and the key of internal ones."""
        self._claims = claims
        self._key = key
        self._lock = asyncio.Lock()
        self._made: dict[str, str] = {}
        self.subject: str = claims["sub"]
        self.client: str | None = claims.get("client_id")
        self.read_at = 0
        self.scopes: frozenset[str] = frozenset()
        self.areas: tuple[str, ...] = ()
        self.roles: tuple[str, ...] = ()
        self.grant_version = 0

    def token_for(self, service: str) -> str:
        """Return the Authorization value for one service."""
        made = self._made.get(service)
        if made is None:
            claims = {
                "iss": ISSUER,
                "aud": service,
                "sub": self.subject,
                "client_id": self.client,
                "scope": " ".join(sorted(self.scopes)),
                "areas": list(self.areas),
                "roles": list(self.roles),
                "jti": uuid7().hex,
                "iat": self.read_at,
                "exp": self.read_at + INTERNAL_SECONDS,
                "gv": self.grant_version,
            }
            made = "Bearer " + tokens.issue(claims, self._key, typ=INTERNAL_TYP)
            self._made[service] = made
        return made

    async def refresh(self, database: Database, now: int) -> None:
        """Read the rights again when they are old; waiting requests read once. Raises TokenInvalid."""
        async with self._lock:
            if now - self.read_at < _READ_AGAIN:
                return
            async with database.read() as session:
                grants = await grants_of(
                    session, principal_id=UUID(self.subject), jti=str(self._claims["jti"])
                )
            try:
                grants = in_one_role(grants, self._claims.get("role") or None)
            except RoleNeeded as error:
                raise TokenInvalid from error  # taken back, switched off, or the role is not held any more
            self.scopes = grants.scopes & frozenset(str(self._claims["scope"]).split())
            self.areas, self.roles, self.grant_version = grants.areas, grants.roles, grants.grant_version
            self._made = {}
            self.read_at = now

    def expired(self, now: int) -> bool:
        """Tell whether the access token has ended."""
        return bool(now >= self._claims["exp"])


class TokenExchange:
    """All access tokens seen lately, by their exact text."""

    def __init__(
        self,
        database: Database,
        *,
        issuer: str,
        access: tokens.SigningKey,
        internal: tokens.SigningKey,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Take the issuer's name and keys; `clock` gives Unix seconds."""
        self._database = database
        self._issuer = issuer
        self._internal = internal
        self._clock = clock
        self._public = tokens.public_keys(tokens.jwks([access]))
        self._known: OrderedDict[bytes, Known] = OrderedDict()

    async def enter(self, authorization: bytes) -> Known:
        """Return who shows this Authorization value. Raises TokenMissing, TokenInvalid, Unavailable."""
        known = self._known.get(authorization)
        now = int(self._clock())
        if known is None:
            known = Known(self.verify(_bearer(authorization), now), self._internal)
            self._known[authorization] = known
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        if known.expired(now):
            self._known.pop(authorization, None)
            raise TokenInvalid
        if now - known.read_at >= _READ_AGAIN:
            try:
                await known.refresh(self._database, now)
            except TokenInvalid:
                self._known.pop(authorization, None)
                raise
            except Exception as error:
                if not problems.is_away(error):
                    raise
                if now - known.read_at >= INTERNAL_SECONDS - 5:
                    raise problems.unavailable() from error
        return known

    def verify(self, token: str, now: float | None = None) -> dict[str, Any]:
        """Return the claims of a genuine access token. Raises TokenInvalid."""
        return tokens.verify(
            token,
            self._public,
            audience=AUDIENCE,
            typ=ACCESS_TYP,
            issuer=self._issuer,
            now=self._clock() if now is None else now,
        )

    def forget(self, token: str) -> None:
        """Forget a token that was taken back here; other processes follow within 60 seconds."""
        self._known.pop(b"Bearer " + token.encode(), None)


def _bearer(authorization: bytes) -> str:
    scheme, _, token = authorization.partition(b" ")
    if scheme.lower() != b"bearer" or not token:
        raise TokenMissing
    return token.decode("latin-1")
