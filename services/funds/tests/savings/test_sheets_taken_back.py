"""A sheet that was signed wrongly is taken back by another person, and the right one takes its place."""

from datetime import date
from typing import Any
from uuid import uuid4

from funds.ledger import queries as ledger
from funds.ledger.rules import Account
from funds.savings_sheets import queries
from shared.db import Database
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.savings.test_savings_years import an_opening, opened, refused

WHY = {"reason": "คัดลอกยอดจากสมุดผิดหน้า"}
DAY = date(2024, 12, 31)


async def test_a_wrong_opening_is_reversed_by_another_person_and_the_right_one_is_signed(
    keeper: Caller, approver: Caller, group: dict[str, Any], database: Database
) -> None:
    path, people = group["path"], group["people"]
    wrong = await opened(keeper, approver, group)
    reversal = f"{path}/sheets/{wrong['id']}/reversal"
    refused(await approver.post(reversal, WHY), 403, "reversal_by_recorder")
    other = approver.named("user:third")
    refused(await other.post(reversal, {}), 422, "invalid_request")
    done = (await other.post(reversal, WHY)).json()
    assert (done["state"], done["reversed_by"], done["reversed_on"], done["reversal_reason"]) == (
        "reversed", "user:third", "2024-12-31", WHY["reason"]
    )  # fmt: skip
    refused(await other.post(reversal, WHY), 409, "sheet_not_reversible")
    async with database.read() as session:
        assert await ledger.balance(session, group["fund_id"], Account.SAVINGS, on=DAY) == 0
        assert await queries.balances_on(session, group["fund_id"], on=DAY) == []
    account = (await keeper.get(f"{path}/accounts/{people[0]}")).json()
    assert (account["savings"], account["shares"]) == ("0.00", "0.00")

    right = an_opening(people, total_savings="10900.00", bank="11950.00")
    right["rows"][0]["savings"] = "3600.00"
    made = (await keeper.post(f"{path}/sheets/opening", right)).json()
    signed = (await approver.post(f"{path}/sheets/{made['id']}/signature", {})).json()
    assert (signed["state"], signed["journal_number"]) == ("signed", 3)
    account = (await keeper.get(f"{path}/accounts/{people[0]}")).json()
    assert account["savings"] == "3600.00"
    async with database.read() as session:
        assert await ledger.balance(session, group["fund_id"], Account.SAVINGS, on=DAY) == 1_090_000
        found = await queries.balances_on(session, group["fund_id"], on=DAY)
    assert sum(row.savings for row in found) == 1_090_000


async def test_an_opening_stays_while_anything_rests_on_it(
    keeper: Caller, approver: Caller, group: dict[str, Any]
) -> None:
    path = group["path"]
    sheet = await opened(keeper, approver, group)
    other, reversal = approver.named("user:third"), f"{path}/sheets/{sheet['id']}/reversal"
    brought = {"id": str(uuid4()), "member_id": group["people"][0], "savings": "100.00"}
    month = {"month": "2025-01", "paid_on": "2025-01-05", "held_as": "cash", "document_no": "1"}
    assert (await keeper.post(f"{path}/deposits", {**month, "items": [brought]})).json()["recorded"] == 1
    built = refused(await other.post(reversal, WHY), 409, "opening_built_upon")
    assert built["number"] == 2
    undone = await other.may("savings:write").post(f"{path}/movements/{brought['id']}/reversal", WHY)
    assert undone.status_code == 200, undone.text
    year = (await keeper.post(f"{path}/sheets/annual", {"on_day": "2025-12-31"})).json()
    refused(await other.post(reversal, WHY), 409, "opening_built_upon")
    refused(await other.post(f"{path}/sheets/{year['id']}/reversal", WHY), 409, "sheet_not_reversible")
    await approver.post(f"{path}/sheets/{year['id']}/signature", {})
    refused(await approver.post(f"{path}/sheets/{year['id']}/reversal", WHY), 403, "reversal_by_recorder")
    back = (await other.post(f"{path}/sheets/{year['id']}/reversal", WHY)).json()
    assert (back["state"], back["reversal_journal_id"]) == ("reversed", None)
    again = await keeper.post(f"{path}/sheets/annual", {"on_day": "2025-12-31"})
    assert (await keeper.post(f"{path}/sheets/{again.json()['id']}/withdrawal", {})).status_code == 200
    assert (await other.post(reversal, WHY)).json()["state"] == "reversed"


async def test_the_neighbour_takes_no_sheet_back(
    keeper: Caller, approver: Caller, group: dict[str, Any], database: Database
) -> None:
    sheet = await opened(keeper, approver, group)
    stranger = approver.named("user:third").where("10")
    hidden = await stranger.post(f"{group['path']}/sheets/{sheet['id']}/reversal", WHY)
    refused(hidden, 404, "fund_not_found")
    assert (await rows(database, "SELECT count(*) FROM journals"))[0]["count"] == 1
