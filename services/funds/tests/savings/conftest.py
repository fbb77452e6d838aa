"""A savings group with three members, its treasurer and the person who decides."""

from typing import Any

import pytest

from shared.db import Database
from shared.testing.caller import Caller
from tests.factories import a_fund, a_member


@pytest.fixture
def keeper(officer: Caller) -> Caller:
    """Call as the treasurer of the groups."""
    return officer.may("savings:read", "savings:write", "ledgers:read")


@pytest.fixture
def approver(keeper: Caller) -> Caller:
    """Call as another person, who decides."""
    return keeper.may("funds:approve").named("user:approver")


@pytest.fixture
async def group(database: Database) -> dict[str, Any]:
    """Make a savings group of three members."""
    async with database.transaction() as session:
        fund = await a_fund(session, kind="savings", area_code="34190104")
        people = [str((await a_member(session, fund)).id) for _ in range(3)]
    return {"path": f"/v1/savings/{fund.id}", "fund_id": fund.id, "people": people}
