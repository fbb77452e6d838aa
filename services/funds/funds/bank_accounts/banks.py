"""The banks that a fund may have an account with: reference data, shipped with the service."""

from functools import cache
from importlib.resources import files
from typing import Any

import orjson


@cache
def shipped() -> dict[str, Any]:
    """Return the shipped list: `source`, `confidence`, `as_of` and `banks` with `code`, `th`, `en`."""
    found: dict[str, Any] = orjson.loads(
        files("funds.bank_accounts").joinpath("data/banks.json").read_bytes()
    )
    return found


@cache
def names() -> dict[str, dict[str, str]]:
    """Return the banks' names in both languages by their codes."""
    return {bank["code"]: {"th": bank["th"], "en": bank["en"]} for bank in shipped()["banks"]}
