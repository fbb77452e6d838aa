"""Editions of the 18 indicators for tests; the official wording was not found, so these are made up."""

from collections.abc import Sequence
from typing import Any

CODES = [f"G.{number}" for number in range(1, 19)]


def an_edition(
    *,
    version: int = 2,
    items: int = 18,
    cuts: Sequence[int] = (0, 10, 15),
    mandatory: Sequence[str] = (),
    **changes: Any,
) -> dict[str, Any]:
    """Return a complete edition of KKK_GOVERNANCE_18 as JSON, with made-up items and cut-offs."""
    title = {"th": "ตัวชี้วัด", "en": "indicator"}
    codes = [f"G.{number}" for number in range(1, items + 1)]
    return {
        "code": "KKK_GOVERNANCE_18",
        "version": version,
        "title": title,
        "scoring": {"method": "count"},
        "scale": [{"value": 0, "title": title}, {"value": 1, "title": title}],
        "groups": [
            {
                "code": "G",
                "title": title,
                "items": [{"code": one, "title": title, "mandatory": one in mandatory} for one in codes],
            }
        ],
        "levels": [
            {"code": str(number), "title": title, "least": least} for number, least in enumerate(cuts, 1)
        ],
        "source": ["made up for tests"],
        "confidence": "low",
        **changes,
    }
