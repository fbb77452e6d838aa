"""Meetings of funds: minutes numbered once, never of tomorrow, with the signed file."""

from typing import Any

import pytest

from funds import attachments
from shared.db import Database
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.factories import a_fund

BODY = {
    "held_on": "2026-01-05",
    "kind": "committee",
    "minutes_no": "๑/๒๕๖๙",
    "present": 7,
    "total": 9,
    "decisions": [{"number": "1", "text": "เห็นชอบให้กู้ยืม 3 ราย"}],
}
PDF = b"%PDF-1.7 signed minutes"


@pytest.fixture
def keeper(officer: Caller) -> Caller:
    """Call as who keeps the funds of the province."""
    return officer.may("funds:write", "funds:approve")


@pytest.fixture
async def path(database: Database) -> str:
    """Make a fund; return the address of its meetings."""
    async with database.transaction() as session:
        return f"/v1/funds/{(await a_fund(session)).id}/meetings"


def refused(answer: Any, status: int, code: str) -> list[str]:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return [error["pointer"] for error in answer.json().get("errors", [])]


async def held(keeper: Caller, path: str, **changes: Any) -> dict[str, Any]:
    answer = await keeper.post(path, {**BODY, **changes})
    assert answer.status_code == 201, answer.text
    meeting: dict[str, Any] = answer.json()
    return meeting


async def test_a_meeting_keeps_its_decisions_and_says_whether_it_had_a_quorum(
    keeper: Caller, path: str
) -> None:
    made = await held(keeper, path)
    assert (made["minutes_no"], made["quorum"], made["file"]) == ("1/2569", True, None)
    assert made["decisions"] == BODY["decisions"]
    assert (await keeper.get(f"{path}/{made['id']}")).json() == made
    few = await held(keeper, path, minutes_no="2/2569", present=4)
    assert few["quorum"] is False


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"held_on": "2149-01-01"}, "fund_meeting_in_future", "/held_on"),
        ({"present": 10}, "more_present_than_total", "/present"),
        ({"total": 0}, "invalid_request", "/total"),
        ({"kind": "party"}, "invalid_request", "/kind"),
        ({"minutes_no": ""}, "invalid_request", "/minutes_no"),
        ({"decisions": [{"number": "1"}]}, "invalid_request", "/decisions/0/text"),
        ({"quorum": True}, "invalid_request", "/quorum"),
    ],
)
async def test_a_meeting_that_cannot_be_is_refused(
    keeper: Caller, path: str, changes: dict[str, Any], code: str, pointer: str
) -> None:
    assert refused(await keeper.post(path, {**BODY, **changes}), 422, code) == [pointer]
    assert (await keeper.get(path)).json()["items"] == []


async def test_minutes_are_numbered_once_a_fund(keeper: Caller, path: str, database: Database) -> None:
    first = await held(keeper, path)
    refused(await keeper.post(path, {**BODY, "held_on": "2026-01-06"}), 409, "fund_minutes_taken")
    taken = {**BODY, "id": first["id"], "minutes_no": "7/2569"}
    refused(await keeper.post(path, taken), 409, "fund_meeting_exists")
    async with database.transaction() as session:
        other = await a_fund(session)
    await held(keeper, f"/v1/funds/{other.id}/meetings")
    second = await held(keeper, path, minutes_no="2/2569")
    renamed = await keeper.patch(f"{path}/{second['id']}", {"minutes_no": "1/2569"}, if_match='"1"')
    refused(renamed, 409, "fund_minutes_taken")


async def test_a_correction_leaves_the_day_on_which_decisions_rest(keeper: Caller, path: str) -> None:
    one = f"{path}/{(await held(keeper, path))['id']}"
    changed = await keeper.patch(one, {"present": 8, "decisions": []}, if_match='"1"')
    assert (changed.json()["present"], changed.json()["decisions"], changed.headers["etag"]) == (8, [], '"2"')
    for field, value in {"held_on": "2025-12-01", "kind": "forum"}.items():
        answer = await keeper.patch(one, {field: value}, if_match='"2"')
        assert refused(answer, 422, "invalid_request") == [f"/{field}"]
    refused(await keeper.patch(one, {"present": 10}, if_match='"2"'), 422, "more_present_than_total")
    refused(await keeper.patch(one, {"present": 5}, if_match='"1"'), 412, "stale_version")


async def test_meetings_are_listed_newest_first_and_by_kind_and_days(keeper: Caller, path: str) -> None:
    made = [
        await held(keeper, path, held_on=f"2025-0{month}-01", minutes_no=f"{month}/2568", kind=kind)
        for month, kind in ((1, "committee"), (2, "general"), (3, "committee"))
    ]
    ids = [one["id"] for one in reversed(made)]
    first = (await keeper.get(path, limit=2, count="true")).json()
    rest = (await keeper.get(path, limit=2, cursor=first["next"])).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == ids
    assert (first["total"], rest["next"]) == (3, None)
    general = (await keeper.get(path, kind="general", count="true")).json()
    assert ([one["id"] for one in general["items"]], general["total"]) == ([made[1]["id"]], 1)
    early = (await keeper.get(path, held_from="2025-01-01", held_to="2025-02-01")).json()["items"]
    assert [one["id"] for one in early] == ids[1:]


async def test_the_signed_minutes_come_back_as_they_were_attached(
    keeper: Caller, path: str, database: Database
) -> None:
    one = f"{path}/{(await held(keeper, path))['id']}"
    refused(await keeper.get(f"{one}/file"), 404, "file_not_attached")
    attached = await keeper.request("POST", f"{one}/file", files={"file": ("m.exe", PDF, "text/plain")})
    assert (attached.status_code, attached.json()["file"]["media_type"]) == (200, "application/pdf")
    assert attached.json()["version"] == 2
    got = await keeper.get(f"{one}/file")
    assert (got.content, got.headers["content-type"]) == (PDF, "application/pdf")
    assert got.headers["content-disposition"].startswith("attachment")
    (audit,) = await rows(database, "SELECT count(*) FROM audit WHERE action = 'fund_meeting.file'")
    assert audit["count"] == 1
    refused(await keeper.where("10").get(f"{one}/file"), 404, "fund_not_found")


@pytest.mark.parametrize("content", [b"MZ\x90 a program", b"<svg/>", b"%PD", b""])
async def test_only_pdf_jpeg_and_png_are_taken_whatever_they_are_called(
    keeper: Caller, path: str, content: bytes
) -> None:
    one = f"{path}/{(await held(keeper, path))['id']}"
    answer = await keeper.request(
        "POST", f"{one}/file", files={"file": ("minutes.pdf", content, "application/pdf")}
    )
    assert refused(answer, 422, "wrong_file_type") == ["/file"]


async def test_a_file_over_ten_mebibytes_is_refused(keeper: Caller, path: str) -> None:
    one = f"{path}/{(await held(keeper, path))['id']}"
    large = b"%PDF-" + bytes(attachments.MAX_BYTES)
    answer = await keeper.request("POST", f"{one}/file", files={"file": ("m.pdf", large, "application/pdf")})
    refused(answer, 413, "body_too_large")


async def test_a_meeting_of_a_suspended_fund_is_recorded_all_the_same(keeper: Caller, path: str) -> None:
    fund = path.removesuffix("/meetings")
    await keeper.post(f"{fund}/state", {"state": "suspended", "reason": "ตรวจสอบ"})
    await held(keeper, path)
