"""The OAuth endpoints: what they give, and what they refuse in which words (RFC 6749, 7009, 7662)."""

import base64
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio

from gateway.identity.limiter import Limiter
from shared import tokens
from shared.security import SCOPES
from tests.gateway_house import House

FORM = {"grant_type": "client_credentials"}


def basic(house: House, number: int = 0, *, secret: str | None = None) -> dict[str, str]:
    client = house.credentials["clients"][number]
    pair = f"{client['client_id']}:{secret or client['client_secret']}"
    return {"authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


@pytest_asyncio.fixture(loop_scope="session")
async def stranger(house: House) -> Any:
    async with httpx.AsyncClient(base_url=house.url, timeout=20) as client:
        yield client


async def test_a_client_gets_a_bearer_token_by_basic_authentication(
    house: House, stranger: httpx.AsyncClient
) -> None:
    answer = await stranger.post("/oauth/token", data=FORM, headers=basic(house))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 600)
    assert set(told["scope"].split()) == set(SCOPES)
    assert answer.headers["cache-control"] == "no-store"
    headers = {"authorization": f"Bearer {told['access_token']}"}
    assert (await stranger.get("/v1/things/small", headers=headers)).status_code == 200


async def test_a_client_gets_a_token_by_secret_in_the_form(house: House, stranger: httpx.AsyncClient) -> None:
    client = house.credentials["clients"][1]
    form = {**FORM, "client_id": client["client_id"], "client_secret": client["client_secret"]}
    answer = await stranger.post("/oauth/token", data=form)
    assert answer.json()["scope"] == "areas:read poverty:read"


async def test_the_token_is_an_access_token_of_rfc_9068(house: House, stranger: httpx.AsyncClient) -> None:
    told = (await stranger.post("/oauth/token", data=FORM, headers=basic(house, 1))).json()
    public = tokens.public_keys((await stranger.get("/.well-known/jwks.json")).json())
    url = house.settings.public_url
    claims = tokens.verify(told["access_token"], public, audience="chumchon", typ="at+jwt", issuer=url)
    assert {"iss", "exp", "aud", "sub", "client_id", "iat", "jti", "scope"} <= claims.keys()
    assert claims["client_id"] == "demo-portal"
    assert claims["sub"] == house.credentials["clients"][1]["subject"]
    assert claims["exp"] - claims["iat"] == 600


async def test_scopes_can_be_narrowed_and_not_widened(house: House, stranger: httpx.AsyncClient) -> None:
    narrow = await stranger.post(
        "/oauth/token", data={**FORM, "scope": "areas:read"}, headers=basic(house, 1)
    )
    assert narrow.json()["scope"] == "areas:read"
    wide = await stranger.post("/oauth/token", data={**FORM, "scope": "admin"}, headers=basic(house, 1))
    assert (wide.status_code, wide.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "unsupported_grant_type"),
        ({**FORM, "client_secret": "both"}, "invalid_request"),
        ({**FORM, "client_id": "another"}, "invalid_request"),
        ({**FORM, "role": "auditor"}, "invalid_request"),
        ({**FORM, "scope": "\x00"}, "invalid_request"),
    ],
)
async def test_a_wrong_form_is_400_in_the_words_of_rfc_6749(
    house: House, stranger: httpx.AsyncClient, form: dict[str, str], error: str
) -> None:
    answer = await stranger.post("/oauth/token", data=form, headers=basic(house))
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b'{"grant_type": "client_credentials"}', "application/json"),
        (b"grant_type=client_credentials&grant_type=client_credentials", "application/x-www-form-urlencoded"),
        (b"grant_type=%ff", "application/x-www-form-urlencoded"),
        (b"grant_type=" + b"x" * 20_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"p%d=1" % n for n in range(30)), "application/x-www-form-urlencoded"),
    ],
    ids=["JSON", "twice", "not UTF-8", "too large", "too many fields"],
)
async def test_a_body_that_is_no_plain_form_is_refused(
    house: House, stranger: httpx.AsyncClient, body: bytes, media_type: str
) -> None:
    headers = basic(house) | {"content-type": media_type}
    answer = await stranger.post("/oauth/token", content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Basic " + base64.b64encode(b":secret").decode(),
        "Basic " + base64.b64encode(b"chumchon-admin:").decode(),
        "Basic " + base64.b64encode(b"chumchon-admin:wrong").decode(),
        "Basic " + base64.b64encode(b"nobody:wrong").decode(),
        "Basic " + base64.b64encode(b"department:wrong").decode(),
        "Basic " + base64.b64encode(b"\xff:wrong").decode(),
        "Bearer abc",
    ],
)
async def test_who_does_not_prove_to_be_a_client_is_401(
    stranger: httpx.AsyncClient, authorization: str | None
) -> None:
    headers = {"authorization": authorization} if authorization else {}
    answer = await stranger.post("/oauth/token", data=FORM, headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    assert answer.headers["www-authenticate"].startswith("Basic")


async def test_a_token_that_is_taken_back_is_refused(house: House, stranger: httpx.AsyncClient) -> None:
    told = (await stranger.post("/oauth/token", data=FORM, headers=basic(house, 1))).json()
    token = told["access_token"]
    headers = {"authorization": f"Bearer {token}"}
    assert (await stranger.get("/v1/things/small", headers=headers)).status_code == 200
    asked = await stranger.post("/oauth/introspect", data={"token": token}, headers=basic(house))
    assert asked.json()["active"] is True
    assert asked.json()["client_id"] == "demo-portal"
    answer = await stranger.post("/oauth/revoke", data={"token": token}, headers=basic(house, 1))
    assert answer.status_code == 200
    refused = await stranger.get("/v1/things/small", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (401, "token_invalid")
    assert refused.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    asked = await stranger.post("/oauth/introspect", data={"token": token}, headers=basic(house))
    assert asked.json() == {"active": False}


async def test_only_the_client_it_was_issued_to_takes_a_token_back(
    house: House, stranger: httpx.AsyncClient
) -> None:
    told = (await stranger.post("/oauth/token", data=FORM, headers=basic(house, 1))).json()
    form = {"token": told["access_token"]}
    assert (await stranger.post("/oauth/revoke", data=form, headers=basic(house, 2))).status_code == 200
    asked = await stranger.post("/oauth/introspect", data=form, headers=basic(house))
    assert asked.json()["active"] is True


@pytest.mark.parametrize("address", ["/oauth/introspect", "/oauth/revoke"])
async def test_introspection_and_revocation_ask_who_is_there(
    house: House, stranger: httpx.AsyncClient, address: str
) -> None:
    assert (await stranger.post(address, data={"token": "x"})).status_code == 401
    missing = await stranger.post(address, data={}, headers=basic(house))
    assert (missing.status_code, missing.json()["error"]) == (400, "invalid_request")
    unknown = await stranger.post(address, data={"token": "x"}, headers=basic(house))
    assert unknown.json() in ({}, {"active": False})


async def test_the_issuer_describes_itself(house: House, stranger: httpx.AsyncClient) -> None:
    told = (await stranger.get("/.well-known/openid-configuration")).json()
    assert told["issuer"] == house.settings.public_url
    for name in ("token_endpoint", "introspection_endpoint", "revocation_endpoint", "jwks_uri"):
        path = told[name].removeprefix(house.settings.public_url)
        answer = await stranger.request("GET" if name == "jwks_uri" else "POST", path)
        assert answer.status_code in {200, 400, 401}, name


async def test_the_published_keys_are_public_only(stranger: httpx.AsyncClient) -> None:
    for key in (await stranger.get("/.well-known/jwks.json")).json()["keys"]:
        assert "d" not in key
        assert key["kid"]


def test_a_bucket_lets_a_burst_through_and_then_one_at_a_time() -> None:
    limiter = Limiter(burst=3, per_second=2.0)
    assert [limiter.wait("portal", "10.0.0.1", now=100.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert limiter.wait("portal", "10.0.0.2", now=100.0) == 0.0
    assert limiter.wait("portal", "10.0.0.1", now=100.5) == 0.0
    assert limiter.wait("portal", "10.0.0.1", now=100.5) == 0.5


async def test_guessing_is_slowed_down(
    house: House, stranger: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    strict = replace(house.app.state.desk, limiter=Limiter(burst=1, per_second=0.01))
    monkeypatch.setitem(house.app.state._state, "desk", strict)  # noqa: SLF001  # State has no other way back
    headers = basic(house, secret="guess")
    assert (await stranger.post("/oauth/token", data=FORM, headers=headers)).status_code == 401
    answer = await stranger.post("/oauth/token", data=FORM, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (429, "slow_down")
    assert int(answer.headers["retry-after"]) >= 90
