"""What passes the door, in which form, and what the caller hears when a service does not answer."""

import asyncio
from typing import Any

import httpx
import pytest

from gateway.app import create_app
from gateway.settings import Settings
from tests.gateway_house import House, until_known
from tests.gateway_upstream import served, speaking, things


def fields(told: dict[str, Any]) -> dict[str, str]:
    return {name.lower(): value for name, value in told["headers"]}


async def test_a_request_reaches_the_service_that_owns_the_noun(caller: httpx.AsyncClient) -> None:
    answer = await caller.post("/v1/things/echo?a=1&b=%E0%B8%81%2F", content=b'{"x": 1}')
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["method"], told["path"]) == ("POST", "/v1/things/echo")
    assert told["query"] == "a=1&b=%E0%B8%81%2F"
    assert told["body"] == '{"x": 1}'


async def test_a_noun_of_every_service_reaches_the_service_named_next(caller: httpx.AsyncClient) -> None:
    answer = await caller.get("/v1/jobs/things/7")
    assert (answer.status_code, answer.json()) == (200, {"id": "7"})


async def test_an_address_that_nobody_owns_is_404_with_its_own_code(caller: httpx.AsyncClient) -> None:
    answer = await caller.get("/v1/nothings")
    assert answer.status_code == 404
    assert answer.json()["code"] == "no_such_address"
    assert answer.headers["content-type"] == "application/problem+json"


async def test_an_unknown_address_below_an_owned_noun_is_the_services_own_404(
    caller: httpx.AsyncClient,
) -> None:
    answer = await caller.get("/v1/things/no/such/address")
    assert answer.status_code == 404
    assert answer.json() == {"detail": "Not Found"}


@pytest.mark.parametrize(
    "name",
    [
        "X-Internal-Principal",
        "x-internal-token",
        "X_Internal_Principal",
        "X-Internal_Token",
        "Authorization_",
        "Content_Length",
        "X-Forwarded-For",
        "X-Forwarded-User",
        "X-Original-URL",
        "X-HTTP-Method-Override",
        "X-Real-IP",
        "Forwarded",
        "Cookie",
        "Proxy-Authorization",
        "Keep-Alive",
        "TE",
        "Proxy-Connection",
    ],
)
async def test_internal_and_hop_fields_never_reach_a_service(caller: httpx.AsyncClient, name: str) -> None:
    told = (await caller.get("/v1/things/echo", headers={name: "planted"})).json()
    assert "planted" not in str(told["headers"])


async def test_a_field_named_in_connection_stays_at_this_hop(caller: httpx.AsyncClient) -> None:
    headers = {"connection": "keep-alive, X-Mine", "x-mine": "planted", "x-other": "kept"}
    seen = fields((await caller.get("/v1/things/echo", headers=headers)).json())
    assert "x-mine" not in seen
    assert seen["x-other"] == "kept"


async def test_connection_cannot_take_the_identity_away(caller: httpx.AsyncClient) -> None:
    headers = {
        "connection": "authorization, x-request-id, content-length",
        "x-request-id": "fedcba9876543210fedcba9876543210",
    }
    told = (await caller.post("/v1/things/echo", headers=headers, content=b"{}")).json()
    assert fields(told)["x-request-id"] == "fedcba9876543210fedcba9876543210"
    assert fields(told)["authorization"].startswith("Bearer ")
    assert told["body"] == "{}"


async def test_the_service_gets_an_internal_token_instead_of_the_callers(
    caller: httpx.AsyncClient,
) -> None:
    told = (await caller.get("/v1/things/echo")).json()
    assert fields(told)["authorization"] != caller.headers["authorization"]


async def test_request_id_and_trace_go_through_and_come_back(caller: httpx.AsyncClient) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {
        "x-request-id": "0123456789abcdef0123456789abcdef",
        "traceparent": f"00-{trace}-00f067aa0ba902b7-01",
    }
    answer = await caller.get("/v1/things/echo", headers=headers)
    seen = fields(answer.json())
    assert seen["x-request-id"] == "0123456789abcdef0123456789abcdef"
    assert seen["traceparent"].split("-")[1] == trace
    assert seen["traceparent"].split("-")[2] != "00f067aa0ba902b7"
    assert answer.headers.get_list("x-request-id") == ["0123456789abcdef0123456789abcdef"]


async def test_a_malformed_request_id_is_replaced(caller: httpx.AsyncClient) -> None:
    answer = await caller.get("/v1/things/echo", headers={"x-request-id": "a b;c"})
    assert answer.headers["x-request-id"] != "a b;c"
    assert len(answer.headers["x-request-id"]) == 32


async def test_the_service_learns_for_whom_and_under_which_name(caller: httpx.AsyncClient) -> None:
    told = (await caller.get("/v1/things/echo", headers={"host": "api.example.go.th"})).json()
    assert fields(told)["forwarded"] == 'for=127.0.0.1;host="api.example.go.th";proto=http'


async def test_thai_in_a_field_arrives_byte_for_byte(caller: httpx.AsyncClient) -> None:
    told = (await caller.get("/v1/things/echo", headers={b"purpose": "เยี่ยมบ้าน".encode()})).json()
    assert fields(told)["purpose"] == "เยี่ยมบ้าน"


async def test_internal_and_hop_fields_of_an_answer_stay_inside(caller: httpx.AsyncClient) -> None:
    answer = await caller.get("/v1/things/echo")
    assert "x-internal-secret" not in answer.headers
    assert "x-hop" not in answer.headers
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert answer.headers.get_list("x-content-type-options") == ["nosniff"]
    assert len(answer.headers.get_list("date")) == 1


async def test_head_has_the_length_and_no_body(caller: httpx.AsyncClient) -> None:
    answer = await caller.head("/v1/things/small")
    assert answer.status_code == 405  # the service has no HEAD; its own answer comes through
    assert answer.content == b""


async def test_an_answer_that_the_caller_has_comes_through_without_a_body(caller: httpx.AsyncClient) -> None:
    for tag in ('"3.0123456789abcdef"', '"4"'):  # one connection: nothing of the first is left on it
        answer = await caller.get("/v1/things/unchanged", headers={"If-None-Match": tag})
        assert (answer.status_code, answer.headers["etag"], answer.content) == (304, tag, b"")
        assert "transfer-encoding" not in answer.headers


async def test_without_a_token_nothing_reaches_a_service(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.url) as stranger:
        answer = await stranger.get("/v1/things/echo")
        assert answer.status_code == 401
        assert answer.json()["code"] == "token_missing"
        assert answer.headers["www-authenticate"] == "Bearer"
        assert house.things.requests == []


async def test_a_public_operation_takes_strangers(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.url) as stranger:
        answer = await stranger.get("/v1/things/open")
        assert (answer.status_code, answer.json()) == (200, {"authorization": None})


async def test_two_authorization_fields_are_refused(house: House, caller: httpx.AsyncClient) -> None:
    headers = [("authorization", caller.headers["authorization"])] * 2
    async with httpx.AsyncClient(base_url=house.url) as client:
        answer = await client.get("/v1/things/echo", headers=headers)
    assert answer.status_code == 401


async def test_a_scope_that_the_caller_lacks_is_refused_at_the_door(
    caller: httpx.AsyncClient, house: House
) -> None:
    headers = {"authorization": f"Bearer {await house.token('village34150101')}"}
    answer = await caller.get("/v1/things/7/written", headers=headers)
    assert answer.status_code == 403
    assert (answer.json()["code"], answer.json()["scope"]) == ("scope_missing", "feeds:write")
    assert (await caller.get("/v1/things/7/written")).json() == "7"


async def test_problems_speak_the_callers_language(caller: httpx.AsyncClient) -> None:
    thai = (await caller.get("/v1/nothings")).json()["title"]
    english = (await caller.get("/v1/nothings", headers={"accept-language": "en"})).json()["title"]
    assert (thai, english) == ("ไม่มีที่อยู่นี้", "No service owns this address")


async def test_a_service_that_is_down_is_503(house: House, caller: httpx.AsyncClient) -> None:
    app, _ = things("others")
    async with served(app) as address:
        settings = house.settings.model_copy(update={"services": {"others": address}})
        gateway = create_app(settings)
        async with served(gateway) as url:
            await until_known(gateway)
            async with httpx.AsyncClient(base_url=url, headers=caller.headers) as client:
                assert (await client.get("/v1/others/echo")).status_code == 200
    gateway = create_app(settings)
    gateway.state.catalogue.put("others", b'{"paths": {"/v1/others/echo": {"get": {}}}}')
    async with served(gateway) as url, httpx.AsyncClient(base_url=url, headers=caller.headers) as client:
        answer = await client.get("/v1/others/echo")
        assert (answer.status_code, answer.json()["code"]) == (503, "service_down")
        assert answer.json()["service"] == "others"
        assert answer.headers["retry-after"] == "2"


@pytest.mark.parametrize(
    "answer",
    [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"],
    ids=["hangs up", "no HTTP", "two lengths"],
)
async def test_a_service_that_answers_no_http_is_502(
    house: House, caller: httpx.AsyncClient, answer: bytes
) -> None:
    document: dict[str, Any] = {"paths": {"/v1/broken": {"get": {}}}}
    async with speaking(answer, document=document) as address:
        gateway = create_app(house.settings.model_copy(update={"services": {"broken": address}}))
        async with served(gateway) as url, httpx.AsyncClient(base_url=url) as client:
            await until_known(gateway)
            got = await client.get("/v1/broken", headers=caller.headers)
    assert (got.status_code, got.json()["code"]) == (502, "service_failed")


async def test_an_answer_that_breaks_off_is_cut_for_the_caller_too(
    house: House, caller: httpx.AsyncClient
) -> None:
    document: dict[str, Any] = {"paths": {"/v1/broken": {"get": {}}}}
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
    async with speaking(half, document=document) as address:
        gateway = create_app(house.settings.model_copy(update={"services": {"broken": address}}))
        async with served(gateway) as url, httpx.AsyncClient(base_url=url) as client:
            await until_known(gateway)
            with pytest.raises(httpx.RemoteProtocolError):
                await client.get("/v1/broken", headers=caller.headers)


async def test_a_service_that_is_still_starting_is_503_not_404(
    house: House, caller: httpx.AsyncClient
) -> None:
    settings = house.settings.model_copy(update={"services": {"later": "http://127.0.0.1:1"}})
    async with served(create_app(settings)) as url:
        answer = await caller.get(url + "/v1/later/x")
    assert (answer.status_code, answer.json()["code"]) == (503, "service_starting")


async def test_addresses_are_known_within_a_second_of_the_services_start(
    house: House, caller: httpx.AsyncClient
) -> None:
    app, _ = things("others")
    async with served(app) as first:
        port = int(first.rpartition(":")[2])
    settings = house.settings.model_copy(update={"services": {"others": first}})
    gateway = create_app(settings)
    async with served(gateway) as url:
        assert (await caller.get(url + "/v1/others/small")).status_code == 503
        app, _ = things("others")
        async with served(app, port=port):
            async with asyncio.timeout(5):  # a loaded machine's second
                await gateway.state.catalogue.known.wait()
            assert (await caller.get(url + "/v1/others/small")).status_code == 200


@pytest.mark.parametrize(
    ("trusted", "stated", "seen"),
    [
        ("", "203.0.113.7", "127.0.0.1"),
        ("10.0.0.0/8", "203.0.113.7", "127.0.0.1"),
        ("10.0.0.0/8, 127.0.0.0/8", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.0/8", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("127.0.0.0/8", "2001:db8::1", '"[2001:db8::1]"'),
        ("127.0.0.0/8", "planted;for=evil", "127.0.0.1"),
    ],
)
async def test_the_callers_address_is_believed_only_from_a_trusted_proxy(
    house: House, caller: httpx.AsyncClient, trusted: str, stated: str, seen: str
) -> None:
    values = house.settings.model_dump() | {"trusted_proxies": trusted}
    gateway = create_app(Settings(**values))
    async with served(gateway) as url:
        await until_known(gateway)
        told = (await caller.get(url + "/v1/things/echo", headers={"x-forwarded-for": stated})).json()
    assert fields(told)["forwarded"].startswith(f"for={seen};")
    assert "x-forwarded-for" not in fields(told)


async def test_a_caller_of_http_1_0_is_served(house: House, caller: httpx.AsyncClient) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    token = caller.headers["authorization"]
    writer.write(f"GET /v1/things/small HTTP/1.0\r\nHost: a\r\nAuthorization: {token}\r\n\r\n".encode())
    async with asyncio.timeout(10):
        answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 200 ")
    writer.close()


async def test_a_write_after_the_services_restart_finds_it_again(
    house: House, caller: httpx.AsyncClient
) -> None:
    app, _ = things("others")
    async with served(app) as address:
        port = int(address.rpartition(":")[2])
        gateway = create_app(house.settings.model_copy(update={"services": {"others": address}}))
        running = served(gateway)
        url = await running.__aenter__()
        await until_known(gateway)
        assert (await caller.post(url + "/v1/others/echo", content=b"1")).status_code == 200
    assert (await caller.post(url + "/v1/others/echo", content=b"2")).json()["code"] == "service_down"
    app, seen = things("others")
    async with served(app, port=port):
        answer = await caller.post(url + "/v1/others/echo", content=b"3")
        assert (answer.status_code, [told["body"] for told in seen.requests]) == (200, ["3"])
        await running.__aexit__(None, None, None)


async def test_a_long_answer_is_packed_for_who_takes_gzip_and_a_short_one_for_nobody(
    caller: httpx.AsyncClient,
) -> None:
    told: dict[str, httpx.Response] = {}
    for accepted in ("gzip", "identity"):
        told[accepted] = await caller.post(
            "/v1/things/echo", content="ก".encode() * 3_000, headers={"Accept-Encoding": accepted}
        )
    assert told["gzip"].headers["content-encoding"] == "gzip"
    assert "accept-encoding" in told["gzip"].headers["vary"].lower()
    assert int(told["gzip"].headers["content-length"]) < int(told["identity"].headers["content-length"]) / 5
    assert "content-encoding" not in told["identity"].headers
    assert told["gzip"].json()["body"] == told["identity"].json()["body"] == "ก" * 3_000
    short = await caller.get("/v1/things/small", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in short.headers
    assert short.json()["name"] == "บ้าน"
