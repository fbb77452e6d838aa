"""Pages: every row once, in order, and no cursor but the list's own."""

import base64
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from starlette.requests import Request

from shared import etags, paging
from shared.db import Database
from shared.errors import InvalidCursor, StaleVersion
from shared.paging import Params


@pytest.fixture
async def seven(database: Database, things: None) -> None:  # noqa: ARG001 - the table must be there
    """Put seven things into two areas."""
    async with database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO things (name, area) SELECT 'n' || n, CASE n % 2 WHEN 0 THEN '34' ELSE '35' END "
                "FROM generate_series(1, 7) AS n"
            )
        )


@pytest.mark.usefixtures("seven")
async def test_walking_the_links_sees_every_row_once(api: httpx.AsyncClient) -> None:
    names, address = [], "/v1/things?limit=3&area=3"
    for _ in range(3):
        answer = await api.get(address)
        page = answer.json()
        names += [item["name"] for item in page["items"]]
        if page["next"] is None:
            assert "link" not in answer.headers
            break
        link = answer.headers["link"]
        assert link.endswith('>; rel="next"')
        address = link[1 : link.index(">")]
        assert dict(parse_qsl(urlsplit(address).query))["cursor"] == page["next"]
    assert names == ["n2", "n4", "n6", "n1", "n3", "n5", "n7"]


@pytest.mark.usefixtures("seven")
@pytest.mark.parametrize("query", ["?area=3&limit=2", "?limit=2&area=%33", "?area=3&limit=2&"])
async def test_the_link_asks_the_same_again_behind_the_cursor(api: httpx.AsyncClient, query: str) -> None:
    answer = await api.get("/v1/things" + query)
    link = answer.headers["link"]
    asked = parse_qsl(urlsplit(link[1 : link.index(">")]).query)
    assert sorted(asked) == [("area", "3"), ("cursor", answer.json()["next"]), ("limit", "2")]
    assert (await api.get(link[1 : link.index(">")])).status_code == 200


@pytest.mark.usefixtures("seven")
async def test_a_link_cannot_be_broken_out_of(api: httpx.AsyncClient, database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(text("UPDATE things SET area = '>; rel=\"x\"'"))
    answer = await api.get("/v1/things?limit=1&area=>;")
    link = answer.headers["link"]
    assert link.count(">") == 1
    assert (await api.get(link[1 : link.index(">")])).status_code == 200


@pytest.mark.usefixtures("seven")
async def test_the_last_full_page_has_no_next(api: httpx.AsyncClient) -> None:
    assert (await api.get("/v1/things?limit=7")).json()["next"] is None


@pytest.mark.usefixtures("seven")
async def test_a_cursor_may_be_used_with_another_limit(api: httpx.AsyncClient) -> None:
    cursor = (await api.get("/v1/things?limit=3")).json()["next"]
    page = (await api.get("/v1/things", params={"cursor": cursor, "limit": 200})).json()
    assert len(page["items"]) == 4


@pytest.mark.usefixtures("seven")
async def test_a_cursor_of_other_filters_is_refused(api: httpx.AsyncClient) -> None:
    cursor = (await api.get("/v1/things?limit=1&area=34")).json()["next"]
    for params in ({"cursor": cursor}, {"cursor": cursor, "area": "35"}):
        answer = await api.get("/v1/things", params=params)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


@pytest.mark.usefixtures("seven")
async def test_a_forged_cursor_is_refused(api: httpx.AsyncClient) -> None:
    cursor = (await api.get("/v1/things?limit=1")).json()["next"]
    raw = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    forged: list[bytes | bytearray] = [
        raw[:16] + b'["00",0]',
        raw[:16],
        b"",
        raw[16:],
        bytes([raw[0] ^ 1]) + raw[1:],
        raw + b" ",
    ]
    texts = [base64.urlsafe_b64encode(one).decode().rstrip("=") for one in forged]
    for one in [*texts, "!", "ก", "null", "a" * 1025]:
        answer = await api.get("/v1/things", params={"cursor": one})
        assert answer.status_code in {400, 422}, one


@given(st.lists(st.one_of(st.none(), st.booleans(), st.integers(-(2**60), 2**60), st.text(max_size=40))))
def test_a_cursor_gives_back_the_key_it_was_made_of(values: list[str | int | bool | None]) -> None:
    cursor = paging.encode(values, key=b"k" * 32, bound_to=b"/v1/x?")
    assert paging.decode(cursor, key=b"k" * 32, bound_to=b"/v1/x?") == tuple(values)
    for key, bound in ((b"l" * 32, b"/v1/x?"), (b"k" * 32, b"/v1/y?")):
        with pytest.raises(InvalidCursor):
            paging.decode(cursor, key=key, bound_to=bound)


def test_a_place_is_read_by_its_kinds_and_a_key_of_another_shape_is_no_cursor_of_this_list() -> None:
    day, one = date(2026, 11, 20), UUID(int=7)
    seen = Params(limit=2, count=False, after=(str(day), str(one)), request=Request({"type": "http"}))
    assert seen.place(date.fromisoformat, UUID) == (day, one)
    assert replace(seen, after=(str(one),)).place(UUID) == one
    assert replace(seen, after=None).place(UUID) is None
    for after in ((str(day),), (str(day), str(one), "3"), ("33", str(one))):
        with pytest.raises(InvalidCursor):
            replace(seen, after=after).place(date.fromisoformat, UUID)


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a"], ["c", "d"], ["c", "d"]),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patch_does_as_rfc_7396_shows(target: object, patch: object, result: object) -> None:
    assert etags.merge_patch(target, patch) == result


@pytest.mark.parametrize(
    "given_tag", ["3", 'W/"3"', '"3', '"03x"', '"-3"', '"4"', "", '"๓"', '"3'.ljust(200, "3")]
)
def test_only_the_strong_tag_of_the_version_matches(given_tag: str) -> None:
    etags.check('"3"', 3)
    etags.check("*", 3)
    with pytest.raises(StaleVersion):
        etags.check(given_tag, 3)
