"""Hand-overs: counted against the ledger, differences explained, signed by two persons, then final."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from httpx import Response

from funds.committees import service as committees
from funds.committees.rules import EndReason, Role
from funds.committees.schemas import FundCommitteeMemberChange
from funds.handovers import queries
from funds.handovers.rules import Counted, agrees
from funds.ledger.rules import Account
from shared.db import Database
from shared.testing.caller import Caller
from tests.factories import NOW, OFFICER, TODAY, a_committee_member, a_fund, a_loan

MONEY = [{"account": "1000", "counted": "0.00"}, {"account": "1010", "counted": "2800.00"}]
BODY = {
    "handed_on": "2026-01-05",
    "reason": "term_ended",
    "books": [{"name": "สมุดบัญชีเงินสด", "count": 2}],
    "documents": [{"name": "สัญญากู้ยืมเงิน", "count": 31, "remark": "หาย 1 ฉบับ"}],
    "balances": MONEY,
}


@pytest.fixture
def outgoing(officer: Caller) -> Caller:
    """Call as the outgoing chair."""
    return officer.may("funds:write").named("user:old-chair")


@pytest.fixture
def incoming(outgoing: Caller) -> Caller:
    """Call as the incoming chair."""
    return outgoing.named("user:new-chair")


@pytest.fixture
async def path(database: Database) -> str:
    """Make a fund with 2,800.00 baht in the bank; return the address of its hand-overs."""
    async with database.transaction() as session:
        return f"/v1/funds/{(await a_fund(session, capital=280_000)).id}/handovers"


def refused(answer: Any, status: int, code: str) -> list[str]:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return [error["pointer"] for error in answer.json().get("errors", [])]


def signature(side: str) -> dict[str, str]:
    return {"side": side, "display_name": "นางบุญมี ใจดี"}


async def signed(caller: Caller, address: str, body: dict[str, str]) -> Response:
    """Sign the version that there is."""
    return await caller.post(f"{address}/signatures", body, **{"If-Match": "*"})


async def recorded(caller: Caller, path: str, **changes: Any) -> str:
    answer = await caller.post(path, {**BODY, **changes})
    assert answer.status_code == 201, answer.text
    return f"{path}/{answer.json()['id']}"


async def test_what_is_counted_stands_beside_what_the_ledger_says(outgoing: Caller, path: str) -> None:
    short = [MONEY[0], {"account": "1010", "counted": "2750.00"}]
    found = (await outgoing.post(path, {**BODY, "balances": short})).json()
    assert found["balances"][1] == {
        "account": "1010",
        "counted": "2750.00",
        "booked": "2800.00",
        "difference": "-50.00",
    }
    assert (found["agrees"], found["journal_number"], found["state"]) == (False, 1, "draft")


async def test_two_persons_sign_and_then_it_is_final(outgoing: Caller, incoming: Caller, path: str) -> None:
    one = await recorded(outgoing, path)
    assert (await signed(outgoing, one, signature("outgoing"))).json()["state"] == "draft"
    refused(await signed(outgoing, one, signature("incoming")), 409, "same_signer")
    refused(await signed(incoming, one, signature("outgoing")), 409, "side_signed_already")
    final = (await signed(incoming, one, signature("incoming"))).json()
    assert (final["state"], [who["side"] for who in final["signatures"]]) == (
        "signed",
        ["outgoing", "incoming"],
    )
    refused(await outgoing.patch(one, {"explanation": "อื่น"}, if_match="*"), 409, "handover_signed")
    refused(await signed(outgoing, one, signature("outgoing")), 409, "handover_signed")
    assert (await outgoing.get(path, state="draft", count="true")).json()["total"] == 0


async def test_of_two_who_sign_one_side_at_once_one_does(outgoing: Caller, path: str) -> None:
    one = await recorded(outgoing, path)
    callers = [outgoing.named(f"user:{name}") for name in "abcd"]
    answers = await asyncio.gather(*(signed(who, one, signature("incoming")) for who in callers))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_a_difference_is_signed_only_with_an_explanation(
    outgoing: Caller, incoming: Caller, path: str
) -> None:
    one = await recorded(outgoing, path, balances=[MONEY[0], {"account": "1010", "counted": "2750.00"}])
    refused(await signed(outgoing, one, signature("outgoing")), 409, "difference_unexplained")
    changed = await outgoing.patch(one, {"explanation": "เงินขาด 50 บาท เหรัญญิกรับใช้คืน"}, if_match='"1"')
    assert (changed.status_code, changed.json()["balances"][1]["difference"]) == (200, "-50.00")
    for who, side in ((outgoing, "outgoing"), (incoming, "incoming")):
        assert (await signed(who, one, signature(side))).status_code == 201


async def test_nobody_signs_what_she_has_not_read(outgoing: Caller, incoming: Caller, path: str) -> None:
    one = await recorded(outgoing, path)
    seen = (await incoming.get(one)).headers["etag"]
    refused(await incoming.post(f"{one}/signatures", signature("incoming")), 428, "version_required")
    more = {"balances": [{"account": "1000", "counted": "1.00"}, MONEY[1]], "explanation": "เงินเกิน 1 บาท"}
    await outgoing.patch(one, more, if_match=seen)
    stale = await incoming.post(f"{one}/signatures", signature("incoming"), **{"If-Match": seen})
    refused(stale, 412, "stale_version")
    assert (await incoming.get(one)).json()["signatures"] == []
    now = (await incoming.get(one)).headers["etag"]
    assert (
        await incoming.post(f"{one}/signatures", signature("incoming"), **{"If-Match": now})
    ).status_code == 201


async def test_who_signed_before_a_correction_signs_again(outgoing: Caller, path: str) -> None:
    one = await recorded(outgoing, path)
    await signed(outgoing, one, signature("outgoing"))
    changed = await outgoing.patch(one, {"books": [{"name": "สมุดบัญชี", "count": 3}]}, if_match='"2"')
    assert (changed.json()["signatures"], changed.json()["books"][0]["count"]) == ([], 3)
    refused(await outgoing.patch(one, {"books": []}, if_match='"3"'), 422, "invalid_request")
    refused(await outgoing.patch(one, {"explanation": "x"}, if_match='"1"'), 412, "stale_version")


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"handed_on": "2149-01-01"}, "date_in_future", "/handed_on"),
        ({"books": []}, "invalid_request", "/books"),
        ({"balances": [MONEY[0], MONEY[0]]}, "money_not_counted", "/balances"),
        ({"balances": [*MONEY, MONEY[1]]}, "money_not_counted", "/balances"),
        ({"balances": MONEY[:1]}, "invalid_request", "/balances"),
        (
            {"balances": [*MONEY, {"account": "3000", "counted": "1.00"}]},
            "invalid_request",
            "/balances/2/account",
        ),
        (
            {"balances": [{**MONEY[0], "counted": "-1.00"}, MONEY[1]]},
            "invalid_request",
            "/balances/0/counted",
        ),
        ({"balances": [{**MONEY[0], "booked": "1.00"}, MONEY[1]]}, "invalid_request", "/balances/0/booked"),
        ({"state": "signed"}, "invalid_request", "/state"),
    ],
)
async def test_a_hand_over_that_cannot_be_is_refused(
    outgoing: Caller, path: str, changes: dict[str, Any], code: str, pointer: str
) -> None:
    assert refused(await outgoing.post(path, {**BODY, **changes}), 422, code) == [pointer]
    assert (await outgoing.get(path)).json()["items"] == []


async def test_debts_in_the_books_are_counted_with_the_money(outgoing: Caller, database: Database) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, capital=20_000_000)
        await a_loan(session, fund, amount=5_000_000)
    path = f"/v1/funds/{fund.id}/handovers"
    money = [MONEY[0], {"account": "1010", "counted": "150000.00"}]
    day = {**BODY, "handed_on": "2026-01-15"}
    answer = await outgoing.post(path, {**day, "balances": money})
    assert refused(answer, 422, "money_not_counted") == ["/balances"]
    assert answer.json()["missing"] == ["1100"]
    owed = {"account": "1100", "counted": "50000.00"}
    found = (await outgoing.post(path, {**day, "balances": [*money, owed]})).json()
    assert found["agrees"]
    before = {**BODY, "balances": [MONEY[0], {"account": "1010", "counted": "200000.00"}]}
    assert (await outgoing.post(path, before)).status_code == 201  # nothing was lent on that day yet


async def test_a_chair_who_left_without_a_hand_over_is_found(
    outgoing: Caller, incoming: Caller, database: Database
) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, capital=280_000)
        for role in (Role.CHAIR, Role.MEMBER):
            term = await a_committee_member(
                session, fund, role=role, term_from=date(2023, 1, 1), subject=f"user:{role.value}"
            )
            ending = FundCommitteeMemberChange(term_to=date(2026, 1, 5), end_reason=EndReason.TERM_ENDED)
            await committees.change_term(
                session, fund_id=fund.id, member_id=term, patch=ending, if_match="*", actor=OFFICER, now=NOW
            )

    async def found(*areas: str) -> list[Any]:
        async with database.read() as session:
            rows = await queries.changes_without_handover(
                session, areas=areas, today=TODAY, since=TODAY - timedelta(days=365)
            )
        return [(row["fund_id"], row["changed_on"], row["seats"]) for row in rows]

    assert await found("34") == [(fund.id, date(2026, 1, 5), 1)]
    assert await found("50") == await found() == []
    one = await recorded(outgoing, f"/v1/funds/{fund.id}/handovers", handed_on="2026-01-10")
    assert await found("") != []
    for who, side in ((outgoing, "outgoing"), (incoming, "incoming")):
        await signed(who, one, signature(side))
    assert await found("") == []


def test_one_satang_missing_does_not_agree() -> None:
    assert agrees([Counted(Account.CASH, 100, 100), Counted(Account.BANK, 0, 0)])
    assert not agrees([Counted(Account.CASH, 99, 100)])
    assert Counted(Account.CASH, 99, 100).difference == -1
