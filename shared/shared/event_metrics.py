"""What the messaging shows to Prometheus."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

_HANDLED: Final = Counter(
    "chumchon_events_handled", "Events a consumer has settled, by outcome", ["consumer", "outcome"]
)
_AWAY: Final = Counter(
    "chumchon_events_database_away",
    "Batches a consumer could not apply for want of its database",
    ["consumer"],
)
_DELAY: Final = Histogram(
    "chumchon_event_delay_seconds",
    "From the fact's time to its effect in the consumer",
    ["consumer"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600),
)
_PUBLISHED: Final = Counter("chumchon_outbox_published", "Events the relay has published", ["service"])
_FAILED: Final = Counter("chumchon_outbox_publish_failed", "Publishes that were not confirmed", ["service"])
_AGE: Final = Gauge(
    "chumchon_outbox_oldest_seconds", "Age of the oldest event that waits to be published", ["service"]
)


def handled(consumer: str, outcome: str, count: int) -> None:
    """Count events settled as `applied`, `duplicate`, `delayed` or `dead`."""
    if count:
        _HANDLED.labels(consumer, outcome).inc(count)


def database_away(consumer: str) -> None:
    """Count a batch that waits because the consumer's database cannot be reached."""
    _AWAY.labels(consumer).inc()


def delay(consumer: str, seconds: float) -> None:
    """Record how long an event took from its fact to its effect."""
    _DELAY.labels(consumer).observe(max(seconds, 0.0))


def published(service: str, count: int, failed: int, oldest_seconds: float) -> None:
    """Record one round of the relay."""
    _PUBLISHED.labels(service).inc(count)
    if failed:
        _FAILED.labels(service).inc(failed)
    _AGE.labels(service).set(oldest_seconds)
