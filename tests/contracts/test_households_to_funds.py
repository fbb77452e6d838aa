"""What households does, funds knows: both services on real PostgreSQL, events through the in-process bus."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio

import funds.app
import funds.settings
import funds.worker
import households.app
import households.settings
import households.worker
from households.areas.service import load_catalogue
from shared import clock, keyfiles
from shared.citizen import make_keys
from shared.db import Database
from shared.testing.caller import Caller
from shared.testing.cluster import Cluster
from shared.testing.identity import TestIssuer
from shared.testing.messaging import drain

SCOPES = frozenset(
    {
        "areas:read", "households:read", "households:write", "cases:read", "cases:write", "cases:approve",
        "committees:read", "committees:write", "meetings:write", "funds:read",
    }
)  # fmt: skip


@dataclass
class Country:
    """The two services and somebody who may do everything in both."""

    households: Caller
    funds: Caller
    databases: tuple[Database, Database]

    async def settle(self) -> None:
        """Let every event take its effect."""
        own, other = self.databases
        await drain((own, households.worker.CONSUMERS), (other, funds.worker.CONSUMERS))

    async def eligible(self) -> list[dict[str, Any]]:
        """Return the households that funds may lend to."""
        found: list[dict[str, Any]] = (await self.funds.get("/v1/funds/eligible-households")).json()["items"]
        return found

    async def post(self, path: str, body: dict[str, Any], *, by: str = "user:clerk") -> dict[str, Any]:
        """Write in households; it must succeed."""
        answer = await self.households.named(by).post(path, body)
        assert answer.status_code < 300, answer.text
        made: dict[str, Any] = answer.json()
        return made


@pytest_asyncio.fixture(loop_scope="session")
async def country(cluster: Cluster, issuer: TestIssuer, tmp_path: Path) -> AsyncIterator[Country]:
    """Start both services on databases of the test's own."""
    make_keys(tmp_path)
    keyfiles.make(tmp_path / keyfiles.CURSOR_KEY)
    callers, databases, contexts = [], [], []
    for member, app, settings in (
        ("households", households.app, households.settings),
        ("funds", funds.app, funds.settings),
    ):
        url = cluster.url(member, await cluster.create(member))
        database = Database(url, application_name="tests")
        values = {"database_url": url, "secrets_folder": tmp_path, "internal_jwks": issuer.jwks}
        made = app.create_app(
            settings.Settings(environment="test", files_url=f"file://{tmp_path}", **values), database=database
        )
        context = made.router.lifespan_context(made)
        await context.__aenter__()
        client = httpx.AsyncClient(transport=httpx.ASGITransport(made), base_url="http://service")
        callers.append(Caller(client, issuer, member, scopes=SCOPES))
        databases.append(database)
        contexts.append(context)
    async with databases[0].transaction() as session:
        await load_catalogue(session, now=clock.now())
    yield Country(callers[0], callers[1], (databases[0], databases[1]))
    for caller, context in zip(callers, contexts, strict=True):
        await caller.client.aclose()
        await context.__aexit__(None, None, None)
    for database in databases:
        await database.close()


@pytest_asyncio.fixture(loop_scope="session")
async def certified(country: Country) -> dict[str, Any]:
    """Certify a household by a meeting; returns its case."""
    head = {"relation": "head", "person": {"first_name": "สมชาย", "last_name": "ใจดี"}}
    household = await country.post("/v1/households", {"village_code": "34110209", "members": [head]})
    case = await country.post("/v1/cases", {"household_id": household["id"]})
    await country.post(f"/v1/cases/{case['id']}/verification", {"developable": True})
    await country.post("/v1/cases/proposals", {"case_ids": [case["id"]]}, by="user:team")
    member = {"subject": "user:chair", "display_name": "นายอำเภอ", "term_from": "2025-01-01"}
    committee = await country.post(
        "/v1/committees",
        {"level": "district", "area_code": "3411", "name_th": "ศจพ.อ.", "members": [member]},
    )
    meeting = await country.post(
        "/v1/meetings",
        {
            "committee_id": committee["id"],
            "held_on": "2026-01-05",
            "place": "ที่ว่าการอำเภอ",
            "minutes_number": "1/2569",
            "present": [committee["members"][0]["id"]],
        },
    )
    await country.post(f"/v1/meetings/{meeting['id']}/opening", {})
    decisions = [{"case_id": case["id"], "decision": "certified"}]
    path = f"/v1/meetings/{meeting['id']}/resolutions"
    await country.post(path, {"resolution_no": "1", "decisions": decisions})
    return case


async def test_a_certified_household_may_borrow_once_funds_has_heard(
    country: Country, certified: dict[str, Any]
) -> None:
    assert await country.eligible() == []
    await country.settle()
    (known,) = await country.eligible()
    assert (known["household_id"], known["case_id"]) == (certified["household_id"], certified["id"])
    assert (known["village_code"], known["certified_on"]) == ("34110209", "2026-01-05")


async def test_a_household_that_leaves_the_district_may_not_borrow_any_more(
    country: Country, certified: dict[str, Any]
) -> None:
    path = f"/v1/households/{certified['household_id']}/move"
    await country.post(path, {"village_code": "34110101", "moved_on": "2026-01-10"})
    await country.settle()
    assert [known["village_code"] for known in await country.eligible()] == ["34110101"]
    await country.post(path, {"village_code": "34150101", "moved_on": "2026-01-20"})
    await country.settle()
    assert await country.eligible() == []


async def test_a_withdrawn_household_may_not_borrow_any_more(
    country: Country, certified: dict[str, Any]
) -> None:
    await country.settle()
    await country.post(f"/v1/cases/{certified['id']}/withdrawal", {"reason": "refused"})
    await country.settle()
    assert await country.eligible() == []
