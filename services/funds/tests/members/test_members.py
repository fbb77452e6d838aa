"""Members of funds: numbered once, one person once, phones masked, leaving with a reason."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import service as ledger
from funds.ledger.rules import Account, Entry, JournalKind, Line
from funds.members import bulk, queries
from funds.members.bulk import Joining
from funds.members.rules import masked, phone_digits
from shared.db import Database
from shared.ids import uuid7
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.factories import NOW, OFFICER, a_fund, a_member

BODY = {"name": "นางสาวมาลี สายทอง", "phone": "๐๘๑-234-5678", "joined_on": "2025-10-01"}


@pytest.fixture
def keeper(officer: Caller) -> Caller:
    """Call as who keeps the funds of the province."""
    return officer.may("funds:write", "funds:approve")


@pytest.fixture
async def path(database: Database) -> str:
    """Make a fund; return the address of its members."""
    async with database.transaction() as session:
        return f"/v1/funds/{(await a_fund(session)).id}/members"


def refused(answer: Any, status: int, code: str) -> list[str]:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return [error["pointer"] for error in answer.json().get("errors", [])]


async def enrolled(keeper: Caller, path: str, **changes: Any) -> dict[str, Any]:
    answer = await keeper.post(path, {**BODY, **changes})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_phone_is_masked_and_shown_in_full_only_for_a_stated_purpose(
    keeper: Caller, path: str, database: Database
) -> None:
    made = await enrolled(keeper, path)
    one = f"{path}/{made['id']}"
    assert made["phone"] == "xxxxxx5678"
    assert (await keeper.get(path)).json()["items"][0]["phone"] == "xxxxxx5678"
    refused(await keeper.get(one, full="true"), 403, "scope_missing")
    trusted = keeper.may("pii:read")
    refused(await trusted.get(one, full="true"), 403, "purpose_required")
    full = await trusted.request("GET", one, params={"full": "true"}, headers={"Purpose": "call a borrower"})
    assert full.json()["phone"] == "0812345678"
    (audit,) = await rows(database, "SELECT purpose FROM audit WHERE action = 'fund_member.read_full'")
    assert audit["purpose"] == "call a borrower"


async def test_the_next_free_number_is_given_however_many_join_at_once(keeper: Caller, path: str) -> None:
    await enrolled(keeper, path, member_no="A-7")
    await enrolled(keeper, path, member_no="๔๑")
    answers = await asyncio.gather(*(keeper.post(path, BODY) for _ in range(4)))
    assert sorted(answer.json()["member_no"] for answer in answers) == ["42", "43", "44", "45"]
    refused(await keeper.post(path, {**BODY, "member_no": "41"}), 409, "member_number_taken")


async def test_nobody_is_a_member_of_one_fund_twice_at_a_time(keeper: Caller, path: str) -> None:
    person = {"person_id": str(uuid4())}
    first = await enrolled(keeper, path, **person)
    refused(await keeper.post(path, {**BODY, **person}), 409, "member_already")
    leaving = {"left_on": "2026-01-05", "reason": "moved_away"}
    left = await keeper.post(f"{path}/{first['id']}/leave", leaving)
    assert (left.json()["state"], left.json()["leave_reason"]) == ("left", "moved_away")
    refused(await keeper.post(f"{path}/{first['id']}/leave", leaving), 409, "member_has_left")
    await enrolled(keeper, path, **person)


async def test_a_number_is_never_given_again_not_even_after_she_left(keeper: Caller, path: str) -> None:
    first = await enrolled(keeper, path)
    await keeper.post(f"{path}/{first['id']}/leave", {"left_on": "2026-01-05", "reason": "died"})
    refused(await keeper.post(path, {**BODY, "member_no": "1"}), 409, "member_number_taken")
    assert (await enrolled(keeper, path))["member_no"] == "2"


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"joined_on": "2149-01-01"}, "date_in_future", "/joined_on"),
        ({"phone": "12345"}, "invalid_request", "/phone"),
        ({"phone": "+1 555 123 4567"}, "invalid_request", "/phone"),
        ({"name": "-"}, "invalid_request", "/name"),
        ({"member_no": ""}, "invalid_request", "/member_no"),
        ({"citizen_id": "1-2345-67890-12-1"}, "invalid_request", "/citizen_id"),
        ({"state": "left"}, "invalid_request", "/state"),
    ],
)
async def test_a_member_who_cannot_be_is_refused(
    keeper: Caller, path: str, changes: dict[str, Any], code: str, pointer: str
) -> None:
    assert refused(await keeper.post(path, {**BODY, **changes}), 422, code) == [pointer]


async def test_a_refusal_repeats_no_phone(keeper: Caller, path: str) -> None:
    answer = await keeper.post(path, {**BODY, "phone": "0998887776665"})
    assert "0998887776665" not in answer.text


async def test_a_member_is_corrected_and_found_by_name_and_number(keeper: Caller, path: str) -> None:
    made = await enrolled(keeper, path)
    one = f"{path}/{made['id']}"
    changed = await keeper.patch(one, {"name": "นางมาลี ทองสาย", "phone": None}, if_match='"1"')
    assert (changed.json()["phone"], changed.headers["etag"]) == (None, '"2"')
    refused(await keeper.patch(one, {"phone": None}, if_match='"1"'), 412, "stale_version")
    other = await enrolled(keeper, path, name="นางบุญมี ใจดี")

    async def found(**filters: Any) -> list[str]:
        return [who["id"] for who in (await keeper.get(path, **filters)).json()["items"]]

    assert await found(q="ทองสาย") == await found(q="1") == [made["id"]]
    await keeper.post(f"{one}/leave", {"left_on": "2026-01-05", "reason": "resigned"})
    assert await found() == [other["id"]]
    assert await found(state="left") == [made["id"]]
    assert await found(updated_since="2020-01-01T00:00:00Z") == [made["id"], other["id"]]
    assert (await keeper.get(path, count="true")).json()["total"] == 1


async def test_nobody_leaves_before_she_joined_or_tomorrow(keeper: Caller, path: str) -> None:
    one = f"{path}/{(await enrolled(keeper, path))['id']}/leave"
    early = {"left_on": "2025-09-30", "reason": "resigned"}
    assert refused(await keeper.post(one, early), 422, "left_before_joined") == ["/left_on"]
    late = {"left_on": "2149-01-01", "reason": "resigned"}
    assert refused(await keeper.post(one, late), 422, "date_in_future") == ["/left_on"]
    other = f"{path}/{uuid4()}/leave"
    refused(await keeper.post(other, {**early, "left_on": "2026-01-05"}), 404, "fund_member_not_found")


async def test_what_she_saved_is_paid_out_before_she_leaves_but_for_a_death(
    keeper: Caller, path: str, database: Database
) -> None:
    members = [await enrolled(keeper, path) for _ in range(2)]
    for at, one in enumerate(members):
        entry = Entry(
            kind=JournalKind.SAVINGS,
            document_kind="deposit",
            document_id=uuid4(),
            business_date=date(2025, 11, 5),
            lines=(
                Line(Account.CASH, debit=100 + at),
                Line(Account.SAVINGS, credit=100 + at, member_id=UUID(one["id"])),
            ),
        )
        async with database.transaction() as session:
            await ledger.post(session, fund_id=UUID(one["fund_id"]), entry=entry, actor="user:x", now=NOW)
    leaving = {"left_on": "2026-01-05", "reason": "resigned"}
    first, second = (f"{path}/{member['id']}/leave" for member in members)
    refused(await keeper.post(first, leaving), 409, "member_has_savings")
    assert (await keeper.post(second, {**leaving, "reason": "died"})).status_code == 200


async def test_many_join_at_once_with_the_numbers_of_the_old_book_and_new_ones(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session)
    await a_member(session, fund, member_no="90")
    people = [
        Joining(uuid7(), number, "นางบุญมี ใจดี", None, date(2020, 1, 1))
        for number in ("7", None, "200", "92", None, "A-1", None)
    ]
    await bulk.enrol(session, fund=fund, people=people, actor=OFFICER, now=NOW)
    found = await queries.page(session, wanted=queries.Members(fund.id), after=None, limit=10)
    numbers = {row["id"]: row["member_no"] for row in found}
    assert [numbers[one.id] for one in people] == ["7", "91", "200", "92", "93", "A-1", "94"]
    await bulk.enrol(session, fund=fund, people=[], actor=OFFICER, now=NOW)
    assert await queries.count(session, queries.Members(fund.id)) == 8


async def test_nobody_joins_a_suspended_fund(keeper: Caller, path: str) -> None:
    fund = path.removesuffix("/members")
    await keeper.post(f"{fund}/state", {"state": "suspended", "reason": "ตรวจสอบ"})
    refused(await keeper.post(path, BODY), 409, "fund_not_active")


async def test_the_journal_of_events_knows_no_member(keeper: Caller, path: str, database: Database) -> None:
    await enrolled(keeper, path)
    told = await rows(database, "SELECT data::text AS data FROM outbox")
    noted = await rows(database, "SELECT coalesce(detail::text, '') AS data FROM audit")
    assert not [row for row in (*told, *noted) if "มาลี" in row["data"] or "0812345678" in row["data"]]


@pytest.mark.parametrize(
    ("written", "digits"),
    [("081 234 5678", "0812345678"), ("+66 81-234-5678", "0812345678"), ("(045) 321-234", "045321234")],
)
def test_phones_are_read_as_people_write_them(written: str, digits: str) -> None:
    assert phone_digits(written) == digits


@given(st.from_regex("0[0-9]{8,9}", fullmatch=True))
def test_a_masked_phone_shows_its_last_four_digits_only(digits: str) -> None:
    assert masked(digits) == "x" * (len(digits) - 4) + digits[-4:]
