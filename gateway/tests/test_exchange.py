"""From an access token to an internal one: whose rights, for how long, and how soon a change holds."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
import pytest_asyncio
from sqlalchemy import text

from gateway import keys
from gateway.identity import service
from gateway.identity.errors import InvalidScope, RoleNeeded
from gateway.identity.exchange import Known, TokenExchange
from gateway.identity.models import PrincipalRow
from shared import tokens
from shared.db import Database
from shared.errors import TokenInvalid, TokenMissing, Unavailable
from shared.security import INTERNAL_TYP, ISSUER, Verifier

URL = "http://gateway.test"
START = 1_900_000_000


@dataclass
class Office:
    """An exchange with a clock of the test's own."""

    database: Database
    keys: keys.Keys
    exchange: TokenExchange
    moment: list[float]

    async def principal(self, name: str, *grants: tuple[str, str]) -> PrincipalRow:
        now = datetime.now(UTC)
        async with self.database.transaction() as session:
            row = await service.keep_principal(session, name=name, kind="user", label=name, now=now)
            await service.keep_grants(session, principal_id=row.id, grants=grants, now=now)
        return row

    async def token(self, row: PrincipalRow, *, role: str | None = None, scope: str | None = None) -> bytes:
        now = datetime.fromtimestamp(self.moment[0], UTC)
        wanted = None if scope is None else frozenset(scope.split())
        issuer = service.Issuer(URL, self.keys.access)
        async with self.database.transaction() as session:
            issued = await service.issue(
                session, issuer, principal=row, client_id="tests", wanted=wanted, role=role, now=now
            )
        return b"Bearer " + issued.token.encode()

    def read(self, known: Known, audience: str = "households") -> dict[str, Any]:
        token = known.token_for(audience).removeprefix("Bearer ")
        public = tokens.public_keys(tokens.jwks([self.keys.internal]))
        return tokens.verify(
            token, public, audience=audience, typ=INTERNAL_TYP, issuer=ISSUER, max_age=60, now=self.moment[0]
        )


@pytest_asyncio.fixture(loop_scope="session")
async def office(database: Database, tmp_path: Path) -> AsyncIterator[Office]:
    keys.ensure(tmp_path)
    loaded = keys.load(tmp_path)
    moment = [float(START)]
    exchange = TokenExchange(
        database, issuer=URL, access=loaded.access, internal=loaded.internal, clock=lambda: moment[0]
    )
    yield Office(database, loaded, exchange, moment)


async def test_the_internal_token_says_who_where_and_for_which_service(office: Office) -> None:
    row = await office.principal("ann", ("tambon_officer", "341501"), ("tambon_officer", "341502"))
    known = await office.exchange.enter(await office.token(row))
    claims = office.read(known)
    assert (claims["iss"], claims["aud"], claims["sub"]) == ("chumchon-gateway", "households", str(row.id))
    assert (claims["client_id"], claims["roles"]) == ("tests", ["tambon_officer"])
    assert claims["areas"] == ["341501", "341502"]
    assert "households:write" in claims["scope"].split()
    assert "cases:approve" not in claims["scope"].split()
    assert claims["exp"] - claims["iat"] == 60
    assert claims["gv"] == 2


async def test_a_service_accepts_its_own_token_and_no_other(office: Office, tmp_path: Path) -> None:
    office.moment[0] = datetime.now(UTC).timestamp()
    row = await office.principal("ann", ("auditor", ""))
    known = await office.exchange.enter(await office.token(row))
    public = tokens.public_keys(keys.internal_jwks(tmp_path))
    token = known.token_for("households").removeprefix("Bearer ")
    assert Verifier(public, audience="households").verify(token).areas == ("",)
    with pytest.raises(TokenInvalid):
        Verifier(public, audience="funds").verify(token)


async def test_the_callers_own_token_is_none_inside(office: Office, tmp_path: Path) -> None:
    office.moment[0] = datetime.now(UTC).timestamp()
    row = await office.principal("ann", ("auditor", ""))
    token = (await office.token(row)).decode().removeprefix("Bearer ")
    with pytest.raises(TokenInvalid):
        Verifier(tokens.public_keys(keys.internal_jwks(tmp_path)), audience="households").verify(token)


async def test_an_internal_token_is_none_outside(office: Office) -> None:
    row = await office.principal("ann", ("auditor", ""))
    known = await office.exchange.enter(await office.token(row))
    with pytest.raises(TokenInvalid):
        await office.exchange.enter(known.token_for("chumchon").encode())


async def test_one_internal_token_is_used_again_until_it_is_old(office: Office) -> None:
    token = await office.token(await office.principal("ann", ("auditor", "")))
    first = (await office.exchange.enter(token)).token_for("households")
    office.moment[0] += 44
    assert (await office.exchange.enter(token)).token_for("households") == first
    office.moment[0] += 1
    assert (await office.exchange.enter(token)).token_for("households") != first


async def test_an_access_token_ends_after_ten_minutes(office: Office) -> None:
    token = await office.token(await office.principal("ann", ("auditor", "")))
    office.moment[0] += 599
    await office.exchange.enter(token)
    office.moment[0] += 1
    with pytest.raises(TokenInvalid):
        await office.exchange.enter(token)


async def test_changed_rights_hold_within_sixty_seconds(office: Office) -> None:
    row = await office.principal("ann", ("district", "3415"))
    token = await office.token(row)
    before = office.read(await office.exchange.enter(token))
    await office.principal("ann", ("district", "3416"))
    office.moment[0] += 60
    after = office.read(await office.exchange.enter(token))
    assert (before["areas"], after["areas"]) == (["3415"], ["3416"])
    assert after["gv"] == before["gv"] + 1
    assert before["exp"] <= after["iat"]


async def test_who_is_switched_off_is_out_within_sixty_seconds(office: Office) -> None:
    row = await office.principal("ann", ("district", "3415"))
    token = await office.token(row)
    await office.exchange.enter(token)
    async with office.database.transaction() as session:
        await session.execute(text("UPDATE principals SET active = false"))
    office.moment[0] += 60
    with pytest.raises(TokenInvalid):
        await office.exchange.enter(token)


async def test_a_lost_role_ends_the_tokens_made_for_it(office: Office) -> None:
    row = await office.principal("ann", ("district", "3415"), ("auditor", ""))
    token = await office.token(row, role="district")
    await office.principal("ann", ("auditor", ""))
    office.moment[0] += 60
    with pytest.raises(TokenInvalid):
        await office.exchange.enter(token)


async def test_areas_of_one_role_never_widen_the_scopes_of_another(office: Office) -> None:
    row = await office.principal("ann", ("district", "3415"), ("village_committee", "10010101"))
    with pytest.raises(RoleNeeded):
        await office.token(row)
    claims = office.read(await office.exchange.enter(await office.token(row, role="village_committee")))
    assert (claims["roles"], claims["areas"]) == (["village_committee"], ["10010101"])
    assert "pii:read" not in claims["scope"].split()


async def test_an_area_inside_another_is_not_repeated(office: Office) -> None:
    row = await office.principal("ann", ("district", "3415"), ("district", "34"), ("district", "10"))
    claims = office.read(await office.exchange.enter(await office.token(row)))
    assert claims["areas"] == ["10", "34"]


async def test_a_narrowed_token_stays_narrow_inside(office: Office) -> None:
    row = await office.principal("ann", ("auditor", ""))
    token = await office.token(row, scope="areas:read cases:read")
    assert office.read(await office.exchange.enter(token))["scope"] == "areas:read cases:read"
    with pytest.raises(InvalidScope):
        await office.token(row, scope="feeds:write")


async def test_somebody_without_a_grant_gets_in_and_may_nothing(office: Office) -> None:
    claims = office.read(await office.exchange.enter(await office.token(await office.principal("ann"))))
    assert (claims["scope"], claims["areas"], claims["roles"]) == ("", [], [])


async def test_many_requests_at_once_read_the_rights_once(office: Office) -> None:
    token = await office.token(await office.principal("ann", ("auditor", "")))
    known = await asyncio.gather(*(office.exchange.enter(token) for _ in range(50)))
    assert len({id(one) for one in known}) == 1
    assert len({one.token_for("funds") for one in known}) == 1


async def test_while_the_database_is_away_a_known_caller_stays_known_for_a_minute(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await office.token(await office.principal("ann", ("auditor", "")))
    await office.exchange.enter(token)
    nowhere = Database("postgresql://x:y@127.0.0.1:1/z", application_name="tests", pool_size=1)
    monkeypatch.setattr(office.exchange, "_database", nowhere)
    office.moment[0] += 50
    await office.exchange.enter(token)
    office.moment[0] += 10
    with pytest.raises(Unavailable):
        await office.exchange.enter(token)
    await nowhere.close()


@pytest.mark.parametrize("value", [b"", b"Bearer", b"Bearer ", b"Basic abc", b"token"])
async def test_what_is_no_bearer_value_is_a_missing_token(office: Office, value: bytes) -> None:
    with pytest.raises(TokenMissing):
        await office.exchange.enter(value)


@pytest.mark.parametrize("change", ["iss", "aud", "exp", "typ", "key", "cut"])
async def test_a_token_that_is_not_quite_ours_is_refused(office: Office, change: str) -> None:
    row = await office.principal("ann", ("auditor", ""))
    genuine = await office.token(row)
    claims = office.exchange.verify(genuine.decode().removeprefix("Bearer "))
    signer = office.keys.access
    if change == "key":
        signer = tokens.signing_key(tokens.new_signing_key(signer.kid))
    wrong: dict[str, Any] = {"iss": "http://else", "aud": "funds", "exp": START - 1}
    if change in wrong:
        claims[change] = wrong[change]
    token = tokens.issue(claims, signer, typ="JWT" if change == "typ" else "at+jwt")
    with pytest.raises(TokenInvalid):
        await office.exchange.enter(b"Bearer " + (token[:-4] if change == "cut" else token).encode())


async def test_an_issued_token_leaves_an_audit_row(office: Office) -> None:
    row = await office.principal("ann", ("auditor", ""))
    claims = office.exchange.verify((await office.token(row)).decode().removeprefix("Bearer "))
    async with office.database.read() as session:
        found = (
            await session.execute(
                text("SELECT action, actor, subjects, detail FROM audit WHERE action = 'token.issue'")
            )
        ).one()
    assert (found.action, found.actor) == ("token.issue", str(row.id))
    assert found.subjects == [UUID(str(row.id))]
    detail = found.detail if isinstance(found.detail, dict) else orjson.loads(found.detail)
    assert detail == {"jti": claims["jti"]}
