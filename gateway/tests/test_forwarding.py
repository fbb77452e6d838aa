"""What passes the door, in which form, and what the caller hears when a service does not answer."""

import httpx


async def test_a_request_reaches_the_service_that_owns_the_noun(caller: httpx.AsyncClient) -> None:
    answer = await caller.post("/v1/things/echo?a=1&b=%E0%B8%81", content=b'{"x": 1}')
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["method"] == "POST"
    assert told["query"] == "a=1&b=%E0%B8%81"
    assert told["body"] == '{"x": 1}'
