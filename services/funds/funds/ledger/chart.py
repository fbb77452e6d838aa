"""The chart of accounts (ผังบัญชี): which accounts a kind of fund keeps, and what they are called.

Data of `data/chart.json`, dated and with its source; the database holds no copy, codes are enough there.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import orjson

from funds.ledger.rules import Account, AccountType, account_type


@dataclass(frozen=True, slots=True)
class ChartAccount:
    """One account of the chart; `control` says whose each line is: `loan`, `member` or nobody's."""

    code: Account
    name_th: str
    name_en: str
    control: str | None
    kinds: frozenset[str]
    """Kinds of funds that keep it; none is all of them."""

    @property
    def type(self) -> AccountType:
        """Return what the account is."""
        return account_type(self.code)


@cache
def chart(kind: str | None = None) -> dict[str, ChartAccount]:
    """Return the accounts that funds of a kind keep, by code and in its order; without a kind all."""
    data = orjson.loads(files("funds.ledger").joinpath("data/chart.json").read_bytes())
    accounts = [
        ChartAccount(
            code=Account(one["code"]),
            name_th=one["th"],
            name_en=one["en"],
            control=one.get("control"),
            kinds=frozenset(one.get("kinds", ())),
        )
        for one in data["accounts"]
    ]
    return {one.code.value: one for one in accounts if kind is None or not one.kinds or kind in one.kinds}
