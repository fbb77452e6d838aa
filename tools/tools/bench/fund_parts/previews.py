"""Schedule previews over HTTP: a service of its own process, one connection, one preview at a time.

The time is from the first byte of the request to the last of the answer; each row of the table a convention.
"Bare" is the same request for one instalment: what an answer costs without a schedule.
"""

from typing import Any

import orjson
from rich.table import Table

from shared.testing.identity import TestIssuer
from tools.bench import lists, load
from tools.bench.funds import Home

ROWS, LIMIT, SECONDS = 360, 5.0, 5.0
LOAN: dict[str, Any] = {
    "principal": "200000.00",
    "disbursed_on": "2026-01-31",
    "annual_rate": "6.75",
    "method": "equal_instalment",
    "instalments": ROWS,
}
CASES: dict[str, dict[str, Any]] = {
    "bare: one row": {"instalments": 1},
    "PMT": {},
    "ACT/365": {"day_count": "ACT/365"},
    "ACT/ACT, level by days": {"day_count": "ACT/ACT", "level_from": "actual_days"},
    "30/360, nearest last one": {"day_count": "30/360", "last_instalment": "nearest"},
    "flat": {"method": "flat"},
    "flat by the sum of digits": {"method": "flat", "flat_split": "sum_of_digits"},
    "off holidays": {"holiday_rule": "following"},
}


async def run(home: Home, table: Table) -> None:
    """Measure each kind of preview."""
    issuer = TestIssuer.new()
    async with lists.process("funds", home.dsn, home.secrets, issuer) as server:
        for name, changes in CASES.items():
            body = orjson.dumps({**LOAN, **changes})
            token = issuer.token("funds", scopes=("funds:read",), areas=("34",), sub="user:bench")
            requests = load.repeat(load.post("/v1/loan-schedules/preview", body, token=token))
            await load.closed_loop(server.port, requests, connections=1, seconds=1.0)  # warms up
            outcome = await load.closed_loop(server.port, requests, connections=1, seconds=SECONDS)
            if outcome.refused:
                raise RuntimeError(outcome.last.decode())
            middle, late = outcome.percentile(50), outcome.percentile(99)
            kept = "kept" if middle < LIMIT else "MISSED"
            table.add_row(name, f"p50 {middle:.1f} ms, p99 {late:.1f} ms", f"< {LIMIT:.0f} ms", kept)
