"""A book over HTTP, step by step: begun, sent, checked."""

from typing import Any

from shared.testing.caller import Caller

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROOT = "/v1/book-imports"
ANY = {"If-Match": "*"}


def refused(answer: Any, status: int, code: str) -> Any:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return answer.json()


async def begun(keeper: Caller, fund_id: str) -> str:
    answer = await keeper.post(ROOT, {"fund_id": fund_id, "cut_off_on": "2022-09-30"})
    assert answer.status_code == 201, answer.text
    return f"{ROOT}/{answer.json()['id']}"


async def sent(keeper: Caller, path: str, content: bytes) -> Any:
    return await keeper.request("POST", f"{path}/file", files={"file": ("book.xlsx", content, XLSX)})


async def checked(keeper: Caller, path: str, content: bytes, run: Any) -> dict[str, Any]:
    answer = await sent(keeper, path, content)
    assert answer.status_code == 200, answer.text
    started = await keeper.post(f"{path}/check", {})
    assert started.status_code == 202, started.text
    await run()
    job = (await keeper.get(started.headers["location"])).json()
    assert job["state"] == "succeeded", job
    found: dict[str, Any] = (await keeper.get(path)).json()
    return found
