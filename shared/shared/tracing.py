"""Spans for an OpenTelemetry collector, where one is configured; needs the extra `otlp`.

FastAPI makes the spans of requests itself, below the `traceparent` it is sent.
"""

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

_TYPED_BY_CALLERS = ("url.path", "url.query", "http.request.method_original", "user_agent.original")


class _Scrub(SpanProcessor):
    """Empties what a caller typed before a span goes anywhere; the route's template stays."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:  # noqa: ARG002 - the interface's
        """Empty the attributes of a span that begins."""
        for name in _TYPED_BY_CALLERS:
            if name in (span.attributes or {}):
                span.set_attribute(name, "")


def provider(service: str, exporting: SpanProcessor) -> TracerProvider:
    """Return the maker of a service's spans, handed to `exporting` without callers' values."""
    made = TracerProvider(resource=Resource.create({"service.name": service}))
    made.add_span_processor(_Scrub())
    made.add_span_processor(exporting)
    return made


def otlp(endpoint: str) -> SpanProcessor:
    """Return what sends spans in batches to a collector's address, `http://host:4318`."""
    return BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces"))
