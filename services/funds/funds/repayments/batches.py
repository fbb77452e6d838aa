"""Receipts of a phone that had no signal: each is recorded for itself, and repeating them doubles nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from funds.ledger.errors import CONSTRAINTS as LEDGER
from funds.repayments import service
from funds.repayments.errors import CONSTRAINTS
from funds.repayments.schemas import BatchItem, BatchOut, BatchProblem, BatchResult, NewBatch
from shared import problems
from shared.db import Database
from shared.errors import InvalidRequest, Refusal
from shared.ids import uuid7
from shared.schemas import Text
from shared.security import Principal


async def record(database: Database, *, batch: NewBatch, actor: Principal, now: datetime) -> BatchOut:
    """Record each item in a transaction of its own, in the order given; a refused one loses no other."""
    batch_id = batch.id or uuid7()
    results = [
        await _one(database, index, item, batch_id=batch_id, actor=actor, now=now)
        for index, item in enumerate(batch.items)
    ]
    outcomes = [result.outcome for result in results]
    return BatchOut(
        id=batch_id,
        recorded=outcomes.count("recorded"),
        repeated=outcomes.count("repeated"),
        refused=outcomes.count("refused"),
        results=results,
    )


async def _one(
    database: Database, index: int, item: Any, *, batch_id: UUID, actor: Principal, now: datetime
) -> BatchResult:
    receipt_no = item.get("receipt_no") if isinstance(item, Mapping) else None
    result = BatchResult(
        index=index,
        id=None,
        receipt_no=receipt_no if isinstance(receipt_no, str) else None,
        outcome="refused",
    )
    try:
        new = BatchItem.model_validate(item)
        result.id = new.id
        async with database.transaction() as session:
            recorded = await service.record(session, new=new, actor=actor, now=now, batch_id=batch_id)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        located = [{**one, "loc": ("body", *one["loc"])} for one in found]
        result.problem = _problem(InvalidRequest(errors=problems.field_errors(located)))
    except Exception as error:  # noqa: BLE001  # whatever it is, the other receipts are not lost by it
        result.problem = _problem(problems.to_refusal(error, constraints={**LEDGER, **CONSTRAINTS}))
    else:
        result.outcome = "repeated" if recorded.repeated else "recorded"
    return result


def _problem(refusal: Refusal) -> BatchProblem:
    return BatchProblem(
        status=refusal.status,
        code=refusal.code,
        title=Text(th=refusal.title_th, en=refusal.title_en),
        detail=Text(th=refusal.detail_th, en=refusal.detail_en) if refusal.detail_th else None,
        errors=[{"pointer": error.pointer, "code": error.code} for error in refusal.errors],
    )
