"""Callers for tests: real internal tokens, signed by a key of the test run."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson

from shared import tokens
from shared.security import INTERNAL_TYP, ISSUER, Principal


@dataclass(frozen=True, slots=True)
class TestIssuer:
    """Issues internal tokens as the gateway does."""

    __test__ = False  # not a test class, whatever its name begins with

    key: tokens.SigningKey

    @classmethod
    def new(cls) -> "TestIssuer":
        """Return an issuer with a key of its own."""
        return cls(tokens.signing_key(tokens.new_signing_key("test")))

    @property
    def jwks(self) -> str:
        """The public key, as a service's setting `internal_jwks` takes it."""
        return orjson.dumps(tokens.jwks([self.key])).decode()

    def token(
        self, audience: str, *, scopes: Iterable[str], areas: Iterable[str] = ("",), **claims: Any
    ) -> str:
        """Return an internal token for the service `audience`; `claims` replace the usual ones."""
        moment = int(time.time())
        usual = {
            "iss": ISSUER,
            "aud": audience,
            "sub": "user:tester",
            "client_id": "tests",
            "scope": " ".join(sorted(scopes)),
            "areas": list(areas),
            "roles": [],
            "jti": uuid4().hex,
            "iat": moment,
            "exp": moment + 60,
            "rid": uuid4().hex,
            "gv": 1,
        }
        return tokens.issue({**usual, **claims}, self.key, typ=INTERNAL_TYP)

    def headers(
        self, audience: str, *, scopes: Iterable[str], areas: Iterable[str] = ("",), **claims: Any
    ) -> dict[str, str]:
        """Return the request headers that carry such a token."""
        return {"Authorization": f"Bearer {self.token(audience, scopes=scopes, areas=areas, **claims)}"}


def principal(
    *scopes: str, subject: str = "user:tester", areas: tuple[str, ...] = ("",), purpose: str | None = None
) -> Principal:
    """Return a caller for tests of service functions."""
    return Principal(
        subject=subject,
        client="tests",
        scopes=frozenset(scopes),
        areas=areas,
        roles=(),
        request_id="test",
        purpose=purpose,
    )
