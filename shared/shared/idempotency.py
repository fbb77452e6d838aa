"""Idempotent POST: a repeated request with the same `Idempotency-Key` gets the stored answer.

The key is claimed, the work done and the answer stored in one transaction, so there is never an answer
without its effect nor an effect without its answer; a refused request stores nothing. Answers may show
personal data: they are encrypted (AES-256-GCM) under a key derived from the service's cursor key, bound to
caller, address and key, and forgotten after 72 hours.
"""

import hashlib
import hmac
import os
import re
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from shared.db import driver
from shared.errors import FieldError, IdempotencyKeyReused, InvalidRequest, RequestInProgress
from shared.security import Principal

HEADER = "idempotency-key"
KEPT = timedelta(hours=72)
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_STORED_HEADERS = ("location", "etag", "content-type", "link")
_NONCE = 12
_FIND = """
SELECT fingerprint, status, headers, body FROM idempotency_keys
WHERE subject = $1 AND route = $2 AND key = $3 AND expires_at > $4
"""
_KEEP = """
WITH old AS (
  DELETE FROM idempotency_keys AS kept USING (
    SELECT subject, route, key FROM idempotency_keys
    WHERE expires_at <= $9 AND (subject, route, key) <> ($1, $2, $3)
    ORDER BY expires_at LIMIT 10 FOR UPDATE SKIP LOCKED) AS gone
  WHERE (kept.subject, kept.route, kept.key) = (gone.subject, gone.route, gone.key))
INSERT INTO idempotency_keys (subject, route, key, fingerprint, status, headers, body, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (subject, route, key) DO UPDATE SET fingerprint = excluded.fingerprint,
  status = excluded.status, headers = excluded.headers, body = excluded.body, expires_at = excluded.expires_at
"""
"""Every stored answer forgets up to ten whose time is over, so that no process has to come and sweep."""


@dataclass(slots=True)
class Attempt:
    """One request that carries a key, from its arrival to its stored answer."""

    subject: str
    route: str
    key: str
    fingerprint: bytes
    secret: bytes
    session: AsyncSession | None = None
    """The request's transaction, once the key is claimed in it and the work is being done."""

    @property
    def bound_to(self) -> bytes:
        """Return what this key is a key of, in one spelling."""
        return orjson.dumps([self.subject, self.route, self.key])


current: ContextVar[Attempt | None] = ContextVar("idempotent_attempt", default=None)


def derive_secret(cursor_key: bytes) -> bytes:
    """Return the key of stored answers."""
    return hmac.new(cursor_key, b"idempotency: stored answers", hashlib.sha256).digest()


async def attempt(request: Request, *, buffered: bool) -> Attempt:
    """Return the attempt that a request with a key is; raises InvalidRequest for a malformed key.

    A buffered (JSON) body is fingerprinted whole, an upload by its declared length, without reading it.
    """
    key = request.headers[HEADER]
    if _KEY.fullmatch(key) is None:
        problem = FieldError("?Idempotency-Key", "wrong_format", "รูปแบบไม่ถูกต้อง", "has the wrong format")
        raise InvalidRequest(errors=[problem])
    digest = hashlib.sha256(request.scope["query_string"] + b"\n")
    digest.update(await request.body() if buffered else request.headers.get("content-length", "").encode())
    principal: Principal = request.scope["principal"]
    secret: bytes = request.app.state.answers_key
    return Attempt(principal.subject, request.scope["path"], key, digest.digest(), secret)


async def claim(session: AsyncSession, attempt: Attempt, *, now: datetime) -> Response | None:
    """Claim the key in this transaction and return None, or return the stored answer.

    Raises RequestInProgress while another transaction holds the key, IdempotencyKeyReused when the key
    was used with another body.
    """
    connection = await driver(session)
    lock = int.from_bytes(hashlib.sha256(attempt.bound_to).digest()[:8], "big", signed=True)
    if not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", lock):
        refusal = RequestInProgress()
        refusal.headers["Retry-After"] = "1"
        raise refusal
    row = await connection.fetchrow(_FIND, attempt.subject, attempt.route, attempt.key, now)
    if row is None:
        attempt.session = session
        return None
    if row["fingerprint"] != attempt.fingerprint:
        raise IdempotencyKeyReused
    sealed: bytes = row["body"]
    body = AESGCM(attempt.secret).decrypt(sealed[:_NONCE], sealed[_NONCE:], attempt.bound_to)
    headers = {**row["headers"], "idempotent-replayed": "true"}
    return Response(body, status_code=row["status"], headers=headers)


async def keep(attempt: Attempt, response: Response, *, now: datetime) -> None:
    """Store the answer in the transaction of the work, unless it is a refusal or a stream."""
    if attempt.session is None or not 200 <= response.status_code < 300:  # noqa: PLR2004 - the 2xx class
        return
    body = getattr(response, "body", None)
    if not isinstance(body, bytes):
        return
    nonce = os.urandom(_NONCE)
    sealed = nonce + AESGCM(attempt.secret).encrypt(nonce, body, attempt.bound_to)
    headers = {name: response.headers[name] for name in _STORED_HEADERS if name in response.headers}
    await (await driver(attempt.session)).execute(
        _KEEP,
        attempt.subject,
        attempt.route,
        attempt.key,
        attempt.fingerprint,
        response.status_code,
        orjson.dumps(headers).decode(),
        sealed,
        now + KEPT,
        now,
    )
