"""The one place that reads a clock: routes and workers call it, everything below is handed `now`."""

from datetime import UTC, date, datetime, timedelta, timezone

BANGKOK = timezone(timedelta(hours=7), "Asia/Bangkok")
"""Thailand has had no daylight saving time since 1920, so the zone is a fixed offset."""


def now() -> datetime:
    """Return this moment, aware, in UTC."""
    return datetime.now(UTC)


def business_date(now: datetime) -> date:
    """Return the business day in Thailand of an aware moment."""
    return now.astimezone(BANGKOK).date()
