"""Tokens: ours are accepted, everything else is refused. RFC 7519, RFC 8725, and what libraries got wrong.

This table gates every upgrade of the JWT library.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe, jwk

from shared import tokens
from shared.errors import TokenInvalid
from shared.security import ISSUER, Verifier

NOW = 1_800_000_000
TYP = "int+jwt"
AUDIENCE = "households"
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "sub": "user:1",
    "iat": NOW,
    "exp": NOW + 60,
    "scope": "households:read",
}


def b64(data: bytes | str | dict[str, Any]) -> str:
    raw = orjson.dumps(data) if isinstance(data, dict) else data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass(frozen=True)
class Bench:
    """The keys of a test run: ours, an outside issuer's, and an attacker's."""

    ours: tokens.SigningKey
    ec: tokens.SigningKey
    attacker: tokens.SigningKey
    keys: tokens.PublicKeys

    def sign(self, header: dict[str, Any] | bytes, claims: Any = CLAIMS, key: Any = None) -> str:
        """Sign anything with our real Ed25519 key (or another), past every check of the library."""
        signing = (key or self.ours).key.private_key
        assert isinstance(signing, Ed25519PrivateKey)
        payload = claims if isinstance(claims, bytes) else orjson.dumps(claims)
        message = f"{b64(header)}.{b64(payload)}"
        return f"{message}.{b64(signing.sign(message.encode()))}"

    def claims(self, **changes: Any) -> str:
        """Sign our claims with changes; None removes one."""
        changed = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not ...}
        return self.sign(HEADER, changed)

    def hmac_with(self, secret: bytes, kid: str = "ours") -> str:
        """Sign with HS256, as if a public key were a shared secret."""
        message = f"{b64({'alg': 'HS256', 'kid': kid, 'typ': TYP})}.{b64(CLAIMS)}"
        return f"{message}.{b64(hmac.new(secret, message.encode(), hashlib.sha256).digest())}"


HEADER = {"alg": "Ed25519", "kid": "ours", "typ": TYP}


def _bench() -> Bench:
    ours, attacker = (tokens.signing_key(tokens.new_signing_key(kid)) for kid in ("ours", "attacker"))
    outside = jwk.ECKey.generate_key("P-256")
    document = {**outside.as_dict(private=True), "kid": "outside", "alg": "ES256"}
    second = tokens.signing_key(orjson.dumps(document))
    return Bench(ours, second, attacker, tokens.public_keys(tokens.jwks([ours, second])))


BENCH = _bench()


def public_pem(key: tokens.SigningKey) -> bytes:
    assert isinstance(key.key, jwk.OKPKey | jwk.ECKey)
    return key.key.as_pem(private=False)


def header(**changes: Any) -> Callable[[], str]:
    return lambda: BENCH.sign({n: v for n, v in {**HEADER, **changes}.items() if v is not ...})


def claims(**changes: Any) -> Callable[[], str]:
    return lambda: BENCH.claims(**changes)


def good() -> str:
    return BENCH.sign(HEADER)


def parts() -> list[str]:
    return good().split(".")


def unsigned(alg: str) -> Callable[[], str]:
    return lambda: f"{b64({**HEADER, 'alg': alg})}.{b64(CLAIMS)}."


def encrypted() -> str:
    key = jwk.OctKey.import_key(b"k" * 32)
    return jwe.encrypt_compact({"alg": "dir", "enc": "A256GCM"}, orjson.dumps(CLAIMS), key)


def raw_header(text: str) -> Callable[[], str]:
    return lambda: BENCH.sign(text.encode())


def raw_claims(text: str) -> Callable[[], str]:
    return lambda: BENCH.sign(HEADER, text.encode())


def foreign_key(kind: str) -> dict[str, Any]:
    return {**BENCH.attacker.key.as_dict(private=False), "kid": kind}


HOSTILE: dict[str, Callable[[], str]] = {
    # the signature
    "alg none, no signature": unsigned("none"),
    "alg None in capitals": unsigned("NONE"),
    "alg none with our signature": header(alg="none"),
    "no signature": lambda: ".".join([*parts()[:2], ""]),
    "signature of zeros": lambda: ".".join([*parts()[:2], b64(b"\0" * 64)]),
    "signature cut short": lambda: ".".join([*parts()[:2], parts()[2][:-8]]),
    "signature with a tail": lambda: good() + "AAAA",
    "signature of another token": lambda: ".".join([*parts()[:2], BENCH.claims(sub="user:2").split(".")[2]]),
    "claims exchanged": lambda: ".".join([parts()[0], b64({**CLAIMS, "sub": "admin"}), parts()[2]]),
    "signed by a stranger under our kid": lambda: BENCH.sign(HEADER, key=BENCH.attacker),
    "identity element as signature": lambda: ".".join([*parts()[:2], b64(b"\x01" + b"\0" * 63)]),
    # keys and algorithms confused
    "HS256 with our public key in PEM": lambda: BENCH.hmac_with(public_pem(BENCH.ours)),
    "HS256 with our raw public key": lambda: BENCH.hmac_with(
        base64.urlsafe_b64decode(str(BENCH.ours.key.as_dict(private=False)["x"]) + "=")
    ),
    "HS256 with an empty secret": lambda: BENCH.hmac_with(b""),
    "HS256 with the outside issuer's PEM": lambda: BENCH.hmac_with(public_pem(BENCH.ec), kid="outside"),
    "our key under the old name of its algorithm": header(alg="EdDSA"),
    "our key as ES256": header(alg="ES256"),
    "our key under the outside kid": header(kid="outside"),
    "outside kid with our algorithm": header(kid="outside", alg="Ed25519"),
    "ES256 signature of zeros": lambda: (
        f"{b64({'alg': 'ES256', 'kid': 'outside', 'typ': TYP})}.{b64(CLAIMS)}.{b64(bytes(64))}"
    ),
    "algorithm in lower case": header(alg="ed25519"),
    "algorithm as a list": header(alg=["Ed25519"]),
    "algorithm unknown": header(alg="Ed25519ph"),
    # header
    "no kid": header(kid=...),
    "unknown kid": header(kid="nobody"),
    "kid as a path": header(kid="../../../../dev/null"),
    "kid as SQL": header(kid="x' UNION SELECT 'k"),
    "kid as a list": header(kid=["ours"]),
    "kid as an object": header(kid={"$ne": ""}),
    "kid null": header(kid=None),
    "key in the header": lambda: BENCH.sign({**HEADER, "jwk": foreign_key("ours")}, key=BENCH.attacker),
    "key address in the header": header(jku="https://attacker.example/keys"),
    "certificate address in the header": header(x5u="https://attacker.example/cert"),
    "certificate in the header": header(x5c=["MIIB"]),
    "critical extension": header(crit=["exp"], exp=NOW + 60),
    "critical extension unknown": header(crit=["x"], x=1),
    "payload not encoded (b64)": header(b64=False, crit=["b64"]),
    "compressed": header(zip="DEF"),
    "nested type": header(cty="JWT"),
    "type of an access token": header(typ="at+jwt"),
    "type JWT": header(typ="JWT"),
    "type in capitals": header(typ="INT+JWT"),
    "type with its full name": header(typ="application/int+jwt"),
    "no type": header(typ=...),
    "type as a number": header(typ=1),
    "header not an object": raw_header('["Ed25519"]'),
    "header not JSON": raw_header("alg: Ed25519"),
    "header with a key twice": raw_header(
        '{"alg":"none","kid":"ours","typ":"int+jwt","alg":"Ed25519","x":1}'
    ),
    "header of 600 bytes": header(kid="k" * 600),
    # claims
    "expired": claims(exp=NOW),
    "expired long ago": claims(iat=NOW - 100, exp=NOW - 40),
    "no expiry": claims(exp=...),
    "expiry null": claims(exp=None),
    "expiry as text": claims(exp=str(NOW + 60)),
    "expiry as a fraction": claims(exp=NOW + 59.5),
    "expiry true": claims(exp=True),
    "expiry NaN": raw_claims(
        '{"sub":"a","aud":"households","iss":"chumchon-gateway","iat":1800000000,"exp":NaN}'
    ),
    "expiry Infinity": raw_claims('{"sub":"a","aud":"households","iat":1800000000,"exp":Infinity}'),
    "expiry 1e400": raw_claims('{"sub":"a","aud":"households","iat":1800000000,"exp":1e400}'),
    "expiry beyond 64 bits": claims(exp=2**63 - 1),
    "longer than 60 seconds": claims(exp=NOW + 61),
    "issued in the future": claims(iat=NOW + 30, exp=NOW + 60),
    "issued before time began": claims(iat=-NOW, exp=NOW + 60),
    "issue time as text": claims(iat=str(NOW)),
    "no issue time": claims(iat=...),
    "not yet valid": claims(nbf=NOW + 30),
    "not before as text": claims(nbf=str(NOW)),
    "audience of another service": claims(aud="funds"),
    "audience as a list": claims(aud=[AUDIENCE]),
    "audience as a list of two": claims(aud=[AUDIENCE, "funds"]),
    "audience as a prefix": claims(aud=AUDIENCE[:-1]),
    "audience in capitals": claims(aud=AUDIENCE.upper()),
    "audience with a blank": claims(aud=AUDIENCE + " "),
    "audience empty": claims(aud=""),
    "no audience": claims(aud=...),
    "audience null": claims(aud=None),
    "another issuer": claims(iss="https://attacker.example"),
    "no issuer": claims(iss=...),
    "issuer as a list": claims(iss=[ISSUER]),
    "no subject": claims(sub=...),
    "subject empty": claims(sub=""),
    "subject as a number": claims(sub=1),
    "subject of 201 characters": claims(sub="x" * 201),
    "claims a list": raw_claims("[]"),
    "claims a number": raw_claims("1"),
    "claims empty": raw_claims("{}"),
    "claims not JSON": raw_claims("sub=user"),
    "claims not UTF-8": lambda: BENCH.sign(HEADER, b'{"sub": "\xff"}'),
    # shape
    "empty": lambda: "",
    "one dot": lambda: ".".join(parts()[:2]),
    "four parts": lambda: good() + ".AAAA",
    "only dots": lambda: "..",
    "padded": lambda: good() + "==",
    "standard base64 alphabet": lambda: good().replace("-", "+").replace("_", "/") + "+/",
    "blank before": lambda: " " + good(),
    "line break after": lambda: good() + "\n",
    "line break within": lambda: good().replace(".", ".\n", 1),
    "NUL within": lambda: good().replace(".", "\0.", 1),
    "Thai digit within": lambda: good()[:-1] + "๑",
    "JSON serialization": lambda: orjson.dumps(
        {"payload": parts()[1], "protected": parts()[0], "signature": parts()[2]}
    ).decode(),
    "encrypted instead of signed": encrypted,
    "nine thousand characters": lambda: BENCH.claims(scope="x " * 4500),
    "a million dots": lambda: "." * 1_000_000,
}


def verify(token: str, now: float = NOW + 1) -> dict[str, Any]:
    return tokens.verify(token, BENCH.keys, audience=AUDIENCE, typ=TYP, issuer=ISSUER, max_age=60, now=now)


def test_the_table_is_long_enough_to_gate_upgrades() -> None:
    assert len(HOSTILE) >= 90


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_tokens_are_refused(case: str) -> None:
    with pytest.raises(TokenInvalid):
        verify(HOSTILE[case]())


def test_our_own_token_is_accepted_to_its_last_second() -> None:
    assert verify(good()) == CLAIMS
    assert verify(tokens.issue(CLAIMS, BENCH.ours, typ=TYP), now=NOW + 59.9) == CLAIMS


def test_the_issuers_clock_may_be_two_seconds_ahead() -> None:
    assert verify(good(), now=NOW - 2)["sub"] == "user:1"


def test_an_outside_issuers_token_is_accepted_with_its_own_algorithm() -> None:
    token = tokens.issue(CLAIMS, BENCH.ec, typ=TYP)
    assert verify(token) == CLAIMS


@given(st.text(max_size=200))
def test_no_text_makes_the_check_fail_otherwise_than_by_refusing(text: str) -> None:
    with pytest.raises(TokenInvalid):
        verify(text)


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_token_with_one_other_character_is_refused(place: int, code: int) -> None:
    token = good()
    place %= len(token)
    changed = token[:place] + chr(code) + token[place + 1 :]
    same = changed == token or base64_equal(changed, token)
    if not same:
        with pytest.raises(TokenInvalid):
            verify(changed)


def base64_equal(left: str, right: str) -> bool:
    """Tell whether two texts differ only in the bits that base64 does not use at the end of a segment."""
    try:
        decode = [
            [
                base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
                for part in t.split(".")
            ]
            for t in (left, right)
        ]
    except ValueError:
        return False
    return decode[0] == decode[1]


@pytest.mark.parametrize(
    "document",
    [
        {"keys": [{**BENCH.ours.key.as_dict(private=True), "kid": "a", "alg": "Ed25519"}]},
        {"keys": [{**BENCH.ours.key.as_dict(private=False), "kid": "a"}]},
        {"keys": [{**BENCH.ours.key.as_dict(private=False), "kid": "a", "alg": "ES256"}]},
        {"keys": [{**BENCH.ours.key.as_dict(private=False), "kid": None, "alg": "Ed25519"}]},
        {"keys": [{**BENCH.ours.key.as_dict(private=False), "kid": "a/b", "alg": "Ed25519"}]},
        {"keys": [{"kty": "oct", "k": b64(b"k" * 32), "kid": "a", "alg": "HS256"}]},
        {"keys": [{**jwk.ECKey.generate_key("P-384").as_dict(private=False), "kid": "a", "alg": "ES256"}]},
    ],
    ids=["private", "no algorithm", "other algorithm", "no kid", "odd kid", "secret", "other curve"],
)
def test_a_key_document_with_a_wrong_key_is_refused_whole(document: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="key"):
        tokens.public_keys(document)


def test_a_public_key_cannot_sign() -> None:
    document = orjson.dumps({**BENCH.ours.key.as_dict(private=False), "kid": "a", "alg": "Ed25519"})
    with pytest.raises(ValueError, match="signs nothing"):
        tokens.signing_key(document)


def test_a_known_token_is_not_checked_twice_but_dies_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = int(time.time())
    token = BENCH.claims(iat=moment, exp=moment + 60)
    verifier = Verifier(BENCH.keys, audience=AUDIENCE)
    first = verifier.verify(token)
    assert verifier.verify(token) is first
    monkeypatch.setattr("shared.security.clock.now", lambda: _at(moment + 60))
    with pytest.raises(TokenInvalid):
        verifier.verify(token)


def _at(moment: int) -> datetime:
    return datetime.fromtimestamp(moment, UTC)


@pytest.mark.parametrize(
    "changes",
    [
        {"areas": "34"},
        {"areas": [34]},
        {"roles": {"admin": True}},
        {"scope": ["admin"]},
        {"client_id": 5},
        {"rid": None},
    ],
)
def test_a_genuine_token_with_claims_of_another_shape_is_refused(changes: dict[str, Any]) -> None:
    moment = int(time.time())
    token = BENCH.claims(iat=moment, exp=moment + 60, **changes)
    with pytest.raises(TokenInvalid):
        Verifier(BENCH.keys, audience=AUDIENCE).verify(token)
