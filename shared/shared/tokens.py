"""Signed tokens: the one place that touches the JWT library, with checks of our own before it.

A token is looked at only when its length, its three segments and its header are what we issue ourselves;
each key signs with exactly one algorithm. Sources: RFC 7519, RFC 8725 (best current practices), RFC 9068.
"""

import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from joserfc import jwk, jws
from joserfc.errors import JoseError

from shared.errors import TokenInvalid

MAX_LENGTH = 8_192
_MAX_HEADER = 512
_LEEWAY = 2
"""Seconds by which the issuer's clock may be ahead of ours."""
_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_KID = re.compile(r"[A-Za-z0-9._~-]{1,64}")
_HEADER_NAMES = {"alg", "kid", "typ"}
ALGORITHMS = ("Ed25519", "ES256", "RS256")
"""Ed25519 (RFC 9864) is what we sign with; the others are for tokens of an outside OIDC issuer."""

_registry = jws.JWSRegistry(algorithms=list(ALGORITHMS))


@dataclass(frozen=True, slots=True)
class _Key:
    """A key with the only algorithm it is used for."""

    kid: str
    alg: str
    key: jwk.Key


SigningKey = _Key
PublicKeys = Mapping[str, _Key]


def _load(document: Mapping[str, Any]) -> _Key:
    kid, alg = document.get("kid"), document.get("alg")
    if not isinstance(kid, str) or _KID.fullmatch(kid) is None or alg not in ALGORITHMS:
        raise ValueError("a key needs a kid and one of the algorithms " + ", ".join(ALGORITHMS))
    bare = {name: value for name, value in document.items() if name not in {"alg", "use", "key_ops"}}
    key = jwk.import_key(bare)
    kinds = {"Ed25519": ("OKP", "Ed25519"), "ES256": ("EC", "P-256"), "RS256": ("RSA", None)}
    if (key.key_type, bare.get("crv")) != kinds[alg]:
        raise ValueError(f"key {kid} does not fit {alg}")
    return _Key(kid, alg, key)


def public_keys(jwks: str | bytes | Mapping[str, Any]) -> PublicKeys:
    """Read a JWKS document (RFC 7517); raises ValueError for a key that is private or fits no algorithm."""
    document = orjson.loads(jwks) if isinstance(jwks, str | bytes) else jwks
    keys = [_load(entry) for entry in document["keys"]]
    if any(key.key.is_private for key in keys):
        raise ValueError("a private key is not a verification key")
    return {key.kid: key for key in keys}


def new_signing_key(kid: str) -> str:
    """Return a new Ed25519 private key as a JWK document, to be kept in a file of mode 0600."""
    key = jwk.OKPKey.generate_key("Ed25519", private=True)
    return orjson.dumps({**key.as_dict(private=True), "kid": kid, "alg": "Ed25519", "use": "sig"}).decode()


def signing_key(document: str | bytes) -> SigningKey:
    """Read a private key as `new_signing_key` made it."""
    key = _load(orjson.loads(document))
    if not key.key.is_private:
        raise ValueError("a public key signs nothing")
    return key


def jwks(keys: Iterable[SigningKey]) -> dict[str, Any]:
    """Return the public halves as a JWKS document."""
    return {
        "keys": [
            {**key.key.as_dict(private=False), "kid": key.kid, "alg": key.alg, "use": "sig"} for key in keys
        ]
    }


def issue(claims: Mapping[str, Any], key: SigningKey, *, typ: str) -> str:
    """Sign the claims; `typ` keeps kinds of tokens apart (`at+jwt` outside, `int+jwt` inside)."""
    header = {"alg": key.alg, "kid": key.kid, "typ": typ}
    return jws.serialize_compact(header, orjson.dumps(claims), key.key, registry=_registry)


def verify(
    token: str,
    keys: PublicKeys,
    *,
    audience: str,
    typ: str,
    issuer: str | None = None,
    max_age: int | None = None,
    now: float | None = None,
) -> dict[str, Any]:
    """Return the claims of a genuine token made for `audience`; raises TokenInvalid for all others.

    `max_age` bounds exp - iat in seconds; `now` is a Unix time, this moment by default.
    """
    if len(token) > MAX_LENGTH or _SHAPE.fullmatch(token) is None:
        raise TokenInvalid
    key = _key_of(token, keys, typ)
    try:
        payload = jws.deserialize_compact(token, key.key, algorithms=[key.alg], registry=_registry).payload
        claims = orjson.loads(payload)
    except (JoseError, ValueError) as error:
        raise TokenInvalid from error
    if not isinstance(claims, dict):
        raise TokenInvalid
    _check(claims, audience=audience, issuer=issuer, max_age=max_age, now=time.time() if now is None else now)
    return claims


def _key_of(token: str, keys: PublicKeys, typ: str) -> _Key:
    """Return the key a token's header names, provided that the header is one of ours."""
    segment = token.split(".", 1)[0]
    if len(segment) > _MAX_HEADER:
        raise TokenInvalid
    try:
        header = orjson.loads(_decode(segment))
    except ValueError as error:
        raise TokenInvalid from error
    if not isinstance(header, dict) or header.keys() != _HEADER_NAMES or header["typ"] != typ:
        raise TokenInvalid
    kid = header["kid"]
    key = keys.get(kid) if isinstance(kid, str) else None
    if key is None or header["alg"] != key.alg:
        raise TokenInvalid
    return key


def _decode(segment: str) -> bytes:
    import base64  # noqa: PLC0415

    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def _check(
    claims: Mapping[str, Any], *, audience: str, issuer: str | None, max_age: int | None, now: float
) -> None:
    """Refuse claims of another time, audience or issuer; times are whole numbers, nothing else."""
    times = [claims.get(name) for name in ("iat", "exp")] + [claims.get("nbf", 0)]
    if any(type(moment) is not int for moment in times):
        raise TokenInvalid
    issued, expires, not_before = times
    good = (
        0 <= not_before <= now + _LEEWAY,  # type: ignore[operator]
        0 < issued <= now + _LEEWAY,  # type: ignore[operator]
        now < expires,  # type: ignore[operator]
        max_age is None or expires - issued <= max_age,  # type: ignore[operator]
        type(claims.get("aud")) is str and claims["aud"] == audience,
        issuer is None or claims.get("iss") == issuer,
        type(claims.get("sub")) is str and 0 < len(claims["sub"]) <= 200,  # noqa: PLR2004
    )
    if not all(good):
        raise TokenInvalid
