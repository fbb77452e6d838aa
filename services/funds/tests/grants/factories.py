"""Grants as the services pay them, for tests: `from tests.grants.factories import a_grant`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.capital.rules import HeldAs
from funds.grants import service as grants
from funds.grants.schemas import NewGrant
from funds.registry.rules import FundFacts
from shared.ids import uuid7
from shared.security import Principal
from tests.factories import NOW, OFFICER, an_approved_application


async def a_grant(
    session: AsyncSession,
    fund: FundFacts,
    *,
    amount: int = 2_000_000,
    paid_from: HeldAs = HeldAs.BANK,
    paid_by: Principal = OFFICER,
    now: datetime = NOW,
    **changes: Any,
) -> UUID:
    """Pay out a grant of an application like `an_approved_application`; returns its id."""
    application_id = await an_approved_application(
        session, fund, product="WOMENS_GRANT", amount=amount, now=now, **changes
    )
    new = NewGrant(application_id=application_id, document_no=f"บจ {uuid7()}", paid_from=paid_from)
    return await grants.pay(session, new=new, actor=paid_by, now=now)
