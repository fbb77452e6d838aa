"""Who is calling: the internal token of the gateway, verified here on every network.

The gateway exchanges what it was given for an internal token made for one service and at most 60
seconds. Claims: iss `chumchon-gateway`, aud (the service), sub, client_id, scope (blank separated), areas
(code prefixes, "" is the whole country), roles, jti, iat, exp, rid (request id), gv (grant version).
"""

import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from fastapi import Request, Security
from fastapi.openapi.models import OAuth2, OAuthFlowClientCredentials, OAuthFlows
from fastapi.security import SecurityScopes
from fastapi.security.base import SecurityBase

from shared import clock, tokens
from shared.errors import PurposeRequired, ScopeMissing, TokenInvalid, TokenMissing

ISSUER = "chumchon-gateway"
INTERNAL_TYP = "int+jwt"
_CACHED_TOKENS = 4096
_PURPOSE = re.compile(r"[^\x00-\x1f\x7f]{3,200}")

SCOPES: dict[str, str] = {
    "admin": "Run the system",
    "areas:read": "Read areas",
    "audit:read": "Read the audit trail",
    "cases:approve": "Certify cases",
    "cases:read": "Read cases",
    "cases:write": "Write cases",
    "committees:read": "Read committees",
    "committees:write": "Write committees",
    "debtors:write": "Keep what debtors said in a survey",
    "export": "Export lists",
    "feeds:read": "Read feed editions",
    "feeds:write": "Upload and import feed editions",
    "funds:approve": "Decide applications, confirm what others recorded of funds",
    "funds:read": "Read funds",
    "funds:write": "Write funds, their committees, members and applications",
    "households:read": "Read households and persons, masked",
    "households:write": "Write households and persons",
    "imports:write": "Send and check workbooks of funds' existing books",
    "jobs:read": "Read jobs",
    "ledgers:read": "Read funds' books",
    "ledgers:write": "Post to funds' books",
    "loans:approve": "Approve reliefs and write-offs of loans",
    "loans:read": "Read loans and repayments",
    "loans:write": "Write loans and repayments",
    "meetings:write": "Write meetings and resolutions",
    "pii:read": "Read full personal data for a stated purpose",
    "poverty:read": "Read poverty figures",
    "savings:read": "Read savings groups' accounts",
    "savings:write": "Write savings groups' accounts",
}


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of one request: who, through which client, with which rights and where."""

    subject: str
    client: str | None
    scopes: frozenset[str]
    areas: tuple[str, ...]
    """Area code prefixes the caller may see; "" is the whole country; none means nothing."""
    roles: tuple[str, ...]
    request_id: str
    purpose: str | None = None

    def may(self, scope: str) -> bool:
        """Tell whether the token carries the scope."""
        return scope in self.scopes


@dataclass(frozen=True, slots=True)
class _Verified:
    """What a token said, kept until it expires."""

    expires: int
    subject: str
    client: str | None
    scopes: frozenset[str]
    areas: tuple[str, ...]
    roles: tuple[str, ...]
    request_id: str


class Verifier:
    """Verifies internal tokens of one service; keeps the verified ones by their text until they expire."""

    def __init__(self, keys: tokens.PublicKeys, *, audience: str) -> None:
        """Take the gateway's public keys and this service's name."""
        self._keys = keys
        self._audience = audience
        self._cache: OrderedDict[str, _Verified] = OrderedDict()

    def verify(self, token: str) -> _Verified:
        """Return what the token says, or raise TokenInvalid."""
        moment = int(clock.now().timestamp())
        known = self._cache.get(token)
        if known is not None:
            if moment < known.expires:
                return known
            del self._cache[token]
            raise TokenInvalid
        claims = tokens.verify(
            token, self._keys, audience=self._audience, typ=INTERNAL_TYP, issuer=ISSUER, max_age=60
        )
        verified = _read(claims)
        self._cache[token] = verified
        if len(self._cache) > _CACHED_TOKENS:
            self._cache.popitem(last=False)
        return verified


def _read(claims: Mapping[str, Any]) -> _Verified:
    """Read the claims of a genuine token; a claim of another shape makes it invalid."""
    areas, roles = claims.get("areas", []), claims.get("roles", [])
    client, scope = claims.get("client_id"), claims.get("scope", "")
    request_id = claims.get("rid", "")
    shapes = (
        isinstance(areas, list) and all(isinstance(a, str) for a in areas),
        isinstance(roles, list) and all(isinstance(r, str) for r in roles),
        isinstance(scope, str),
        isinstance(request_id, str),
        client is None or isinstance(client, str),
    )
    if not all(shapes):
        raise TokenInvalid
    return _Verified(
        expires=claims["exp"],
        subject=claims["sub"],
        client=client,
        scopes=frozenset(scope.split()),
        areas=tuple(areas),
        roles=tuple(roles),
        request_id=request_id,
    )


class InternalToken(SecurityBase):
    """The security scheme of every operation: a callable so that one dependency does the whole check."""

    def __init__(self) -> None:
        """Describe it for OpenAPI as the callers see it: OAuth 2 client credentials at the gateway."""
        flow = OAuthFlowClientCredentials(tokenUrl="/oauth/token", scopes=dict(SCOPES))
        self.model = OAuth2(flows=OAuthFlows(clientCredentials=flow))
        self.scheme_name = "oauth2"

    async def __call__(self, request: Request, security_scopes: SecurityScopes) -> Principal:
        """Return the caller, or refuse: 401 without a genuine token, 403 without the scope."""
        known: Principal | None = request.scope.get("principal")
        if known is not None and known.scopes.issuperset(security_scopes.scopes):
            return known
        return enter(request, security_scopes.scopes)


def enter(request: Request, scopes: Sequence[str]) -> Principal:
    """Find out who calls and that she has the scopes; raises TokenMissing, TokenInvalid, ScopeMissing.

    `web.Route` calls it before it looks at query and body, so a stranger learns nothing from either.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not token or scheme.lower() != "bearer":
        raise TokenMissing
    verifier: Verifier = request.app.state.verifier
    verified = verifier.verify(token)
    for scope in scopes:
        if scope not in verified.scopes:
            raise ScopeMissing(f"ต้องมีขอบเขตสิทธิ์ {scope}", f"The scope {scope} is needed", scope=scope)
    principal = Principal(
        subject=verified.subject,
        client=verified.client,
        scopes=verified.scopes,
        areas=verified.areas,
        roles=verified.roles,
        request_id=request.scope.get("request_id") or verified.request_id,
        purpose=_purpose(request),
    )
    request.scope["principal"] = principal
    return principal


def _purpose(request: Request) -> str | None:
    """Return the stated purpose; percent-encoded UTF-8 is read, since headers are Latin-1."""
    stated = request.headers.get("purpose")
    if stated is None:
        return None
    text = unquote(stated, errors="replace").strip()
    return text if _PURPOSE.fullmatch(text) else None


SCHEME = InternalToken()


def requires(scope: str) -> Any:
    """Mark the principal of an operation with the scope it needs.

    `principal: Annotated[Principal, requires("households:read")]`
    """
    if scope not in SCOPES:
        raise ValueError(f"unknown scope {scope}")
    return Security(SCHEME, scopes=[scope])


def purpose_of(principal: Principal) -> str:
    """Return the stated purpose, for full personal data; raises ScopeMissing, PurposeRequired."""
    if not principal.may("pii:read"):
        raise ScopeMissing("ต้องมีขอบเขตสิทธิ์ pii:read", "The scope pii:read is needed", scope="pii:read")
    if principal.purpose is None:
        raise PurposeRequired("ส่งวัตถุประสงค์ในส่วนหัว Purpose", "State it in the header Purpose")
    return principal.purpose
