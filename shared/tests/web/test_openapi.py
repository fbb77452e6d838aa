"""The document says what the service does: names, scopes and every problem."""

import subprocess
import sys
from typing import Annotated, Any

import httpx
import jsonschema
import orjson
import pytest
from fastapi import FastAPI

from shared import openapi, problems, web
from shared.errors import Conflict, NotFound
from shared.security import Principal, requires

OPERATION = {"list_things", "make_thing", "get_thing", "change_thing", "upload_thing", "start_job"}


@pytest.fixture
def document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def codes(document: dict[str, Any], path: str, method: str) -> set[str]:
    answers = document["paths"][path][method]["responses"].values()
    return {
        code
        for answer in answers
        for code in answer.get("content", {}).get(problems.MEDIA_TYPE, {}).get("examples", {})
    }


def test_an_operation_is_called_as_its_function(document: dict[str, Any]) -> None:
    named = {op["operationId"] for item in document["paths"].values() for op in item.values()}
    assert named >= OPERATION
    assert document["openapi"] == "3.1.0"


def test_every_operation_names_its_scope_and_the_problems_all_have(document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert operation["security"] == [{"oauth2": operation["x-scope"].split()}]
            assert {"token_missing", "scope_missing", "internal_error"} <= codes(document, path, method)
            assert operation["summary"]
            assert operation["description"]


def test_an_operation_lists_the_problems_of_its_kind(document: dict[str, Any]) -> None:
    post = codes(document, "/v1/things", "post")
    assert {"name_taken", "idempotency_key_reused", "duplicate_key", "body_too_large"} <= post
    assert {"stale_version", "version_required"} <= codes(document, "/v1/things/{thing_id}", "patch")
    assert "invalid_cursor" in codes(document, "/v1/things", "get")
    assert "duplicate_key" not in codes(document, "/v1/things", "get")


def test_every_problem_example_fits_the_problem_schema(document: dict[str, Any]) -> None:
    schema = {"$ref": "#/components/schemas/Problem", "components": document["components"]}
    examples = document["components"]["examples"]
    for example in examples.values():
        jsonschema.validate(example["value"], schema)
    assert len(examples) >= 20
    assert "HTTPValidationError" not in orjson.dumps(document).decode()


async def test_an_example_of_a_problem_says_what_to_do_and_is_of_no_request(api: httpx.AsyncClient) -> None:
    examples = (await api.get("/openapi.json")).json()["components"]["examples"]
    assert examples["not_found"]["value"]["detail"] == NotFound.detail_th
    assert not any("request_id" in example["value"] for example in examples.values())


async def test_what_is_answered_fits_what_is_described(
    api: httpx.AsyncClient, document: dict[str, Any]
) -> None:
    answer = await api.post("/v1/things", json={"nom": 1})
    schema = {"$ref": "#/components/schemas/Problem", "components": document["components"]}
    jsonschema.validate(answer.json(), schema)
    assert answer.json()["code"] in codes(document, "/v1/things", "post")


def test_the_document_is_the_same_in_every_process() -> None:
    program = (
        "from shared import errors, web; from fastapi import FastAPI; import orjson, hashlib\n"
        "from shared.jobs_routes import router; from shared import openapi\n"
        "app = FastAPI(title='t', version='1'); app.router.routes.extend(router('t').routes)\n"
        "print(hashlib.sha256(orjson.dumps(openapi.build(app))).hexdigest())"
    )
    run = [sys.executable, "-c", program]
    seen = {
        subprocess.run(run, check=True, capture_output=True, env={"PYTHONHASHSEED": str(n)}).stdout
        for n in range(2)
    }
    assert len(seen) == 1


def app_with(router: Any) -> FastAPI:
    made = FastAPI(title="t", version="1", generate_unique_id_function=lambda route: route.name)
    made.router.routes.extend(router.routes)
    return made


def test_an_operation_without_a_scope_is_a_mistake() -> None:
    router = web.router(tags=["x"])

    @router.get("/open")
    async def open_to_all() -> None:
        """Forget the scope."""

    with pytest.raises(ValueError, match="names no scope"):
        openapi.build(app_with(router))


def test_two_problems_with_one_code_are_a_mistake() -> None:
    class One(Conflict):
        code = "same"
        title_en = "One"

    class Two(Conflict):
        code = "same"
        title_en = "Two"

    router = web.router(tags=["x"])

    @router.get("/one", responses=problems.responses(One))
    async def one(_: Annotated[Principal, requires("admin")]) -> None:
        """Refuse."""

    @router.get("/two", responses=problems.responses(Two))
    async def two(_: Annotated[Principal, requires("admin")]) -> None:
        """Refuse otherwise."""

    with pytest.raises(ValueError, match="two problems have the code same"):
        openapi.build(app_with(router))
