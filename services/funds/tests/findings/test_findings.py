"""Findings: the data shows them and closes them, people record and close others."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from funds.committees import service as committees
from funds.committees.rules import EndReason, Role
from funds.committees.schemas import FundCommitteeMemberChange
from funds.findings import service
from funds.findings.rules import Failing, Seen, death_fact, links
from funds.registry.rules import FundFacts
from shared.db import Database
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.factories import NOW, OFFICER, TODAY, a_committee_member, a_contribution, a_fund, a_meeting

PATH = "/v1/health-checks/findings"


@pytest.fixture
def keeper(officer: Caller) -> Caller:
    """Call as an officer who records what she sees."""
    return officer.may("funds:write", "funds:approve").named("user:keeper")


def refused(answer: Any, status: int, code: str) -> list[str]:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return [error["pointer"] for error in answer.json().get("errors", [])]


async def look(database: Database, *, now: datetime = NOW, **scope: Any) -> tuple[int, int]:
    async with database.transaction() as session:
        return await service.look(session, now=now, **scope)


async def found(database: Database, fund_id: UUID, code: str) -> list[tuple[str, date | None]]:
    """Return the facts of a fund's findings of a failing, with the day each was closed."""
    told = await rows(
        database,
        "SELECT fact, closed_on FROM fund_findings WHERE fund_id = $1 AND code = $2 ORDER BY fact",
        fund_id,
        code,
    )
    return [(row["fact"], row["closed_on"]) for row in told]


async def a_whole_fund(
    database: Database, *, seats: Sequence[Role] = (Role.CHAIR, Role.TREASURER)
) -> FundFacts:
    """Make a poverty fund that nothing is wrong with on 15 January 2026."""
    async with database.transaction() as session:
        fund = await a_fund(session, kind="poverty", now=NOW - timedelta(days=1000))
        await a_contribution(session, fund.id, amount=28_000_000, on=date(2026, 1, 5))
        await a_meeting(session, fund)
        for seat in seats:
            await a_committee_member(session, fund, role=seat, subject=f"user:{seat.value}")
    return fund


async def test_nothing_is_found_in_a_fund_that_is_in_order(database: Database) -> None:
    await a_whole_fund(database)
    assert await look(database) == (0, 0)


async def test_books_without_an_entry_for_too_long_are_found_until_somebody_books(database: Database) -> None:
    fund = await a_whole_fund(database)
    later = NOW + timedelta(days=176)  # 10 July; 180 days after 5 January is 4 July
    await look(database, now=later - timedelta(days=6))
    assert await found(database, fund.id, "A.1") == []
    await look(database, now=later)
    await look(database, now=later + timedelta(days=1))
    assert await found(database, fund.id, "A.1") == [("since:2026-01-05", None)]
    async with database.transaction() as session:
        await a_contribution(
            session, fund.id, amount=100, on=date(2026, 7, 11), now=later + timedelta(days=2)
        )
    await look(database, now=later + timedelta(days=2))
    assert await found(database, fund.id, "A.1") == [("since:2026-01-05", date(2026, 7, 12))]


async def test_books_that_were_never_kept_count_from_their_opening(database: Database) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, kind="poverty", now=NOW - timedelta(days=200))
    await look(database)
    (row,) = await rows(database, "SELECT detail FROM fund_findings WHERE code = 'A.1'")
    assert row["detail"] == {"since": "2025-06-29", "absent": True}
    assert len(await found(database, fund.id, "A.3")) == 1


async def test_a_fund_without_a_meeting_for_months_is_found_until_one_is_recorded(database: Database) -> None:
    fund = await a_whole_fund(database)
    later = datetime(2026, 7, 6, 3, tzinfo=UTC)
    await look(database, now=later - timedelta(days=1))
    assert await found(database, fund.id, "A.3") == []
    await look(database, now=later)
    assert await found(database, fund.id, "A.3") == [("since:2026-01-05", None)]
    async with database.transaction() as session:
        await a_meeting(session, fund, held_on=date(2026, 7, 5), now=later)
    await look(database, now=later)
    assert await found(database, fund.id, "A.3") == [("since:2026-01-05", date(2026, 7, 6))]


async def test_a_chair_who_left_without_a_hand_over_is_found_and_so_is_the_empty_seat(
    database: Database, keeper: Caller
) -> None:
    fund = await a_whole_fund(database, seats=(Role.TREASURER,))
    async with database.transaction() as session:
        term = await a_committee_member(
            session, fund, role=Role.CHAIR, term_from=date(2023, 1, 1), subject="user:old"
        )
        ending = FundCommitteeMemberChange(term_to=date(2025, 11, 1), end_reason=EndReason.RESIGNED)
        await committees.change_term(
            session, fund_id=fund.id, member_id=term, patch=ending, if_match="*", actor=OFFICER, now=NOW
        )
    await look(database)
    assert await found(database, fund.id, "B.2") == [("changed:2025-11-01", None)]
    assert await found(database, fund.id, "B.4") == [("chair:2025-11-01", None)]
    (finding,) = (await keeper.get(PATH, fund_id=str(fund.id), code="B.2")).json()["items"]
    closed = await keeper.post(f"{PATH}/{finding['id']}/closure", {"reason": "ส่งมอบย้อนหลังแล้ว"})
    assert (closed.json()["closed_by"], closed.json()["title"]["th"]) == (
        "user:keeper",
        "การส่งมอบเอกสารของกรรมการชุดเก่ากับชุดใหม่",
    )
    await look(database)
    assert len(await found(database, fund.id, "B.2")) == 1  # what a person closed stays closed


async def test_a_closed_fund_has_no_failings_any_more(database: Database, keeper: Caller) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, kind="poverty", now=NOW - timedelta(days=1000))
    await look(database)
    assert (await found(database, fund.id, "A.1"))[0][1] is None
    await keeper.post(f"/v1/funds/{fund.id}/state", {"state": "closed", "reason": "เลิกกองทุน"})
    await look(database)
    assert (await found(database, fund.id, "A.1"))[0][1] == TODAY


async def test_looking_at_one_fund_leaves_the_others_findings_alone(
    database: Database, keeper: Caller
) -> None:
    async with database.transaction() as session:
        one, other = [await a_fund(session, now=NOW - timedelta(days=1000)) for _ in "ab"]
    await look(database)
    assert await look(database, fund_id=one.id) == (0, 0)
    assert (await found(database, other.id, "A.1"))[0][1] is None
    answer = await keeper.post(f"{PATH}/refresh", {"fund_id": str(one.id)})
    assert (answer.status_code, answer.json()) == (200, {"opened": 0, "closed": 0})
    refused(await keeper.post(f"{PATH}/refresh", {"area": "10"}), 403, "fund_area_not_yours")
    refused(await keeper.post(f"{PATH}/refresh", {}), 403, "fund_area_not_yours")
    refused(await keeper.where("10").post(f"{PATH}/refresh", {"fund_id": str(one.id)}), 404, "fund_not_found")


async def test_the_daily_look_happens_once_a_business_day_however_often_it_is_asked(
    database: Database,
) -> None:
    async with database.transaction() as session:
        await a_fund(session, now=NOW - timedelta(days=1000))

    async def daily(now: datetime) -> tuple[int, int] | None:
        async with database.transaction() as session:
            return await service.daily(session, now=now)

    first = await daily(NOW)
    assert first is not None
    assert first[0] > 0
    assert await daily(NOW + timedelta(hours=13)) is None  # 23:00 of the same day in Thailand
    assert await daily(NOW + timedelta(hours=15)) == (0, 0)


async def test_a_death_told_before_the_look_is_the_very_finding_that_the_look_would_open(
    database: Database,
) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session)
        seen = [Seen(fund.id, death_fact(uuid4(), uuid4()), {"died_on": "2026-01-01"})]
        assert await service.open_seen(session, Failing.BORROWER_DIED, seen, on=TODAY, now=NOW) == 1
        assert await service.open_seen(session, Failing.BORROWER_DIED, seen, on=TODAY, now=NOW) == 0


async def test_people_record_what_no_data_shows_and_another_person_closes_it(
    database: Database, keeper: Caller
) -> None:
    fund = await a_whole_fund(database)
    body = {"fund_id": str(fund.id), "code": "B.3", "seen_on": "2026-01-10", "note": "ทะเบียนลูกหนี้ค้างบันทึก"}
    made = await keeper.post(PATH, body)
    assert (made.status_code, made.json()["source"]) == (201, "recorded")
    one = f"{PATH}/{made.json()['id']}"
    assert (await keeper.get(one)).json() == made.json()
    await look(database)
    reason = {"reason": "บันทึกครบแล้ว"}
    refused(await keeper.post(f"{one}/closure", reason), 403, "own_finding")
    other = keeper.named("user:other")
    refused(await other.where(fund.area_code).post(f"{one}/closure", reason), 403, "not_from_above")
    assert (await other.post(f"{one}/closure", reason)).status_code == 200
    refused(await other.post(f"{one}/closure", reason), 409, "finding_closed")
    refused(await keeper.post(PATH, {**body, "id": made.json()["id"]}), 409, "finding_exists")
    assert (await keeper.get(PATH)).json()["items"] == []
    assert (await keeper.get(PATH, state="closed", count="true")).json()["total"] == 1


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"code": "C.1"}, "unknown_failing", "/code"),
        ({"code": "x"}, "invalid_request", "/code"),
        ({"seen_on": "2149-01-01"}, "date_in_future", "/seen_on"),
        ({"note": ""}, "invalid_request", "/note"),
        ({"closed_on": "2026-01-01"}, "invalid_request", "/closed_on"),
    ],
)
async def test_a_failing_that_cannot_be_is_refused(
    database: Database, keeper: Caller, changes: dict[str, Any], code: str, pointer: str
) -> None:
    fund = await a_whole_fund(database)
    body = {"fund_id": str(fund.id), "code": "B.3", "seen_on": "2026-01-10", "note": "ค้างบันทึก", **changes}
    assert refused(await keeper.post(PATH, body), 422, code) == [pointer]


async def test_findings_are_listed_by_area_page_by_page_and_taken_away_with_export(
    database: Database, keeper: Caller
) -> None:
    async with database.transaction() as session:
        for _ in range(3):
            await a_fund(session, now=NOW - timedelta(days=1000))
    await look(database)
    everything = (await keeper.get(PATH, limit=200)).json()["items"]
    paged, cursor = [], None
    while True:
        page = (await keeper.get(PATH, limit=4, **({"cursor": cursor} if cursor else {}))).json()
        paged += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert paged == everything
    csv = {"headers": {"Accept": "text/csv"}}
    refused(await keeper.request("GET", PATH, **csv), 403, "scope_missing")
    file = await keeper.may("export").request("GET", PATH, **csv)
    assert len(file.text.splitlines()) == len(everything) + 1


async def test_a_finding_leads_to_the_books_and_papers_that_show_it(
    keeper: Caller, database: Database
) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, kind="poverty", now=NOW - timedelta(days=200))
    await look(database)
    auditor = keeper.only({"funds:read", "ledgers:read", "loans:read"})
    told = {one["code"]: one["links"] for one in (await auditor.get(PATH)).json()["items"]}
    assert set(told) >= {"A.1", "A.3", "B.4"}
    assert set(told["A.1"]) == {"fund", "journals"}
    assert set(told["A.3"]) == {"fund", "meetings"}
    assert set(told["B.4"]) == {"fund", "committee", "handovers"}
    for address in {address for shown in told.values() for address in shown.values()}:
        assert (await auditor.request("GET", address)).status_code == 200, address
    lent = links("A.4", fund.id, {"loan_id": "1"})
    assert (lent["loan"], lent["contract"]) == ("/v1/loans/1", "/v1/loans/1/contract.pdf")
