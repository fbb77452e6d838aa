"""Health checks over HTTP: recorded by one person, confirmed by another, a change of level is told once."""

from typing import Any

import pytest

from funds.registry.rules import FundFacts
from shared.db import Database
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.factories import a_fund
from tests.health_checks.forms import CODES, an_edition

PATH = "/v1/health-checks"
ANY = {"If-Match": "*"}
PAPER = {"passed": 15, "level": 2, "form": "แบบ กข.คจ. 18 ตัวชี้วัด"}


@pytest.fixture
def recorder(officer: Caller) -> Caller:
    """Call as who fills the form."""
    return officer.may("funds:write", "funds:approve").named("user:recorder")


@pytest.fixture
def confirmer(recorder: Caller) -> Caller:
    """Call as the district's officer who confirms it."""
    return recorder.named("user:confirmer")


@pytest.fixture
async def fund(database: Database) -> FundFacts:
    """Make a poverty fund."""
    async with database.transaction() as session:
        return await a_fund(session, kind="poverty")


def refused(answer: Any, status: int, code: str) -> list[str]:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return [error["pointer"] for error in answer.json().get("errors", [])]


async def recorded(caller: Caller, fund: FundFacts, **changes: Any) -> dict[str, Any]:
    body = {"fund_id": str(fund.id), "checked_on": "2025-11-10", "reported": PAPER, **changes}
    answer = await caller.post(PATH, body)
    assert answer.status_code == 201, answer.text
    check: dict[str, Any] = answer.json()
    return check


async def levels_told(database: Database) -> list[tuple[int, int | None]]:
    told = await rows(
        database, "SELECT data FROM outbox WHERE type = 'funds.fund.level_changed.v1' ORDER BY sequence"
    )
    return [(row["data"]["level"], row["data"]["previous_level"]) for row in told]


async def test_while_the_form_is_incomplete_the_paper_forms_result_is_taken_and_said_to_be_so(
    recorder: Caller, fund: FundFacts
) -> None:
    made = await recorded(recorder, fund)
    assert (made["fiscal_year"], made["incomplete"], made["edition"]) == (2569, True, 1)
    assert (made["passed"], made["items"], made["level"], made["reported"]) == (15, 18, 2, PAPER)
    assert (await recorder.get(f"{PATH}/{made['id']}")).json() == made


async def test_who_wrote_in_a_check_does_not_confirm_it(
    recorder: Caller, confirmer: Caller, fund: FundFacts
) -> None:
    one = f"{PATH}/{(await recorded(recorder, fund))['id']}"
    refused(await recorder.post(f"{one}/confirmation", {}, **ANY), 403, "own_health_check")
    changed = await confirmer.patch(one, {"remarks": "แก้คำผิด"}, if_match='"1"')
    assert changed.json()["recorded_by"] == ["user:confirmer", "user:recorder"]
    refused(await confirmer.post(f"{one}/confirmation", {}, **ANY), 403, "own_health_check")
    third = confirmer.named("user:third")
    for fund_itself in (third.where(fund.area_code), third.where(fund.area_code[:6])):
        refused(await fund_itself.post(f"{one}/confirmation", {}, **ANY), 403, "not_from_above")
    done = await third.where(fund.area_code[:4]).post(f"{one}/confirmation", {}, **ANY)
    assert (done.status_code, done.json()["state"]) == (200, "confirmed")
    refused(await recorder.patch(one, {"remarks": "x"}, if_match="*"), 409, "health_check_confirmed")
    refused(await confirmer.post(f"{one}/confirmation", {}, **ANY), 409, "health_check_confirmed")


async def test_what_is_confirmed_is_what_was_read(
    recorder: Caller, confirmer: Caller, fund: FundFacts
) -> None:
    one = f"{PATH}/{(await recorded(recorder, fund))['id']}"
    seen = (await confirmer.get(one)).headers["etag"]
    await recorder.patch(one, {"reported": {**PAPER, "level": 3}}, if_match=seen)
    refused(await confirmer.post(f"{one}/confirmation", {}), 428, "version_required")
    refused(await confirmer.post(f"{one}/confirmation", {}, **{"If-Match": seen}), 412, "stale_version")
    now = await confirmer.get(one)
    assert (now.json()["state"], now.json()["confirmed_by"]) == ("draft", None)
    done = await confirmer.post(f"{one}/confirmation", {}, **{"If-Match": now.headers["etag"]})
    assert (done.json()["state"], done.json()["level"]) == ("confirmed", 3)


async def test_a_change_of_level_is_told_and_the_same_level_is_not(
    recorder: Caller, confirmer: Caller, fund: FundFacts, database: Database
) -> None:
    async def confirmed(day: str, level: int) -> None:
        made = await recorded(recorder, fund, checked_on=day, reported={**PAPER, "level": level})
        assert (await confirmer.post(f"{PATH}/{made['id']}/confirmation", {}, **ANY)).status_code == 200

    await confirmed("2022-11-10", 1)
    await confirmed("2023-11-10", 1)
    assert await levels_told(database) == [(1, None)]
    await confirmed("2024-11-10", 3)
    assert await levels_told(database) == [(1, None), (3, 1)]
    await confirmed("2021-11-10", 2)
    assert await levels_told(database) == [(1, None), (3, 1)]  # an older year changes nothing now


async def test_a_fund_is_checked_once_a_fiscal_year(recorder: Caller, fund: FundFacts) -> None:
    made = await recorded(recorder, fund)
    body = {"fund_id": str(fund.id), "checked_on": "2025-12-01", "reported": PAPER}
    refused(await recorder.post(PATH, body), 409, "fund_checked_already")
    late = {**body, "fiscal_year": 2568}
    assert (await recorder.post(PATH, late)).status_code == 201
    taken = {**body, "id": made["id"], "checked_on": "2023-11-10"}
    refused(await recorder.post(PATH, taken), 409, "health_check_exists")


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"checked_on": "2149-01-01"}, "date_in_future", "/checked_on"),
        ({"fiscal_year": 2570}, "wrong_fiscal_year", "/fiscal_year"),
        ({"fiscal_year": 2567}, "wrong_fiscal_year", "/fiscal_year"),
        ({"answers": {"G.1": 1}}, "answer_not_allowed", "/answers/G.1"),
        ({"reported": {**PAPER, "passed": 19}}, "more_passed_than_items", "/reported/passed"),
        ({"reported": {**PAPER, "level": 4}}, "invalid_request", "/reported/level"),
        ({"level": 3}, "invalid_request", "/level"),
        ({"confirmed_by": "me"}, "invalid_request", "/confirmed_by"),
    ],
)
async def test_a_check_that_cannot_be_is_refused(
    recorder: Caller, fund: FundFacts, changes: dict[str, Any], code: str, pointer: str
) -> None:
    body = {"fund_id": str(fund.id), "checked_on": "2025-11-10", "reported": PAPER, **changes}
    assert refused(await recorder.post(PATH, body), 422, code) == [pointer]
    assert (await recorder.get(PATH)).json()["items"] == []


async def test_only_kinds_of_funds_with_a_form_are_checked(recorder: Caller, database: Database) -> None:
    async with database.transaction() as session:
        womens = await a_fund(session, kind="womens")
    body = {"fund_id": str(womens.id), "checked_on": "2025-11-10", "reported": PAPER}
    refused(await recorder.post(PATH, body), 409, "no_health_instrument")


async def test_the_department_loads_an_edition_and_checks_are_then_answered_item_by_item(
    recorder: Caller, confirmer: Caller, fund: FundFacts
) -> None:
    department = recorder.where("").named("user:department")
    edition = {"content": an_edition(mandatory=("G.18",))}
    refused(await recorder.post(f"{PATH}/instruments", edition), 403, "department_only")
    loaded = await department.post(f"{PATH}/instruments", edition)
    assert (loaded.status_code, loaded.json()["official_items"]) == (201, 18)
    refused(await department.post(f"{PATH}/instruments", edition), 409, "edition_taken")
    newest = (await recorder.get(f"{PATH}/instruments/KKK_GOVERNANCE_18")).json()
    assert (newest["edition"], len(newest["groups"][0]["items"])) == (2, 18)
    refused(await recorder.get(f"{PATH}/instruments/GVH"), 404, "health_instrument_not_found")

    body = {"fund_id": str(fund.id), "checked_on": "2025-11-10"}
    refused(await recorder.post(PATH, {**body, "reported": PAPER}), 422, "reported_not_taken")
    some = await recorder.post(PATH, {**body, "answers": dict.fromkeys(CODES[:17], 1)})
    one = f"{PATH}/{some.json()['id']}"
    assert refused(
        await confirmer.post(f"{one}/confirmation", {}, **ANY), 409, "health_check_unfinished"
    ) == ["/answers/G.18"]
    whole = await recorder.patch(one, {"answers": dict.fromkeys(CODES, 1)}, if_match='"1"')
    assert (whole.json()["level"], whole.json()["passed"]) == (3, 18)
    refused(await recorder.patch(one, {"remarks": "x"}, if_match='"1"'), 412, "stale_version")
    assert (await confirmer.post(f"{one}/confirmation", {}, **ANY)).json()["level"] == 3


async def test_an_edition_holds_for_the_years_it_names(
    recorder: Caller, fund: FundFacts, database: Database
) -> None:
    del database
    department = recorder.where("")
    later = an_edition(valid_years_be=[2570, 2571])
    assert (await department.post(f"{PATH}/instruments", {"content": later})).status_code == 201
    assert (await recorded(recorder, fund))["edition"] == 1


async def test_checks_are_listed_by_area_and_year_and_taken_away_with_export(
    recorder: Caller, fund: FundFacts, database: Database
) -> None:
    async with database.transaction() as session:
        other = await a_fund(session, kind="savings")
    made = [
        await recorded(recorder, one, checked_on=f"{year}-11-10")
        for one in (fund, other)
        for year in (2023, 2024)
    ]
    made.sort(key=lambda one: (one["area_code"], one["fiscal_year"]))
    first = (await recorder.get(PATH, limit=3, count="true")).json()
    rest = (await recorder.get(PATH, limit=3, cursor=first["next"])).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == [one["id"] for one in made]
    assert (first["total"], rest["next"]) == (4, None)
    narrowed = (await recorder.get(PATH, fund_kind="savings", fiscal_year=2568)).json()["items"]
    assert [one["fund_id"] for one in narrowed] == [str(other.id)]
    csv = {"headers": {"Accept": "text/csv"}}
    refused(await recorder.request("GET", PATH, **csv), 403, "scope_missing")
    file = await recorder.may("export").request("GET", PATH, **csv)
    assert file.text.splitlines()[0].startswith("รหัสการตรวจ,รหัสกองทุน")
    assert len(file.text.splitlines()) == 5
