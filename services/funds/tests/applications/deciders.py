"""Decisions taken by whoever sits where the application waits."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications import deciding, queries
from funds.applications.decision_schemas import NewDecision
from funds.products.rules import StepLevel
from shared.security import Principal
from tests.factories import NOW, body_of


async def decide(
    session: AsyncSession, application_id: UUID, decision: str, by: Principal, **words: Any
) -> None:
    """Let somebody decide with minutes, given the area of the body whose turn it is.

    `decide_as` takes her own areas, and says nothing by itself.
    """
    row = await found(session, application_id)
    level = StepLevel(row["next_level"] or StepLevel.PROVINCE)
    seated = replace(by, areas=(body_of(row["area_code"], level),))
    if "decided_on" not in words and "meeting_id" not in words:
        words = {"minutes": {"number": "3/2569", "held_on": "2026-01-14"}, **words}
    await decide_as(session, application_id, decision, seated, **words)


async def decide_as(
    session: AsyncSession, application_id: UUID, decision: str, by: Principal, **words: Any
) -> None:
    """Let somebody decide as who she is."""
    new = NewDecision.model_validate({"decision": decision, **words})
    await deciding.decide(session, if_match="*", application_id=application_id, new=new, actor=by, now=NOW)


async def found(session: AsyncSession, application_id: UUID) -> asyncpg.Record:
    """Return an application whole."""
    row = await queries.one(session, application_id, areas=("",))
    assert row is not None
    return row
