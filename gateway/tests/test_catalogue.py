"""The route table and the one document: what the services say of themselves, put together."""

import gzip
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import schemathesis
from fastapi import FastAPI

from gateway import errors
from gateway.catalogue.fetch import Catalogue
from gateway.catalogue.merge import merge
from gateway.catalogue.problems import described
from gateway.proxy.table import UNDESCRIBED, NounTaken, Table, Upstream, claim
from shared.errors import Refusal
from tests.gateway_house import House

A = Upstream("funds", "http://127.0.0.1:1")
B = Upstream("otop", "http://127.0.0.1:2")


def paths(*names: str, **operation: Any) -> dict[str, Any]:
    return {"openapi": "3.1.0", "paths": {name: {"get": {"responses": {}, **operation}} for name in names}}


def segments(path: str) -> list[bytes]:
    return path.encode().split(b"/")[1:]


def test_the_first_noun_decides() -> None:
    table = Table()
    table.add(A, paths("/v1/loans", "/v1/loans/{id}"))
    table.add(B, paths("/v1/producers"))
    assert table.owner(segments("/v1/loans/7/anything")) == A
    assert table.owner(segments("/v1/producers")) == B
    assert table.owner(segments("/v1/loansx")) is None
    assert table.owner(segments("/v2/loans")) is None


def test_a_noun_that_every_service_has_carries_the_services_name() -> None:
    table = Table()
    table.add(A, paths("/v1/jobs/funds/{id}"))
    table.add(B, paths("/v1/jobs/otop/{id}", "/v1/instruments/otop"))
    assert table.owner(segments("/v1/jobs/funds/7")) == A
    assert table.owner(segments("/v1/jobs/otop/7/events")) == B
    assert table.owner(segments("/v1/jobs")) is None
    assert table.owner(segments("/v1/jobs/tourism/7")) is None


def test_a_standard_of_its_own_is_owned_by_its_first_segment() -> None:
    table = Table()
    table.add(B, paths("/octo/products"))
    assert table.owner(segments("/octo/bookings/7")) == B


@pytest.mark.parametrize(
    "path",
    [
        "/v1/jobs/otop/{id}",
        "/v1/jobs",
        "/v1/audit/{id}",
        "/v1/oauth/x",
        "/v1",
        "/v1/",
        "/v1/{noun}",
        "/",
        "/{x}",
    ],
)
def test_an_address_that_a_service_cannot_own_is_refused(path: str) -> None:
    with pytest.raises(NounTaken):
        claim(path, "funds")


def test_a_noun_claimed_twice_is_refused_whole() -> None:
    table = Table()
    table.add(A, paths("/v1/loans"))
    with pytest.raises(NounTaken, match="otop claims /v1/loans, which funds has"):
        table.add(B, paths("/v1/producers", "/v1/loans/{id}"))
    assert table.owner(segments("/v1/producers")) is None


def test_the_catalogue_keeps_the_first_and_names_the_clash() -> None:
    catalogue = Catalogue((A, B))
    catalogue.put("otop", b'{"paths": {"/v1/loans": {}}}')
    catalogue.put("funds", b'{"paths": {"/v1/loans": {}}}')
    assert catalogue.refused == {"otop": "otop claims /v1/loans, which funds has"}
    assert catalogue.table.owner(segments("/v1/loans")) == A
    assert catalogue.complete


def test_an_unchanged_document_changes_nothing() -> None:
    catalogue = Catalogue((A,))
    assert catalogue.put("funds", b'{"paths": {}}')
    table, version = catalogue.table, catalogue.version
    assert not catalogue.put("funds", b'{"paths": {}}')
    assert (catalogue.table, catalogue.version) == (table, version)
    assert catalogue.put("funds", b'{"paths": {"/v1/loans": {}}}')
    assert catalogue.version != version


@pytest.mark.parametrize("text", [b"[]", b"{}", b'{"paths": []}', b"no JSON"])
def test_what_is_no_document_is_refused(text: bytes) -> None:
    with pytest.raises((TypeError, ValueError)):
        Catalogue((A,)).put("funds", text)


def test_an_operation_says_its_scope_its_limit_and_its_deadline() -> None:
    table = Table()
    described = {"security": [{"oauth2": ["funds:read"]}], "x-body-limit": 5_000_000, "x-deadline": 90}
    table.add(A, paths("/v1/loans/{id}/files", **described))
    found = table.operation("GET", segments("/v1/loans/7/files"))
    assert (found.path, found.scopes) == ("/v1/loans/{id}/files", frozenset({"funds:read"}))
    assert (found.body_limit, found.deadline) == (5_000_000, 90.0)
    assert table.operation("HEAD", segments("/v1/loans/7/files")) is found
    assert table.operation("POST", segments("/v1/loans/7/files")) is UNDESCRIBED
    assert table.operation("GET", segments("/v1/loans//files")) is UNDESCRIBED


def test_a_plain_segment_wins_over_a_placeholder_and_gives_way_where_it_leads_nowhere() -> None:
    table = Table()
    table.add(A, paths("/v1/loans/{id}", "/v1/loans/late", "/v1/loans/{id}/rows"))
    assert table.operation("GET", segments("/v1/loans/late")).path == "/v1/loans/late"
    assert table.operation("GET", segments("/v1/loans/7")).path == "/v1/loans/{id}"
    assert table.operation("GET", segments("/v1/loans/late/rows")).path == "/v1/loans/{id}/rows"


@pytest.mark.parametrize(
    ("security", "scopes"),
    [
        ([], None),
        ([{}, {"oauth2": ["a"]}], None),
        ([{"oauth2": ["a", "b"]}], {"a", "b"}),
        ([{"oauth2": ["a", "b"]}, {"oauth2": ["b"]}], {"b"}),
        ([{"oauth2": []}], set()),
    ],
)
def test_scopes_of_an_operation(security: list[Any], scopes: set[str] | None) -> None:
    table = Table()
    table.add(A, paths("/v1/loans", security=security))
    assert table.operation("GET", segments("/v1/loans")).scopes == scopes


def schema(**fields: str) -> dict[str, Any]:
    return {"type": "object", "properties": {name: {"$ref": ref} for name, ref in fields.items()}}


def service(name: str, **schemas: dict[str, Any]) -> dict[str, Any]:
    answer = {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}}}}
    return {
        "paths": {f"/v1/{name}": {"get": {"operationId": "list", "responses": answer, "tags": [name]}}},
        "components": {"schemas": schemas},
    }


def test_components_that_are_alike_are_shared_and_others_get_their_services_name() -> None:
    one = service("loans", Page=schema(item="#/components/schemas/Item"), Item={"type": "string"}, Baht={})
    two = service("sales", Page=schema(item="#/components/schemas/Item"), Item={"type": "integer"}, Baht={})
    merged = merge({"funds": one, "otop": two}, public_url="http://x")
    schemas = merged["components"]["schemas"]
    assert set(schemas) - {"Problem", "ProblemField"} == {"Page", "Item", "Baht", "OtopPage", "OtopItem"}
    assert schemas["OtopPage"]["properties"]["item"]["$ref"] == "#/components/schemas/OtopItem"
    answer = merged["paths"]["/v1/sales"]["get"]["responses"]["200"]
    assert answer["content"]["application/json"]["schema"]["$ref"] == "#/components/schemas/OtopPage"
    assert one == service(
        "loans", Page=schema(item="#/components/schemas/Item"), Item={"type": "string"}, Baht={}
    )


def test_operation_ids_stay_unique() -> None:
    merged = merge({"funds": service("loans"), "otop": service("sales")}, public_url="http://x")
    ids = [item["get"]["operationId"] for item in merged["paths"].values()]
    assert ids == ["list", "otop_list"]


def test_an_operation_says_what_the_gateway_may_answer_in_its_services_place() -> None:
    merged = merge({"funds": service("loans")}, public_url="http://x")
    answers = merged["paths"]["/v1/loans"]["get"]["responses"]
    assert {"200", "400", "408", "414", "429", "431", "502", "503", "504"} <= set(answers)
    told = answers["429"]["content"]["application/problem+json"]["examples"]
    assert told == {"too_many_requests": {"$ref": "#/components/examples/too_many_requests"}}
    assert_references_lead_somewhere({**merged, "paths": {"/": answers["429"]}})


def test_the_gateways_own_problems_say_in_both_languages_what_to_do() -> None:
    named = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, Refusal)]
    own = [one for one in named if one.__module__ == errors.__name__]
    assert len(own) > 10
    assert [one.code for one in own if not (one().detail_th and one().detail_en)] == []


def assert_references_lead_somewhere(document: dict[str, Any]) -> None:
    todo: list[Any] = [document]
    while todo:
        node = todo.pop()
        if isinstance(node, dict) and isinstance(node.get("$ref"), str):
            found = document
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step]
        todo.extend(node.values() if isinstance(node, dict) else node if isinstance(node, list) else ())


def test_a_tag_of_several_services_is_told_apart() -> None:
    one, two = service("loans"), service("sales")
    for document in (one, two):
        for item in document["paths"].values():
            item["get"]["tags"].append("jobs")
    merged = merge({"funds": one, "otop": two}, public_url="http://x")
    assert merged["paths"]["/v1/sales"]["get"]["tags"] == ["sales", "otop jobs"]
    assert merged["x-tagGroups"] == [
        {"name": "funds", "tags": ["loans", "funds jobs"]},
        {"name": "otop", "tags": ["sales", "otop jobs"]},
    ]


async def test_the_merged_document_is_valid_openapi_3_1(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.url) as client:
        answer = await client.get("/openapi.json")
        document = answer.json()
        schemathesis.openapi.from_dict(document).validate()
        assert_references_lead_somewhere(document)
        assert document["openapi"].startswith("3.1")
        assert {"/v1/things/echo", "/oauth/token"} <= document["paths"].keys()
        assert document["servers"] == [{"url": house.settings.public_url}]
        flow = document["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]
        assert flow["tokenUrl"] == f"{house.settings.public_url}/oauth/token"
        assert document["paths"]["/v1/things/small"]["get"]["security"] == [
            {"oauth2": ["areas:read"]},
            {"bearer": []},
        ]
        assert document["paths"]["/v1/things/open"]["get"]["security"] == []
        again = await client.get("/openapi.json", headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_every_file_of_the_api_pages_comes_from_here(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.url) as client:
        for page in ("/docs", "/redoc", "/"):
            answer = await client.get(page)
            assert answer.status_code == 200
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "script-src 'self';" in policy
            assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)
            assert not re.search(r"<script(?! src=)|\son\w+=", answer.text)
            for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', answer.text):
                file = await client.get(address)
                assert (file.status_code, bool(file.content)) == (200, True), address


async def test_a_page_answers_head_with_its_length_only(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.url) as client:
        head, whole = await client.head("/docs"), await client.get("/docs")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.content))


async def test_a_large_file_travels_compressed_and_is_kept_by_its_etag(house: House) -> None:
    stored = files("gateway").joinpath("static", "swagger-ui-bundle.js.gz").read_bytes()
    async with httpx.AsyncClient(base_url=house.url) as client:
        async with client.stream(
            "GET", "/static/swagger-ui-bundle.js", headers={"accept-encoding": "gzip"}
        ) as answer:
            assert b"".join([part async for part in answer.aiter_raw()]) == stored
            assert answer.headers["content-encoding"] == "gzip"
            etag = answer.headers["etag"]
        plain = await client.get("/static/swagger-ui-bundle.js", headers={"accept-encoding": "identity"})
        assert plain.content == gzip.decompress(stored)
        again = await client.get("/static/swagger-ui-bundle.js", headers={"if-none-match": etag})
        assert again.status_code == 304


@pytest.mark.parametrize("name", ["nothing.js", "..%5csettings.py", "docs.js.gz", "__init__.py"])
async def test_no_other_file_can_be_had(house: House, name: str) -> None:
    async with httpx.AsyncClient(base_url=house.url) as client:
        assert (await client.get(f"/static/{name}")).status_code in {400, 404}


async def test_problem_types_are_documented_where_they_point(caller: httpx.AsyncClient) -> None:
    told = (await caller.get("/v1/nothings")).json()
    explained = await caller.get(told["type"])
    assert explained.json()["status"] == told["status"]
    assert explained.json()["title"]["th"] == told["title"]
    page = await caller.get(told["type"], headers={"accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert told["title"] in page.text
    assert (await caller.get("/problems/never_heard_of")).status_code == 404


async def test_health_reports_each_service(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.url) as client:
        assert (await client.get("/health/live")).json() == {"status": "live"}
        assert (await client.get("/health/ready")).json() == {"status": "ready"}
        told = (await client.get("/health")).json()
        assert told == {"status": "ready", "database": "ready", "services": {"things": "ready"}}


async def test_metrics_count_requests_by_template_not_by_address(caller: httpx.AsyncClient) -> None:
    await caller.get("/v1/things/3415011234567/written")
    text = (await caller.get("/metrics")).text
    assert 'route="/v1/things/{thing_id}/written"' in text
    assert "3415011234567" not in text


async def test_a_stranger_to_everything_gets_a_problem(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.url) as client:
        answer = await client.get("/nothing/here")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        wrong = await client.delete("/docs")
        assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")


def test_fastapis_own_document_of_a_real_app_is_taken() -> None:
    app = FastAPI()
    table = Table()
    table.add(A, app.openapi())
    assert list(table.nouns()) == []


def test_the_committed_documents_of_all_services_make_one_table_and_one_document() -> None:
    folder = Path(__file__).parents[2] / "contracts" / "openapi"
    documents = {
        path.stem: orjson.loads(path.read_bytes())
        for path in sorted(folder.glob("*.json"))
        if path.stem != "gateway"
    }
    assert {"households", "funds", "otop", "tourism"} <= documents.keys()
    table = Table()
    for name, document in documents.items():
        table.add(Upstream(name, "http://127.0.0.1:1"), document)
    assert ("/v1/households", "households") in set(table.nouns())
    upload = table.operation("POST", segments("/v1/feed-editions/7/files"))
    assert upload.body_limit > 100 << 20
    merged = merge(documents, public_url="http://x")
    schemathesis.openapi.from_dict(merged).validate()
    assert_references_lead_somewhere(merged)
    ids = [
        operation["operationId"]
        for item in merged["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict)
    ]
    assert len(ids) == len(set(ids))
    codes = described(orjson.dumps(merged))
    assert codes["scope_missing"]["operations"]
    assert codes["unknown_instrument"]["title"]["en"]
