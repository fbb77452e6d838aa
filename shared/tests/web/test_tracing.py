"""Spans: below the caller's trace, named by route, without what a caller typed."""

from typing import Any

import httpx
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared import tracing, web
from shared.settings import ServiceSettings
from shared.testing.identity import TestIssuer

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


async def test_a_span_names_the_route_and_nothing_that_was_typed(
    settings_values: dict[str, Any], issuer: TestIssuer, monkeypatch: Any
) -> None:
    spans = InMemorySpanExporter()
    monkeypatch.setattr(tracing, "otlp", lambda _: SimpleSpanProcessor(spans))
    settings = ServiceSettings(**settings_values, otlp_endpoint="http://collector.example:4318")
    app = web.create_app(name="funds", title="t", description="d", settings=settings, routers=[])
    transport = httpx.ASGITransport(app)
    headers = issuer.headers("funds", scopes=["jobs:read"])
    headers["traceparent"] = f"00-{TRACE}-00f067aa0ba902b7-01"
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://service", headers=headers) as client,
    ):
        await client.get("/v1/jobs/funds?kind=1100100000123")
        await client.get("/v1/jobs/funds/1100100000123?name=1100100000123")
    finished = spans.get_finished_spans()
    assert {span.name for span in finished} >= {"GET /v1/jobs/funds", "GET /v1/jobs/funds/{job_id}"}
    assert {f"{span.context.trace_id:032x}" for span in finished if span.context} == {TRACE}
    assert all(span.resource.attributes["service.name"] == "funds" for span in finished)
    assert "1100100000123" not in "".join(span.to_json() for span in finished)


def test_without_a_collector_nothing_is_traced(settings_values: dict[str, Any]) -> None:
    settings = ServiceSettings(**settings_values)
    app = web.create_app(name="funds", title="t", description="d", settings=settings, routers=[])
    assert not app._native_telemetry.enabled()  # noqa: SLF001 - nothing public tells
