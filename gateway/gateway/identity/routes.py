"""The OAuth endpoints: token, introspection, revocation, and the two well-known documents."""

import base64
import binascii
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import JSONResponse, Response

from gateway.identity import queries, service
from gateway.identity.errors import (
    InvalidClient,
    InvalidRequest,
    OAuthError,
    RoleNeeded,
    SlowDown,
    UnsupportedGrant,
)
from gateway.identity.exchange import TokenExchange
from gateway.identity.limiter import Limiter
from gateway.identity.models import PrincipalRow
from gateway.identity.openapi import INTROSPECT, REVOKE, TOKEN
from gateway.identity.passwords import Checker
from gateway.keys import Keys
from gateway.settings import Settings
from shared import clock
from shared.db import Database
from shared.errors import TokenInvalid
from shared.security import SCOPES

router = APIRouter(tags=["identity"])
_MAX_FORM = 16 * 1024


@dataclass(frozen=True, slots=True)
class Desk:
    """What the identity endpoints work with; one per process, at `app.state.desk`."""

    settings: Settings
    keys: Keys
    database: Database
    exchange: TokenExchange
    checker: Checker
    limiter: Limiter


@router.post("/oauth/token", summary="A token for a client system (ขอโทเคน)", openapi_extra=TOKEN)
async def token(request: Request) -> Response:
    """Issue an access token to a client system (client credentials, RFC 6749 section 4.4)."""
    desk: Desk = request.app.state.desk
    form = await _form(request)
    if form.get("grant_type") != "client_credentials":
        raise UnsupportedGrant if "grant_type" in form else InvalidRequest("grant_type is missing")
    client = await _authenticated(desk, request, form)
    wanted = frozenset(form["scope"].split()) if form.get("scope") else None
    async with desk.database.transaction() as session:
        issued = await service.issue(
            session,
            service.Issuer(desk.settings.public_url, desk.keys.access),
            principal=client,
            client_id=client.name,
            wanted=wanted,
            role=form.get("role"),
            now=clock.now(),
        )
    return _fresh(
        {
            "access_token": issued.token,
            "token_type": "Bearer",
            "expires_in": issued.seconds,
            "scope": " ".join(sorted(issued.scopes)),
        }
    )


@router.post("/oauth/introspect", summary="What a token says (ตรวจสอบโทเคน)", openapi_extra=INTROSPECT)
async def introspect(request: Request) -> Response:
    """Tell an authenticated client whether a token of this issuer is active (RFC 7662)."""
    desk: Desk = request.app.state.desk
    form = await _form(request)
    await _authenticated(desk, request, form)
    if "token" not in form:
        raise InvalidRequest("token is missing")
    try:
        claims = desk.exchange.verify(form["token"])
    except TokenInvalid:
        return _fresh({"active": False})
    async with desk.database.read() as session:
        if await queries.is_revoked(session, jti=claims["jti"]):
            return _fresh({"active": False})
    return _fresh({"active": True, "token_type": "Bearer", **claims})


@router.post("/oauth/revoke", summary="End a token (ยกเลิกโทเคน)", openapi_extra=REVOKE)
async def revoke(request: Request) -> Response:
    """Take back a token issued to this client (RFC 7009); an unknown token is answered 200 as well."""
    desk: Desk = request.app.state.desk
    form = await _form(request)
    client = await _authenticated(desk, request, form)
    if "token" not in form:
        raise InvalidRequest("token is missing")
    try:
        claims = desk.exchange.verify(form["token"])
    except TokenInvalid:
        return _fresh({})
    if claims["client_id"] == client.name:
        async with desk.database.transaction() as session:
            await service.revoke(session, client=client, claims=claims, now=clock.now())
        desk.exchange.forget(form["token"])
    return _fresh({})


@router.get("/.well-known/jwks.json", summary="Keys that tokens are signed with (กุญแจตรวจลายเซ็น)")
async def jwks(request: Request) -> Response:
    """Show the public keys that access tokens verify with (RFC 7517)."""
    desk: Desk = request.app.state.desk
    return JSONResponse(desk.keys.access_jwks, headers={"cache-control": "public, max-age=300"})


@router.get("/.well-known/openid-configuration", summary="Where what is (ที่อยู่ของบริการโทเคน)")
async def openid_configuration(request: Request) -> Response:
    """Describe the issuer (OpenID Connect Discovery, RFC 8414)."""
    url = request.app.state.desk.settings.public_url
    described = {
        "issuer": url,
        "token_endpoint": f"{url}/oauth/token",
        "introspection_endpoint": f"{url}/oauth/introspect",
        "revocation_endpoint": f"{url}/oauth/revoke",
        "jwks_uri": f"{url}/.well-known/jwks.json",
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [request.app.state.desk.keys.access.alg],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "scopes_supported": sorted(SCOPES),
    }
    return JSONResponse(described, headers={"cache-control": "public, max-age=300"})


def install(app: FastAPI) -> None:
    """Answer the refusals of these endpoints in the form of RFC 6749."""

    async def refused(_request: Request, error: Exception) -> Response:
        if isinstance(error, OAuthError):
            return _refused(error)
        return _refused(InvalidRequest("role must name one of the roles held"))

    app.add_exception_handler(OAuthError, refused)
    app.add_exception_handler(RoleNeeded, refused)


def _fresh(content: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(content, status, headers={"cache-control": "no-store", **(headers or {})})


def _refused(error: OAuthError) -> Response:
    headers = {}
    if error.status == InvalidClient.status:
        headers["www-authenticate"] = 'Basic realm="chumchon"'
    if error.retry_after is not None:
        headers["retry-after"] = str(error.retry_after)
    content = {"error": error.error}
    if error.description:
        content["error_description"] = error.description
    return _fresh(content, error.status, headers)


async def _form(request: Request) -> dict[str, str]:
    """Return the form's parameters; raises InvalidRequest for anything but a plain, small form."""
    declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if declared != "application/x-www-form-urlencoded":
        raise InvalidRequest("the body must be application/x-www-form-urlencoded")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MAX_FORM:
            raise InvalidRequest("the body is too large")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20, errors="strict")
    except ValueError as error:
        raise InvalidRequest("the body is not a form") from error
    form = dict(pairs)
    if len(form) != len(pairs) or any("\x00" in value for value in form.values()):
        raise InvalidRequest("a parameter is given twice or holds NUL")
    return form


async def _authenticated(desk: Desk, request: Request, form: dict[str, str]) -> PrincipalRow:
    """Return the client that proves its secret. Raises InvalidClient, SlowDown, Busy."""
    client_id, secret = _credentials(request, form)
    address = request.client.host if request.client else ""
    seconds = desk.limiter.wait(client_id[:64], address, now=time.monotonic())
    if seconds:
        raise SlowDown("too many requests for this client and address", retry_after=int(seconds) + 1)
    async with desk.database.read() as session:
        client = await queries.principal_named(session, name=client_id, kind="client")
    matches = await desk.checker.matches(secret, client.secret_hash if client else None)
    if client is None or not matches:
        raise InvalidClient
    return client


def _credentials(request: Request, form: dict[str, str]) -> tuple[str, str]:
    """Return client id and secret, given in exactly one of the two ways (RFC 6749 section 2.3.1)."""
    header = request.headers.get("authorization")
    if header is None:
        if not form.get("client_id") or not form.get("client_secret"):
            raise InvalidClient
        return form["client_id"], form["client_secret"]
    if "client_secret" in form:
        raise InvalidRequest("the client authenticates in two ways at once")
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClient
    try:
        name, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise InvalidClient from error
    name, secret = unquote_plus(name), unquote_plus(secret)
    if not colon or not name or not secret or "\x00" in name:
        raise InvalidClient
    if form.get("client_id", name) != name:
        raise InvalidRequest("client_id differs from the authenticated client")
    return name, secret
