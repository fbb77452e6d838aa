"""Bank accounts registered, corrected and closed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.bank_accounts import banks, queries
from funds.bank_accounts.errors import BankAccountNotFound, ClosedBeforeOpened, UnknownBank
from funds.bank_accounts.models import FundBankAccount
from funds.bank_accounts.schemas import BankAccountChange, NewBankAccount
from funds.registry import service as registry
from shared import audit, etags
from shared.ids import uuid7
from shared.rows import insert_row, update_row
from shared.security import Principal

_TABLE = FundBankAccount.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it


async def register(
    session: AsyncSession, *, fund_id: UUID, new: NewBankAccount, actor: Principal, now: datetime
) -> UUID:
    """Register an account of a fund; returns its id.

    Raises FundNotFound, FundNotActive, UnknownBank, DateInFuture and, by its constraint, BankAccountTaken.
    """
    fund = await registry.require(session, fund_id, principal=actor)
    if new.bank_code not in banks.names():
        raise UnknownBank(pointer="/bank_code")
    registry.not_in_future(new.opened_on, "/opened_on", now=now)
    account_id = new.id or uuid7()
    await insert_row(
        session,
        _TABLE,
        **new.model_dump(exclude={"id"}),
        id=account_id,
        fund_id=fund_id,
        area_code=fund.area_code,
        created_at=now,
        updated_at=now,
    )
    await audit.record(
        session, principal=actor, action="fund_bank_account.register", subjects=[fund_id, account_id], now=now
    )
    return account_id


async def change(
    session: AsyncSession,
    *,
    fund_id: UUID,
    account_id: UUID,
    patch: BankAccountChange,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> None:
    """Correct an account or close it.

    Raises FundNotFound, BankAccountNotFound, StaleVersion, DateInFuture, ClosedBeforeOpened, and
    BankAccountTaken where it is opened again and belongs to another fund by now.
    """
    await registry.require(session, fund_id, principal=actor, active=False)
    before = await queries.one(session, fund_id=fund_id, account_id=account_id, lock=True)
    if before is None:
        raise BankAccountNotFound
    etags.check(if_match, before["version"])
    values = patch.model_dump(exclude_unset=True)
    after = {**before, **values}
    for name in ("opened_on", "closed_on"):
        registry.not_in_future(after[name], f"/{name}", now=now)
    if after["opened_on"] and after["closed_on"] and after["closed_on"] < after["opened_on"]:
        raise ClosedBeforeOpened(pointer="/closed_on")
    await update_row(session, _TABLE, account_id, **values, version=before["version"] + 1, updated_at=now)
    await audit.record(
        session,
        principal=actor,
        action="fund_bank_account.change",
        subjects=[fund_id, account_id],
        now=now,
        detail={"fields": sorted(values)},
    )
