"""Bank accounts of funds over HTTP."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from fastapi import Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.bank_accounts import banks, queries, service
from funds.bank_accounts.errors import BankAccountNotFound, BankAccountTaken, ClosedBeforeOpened, UnknownBank
from funds.bank_accounts.rules import masked
from funds.bank_accounts.schemas import BankAccountChange, BankAccountOut, BankList, NewBankAccount
from funds.permissions import FundReader, FundWriter
from funds.registry import service as registry
from funds.registry.errors import DateInFuture, FundNotActive, FundNotFound
from shared import clock, etags, paging, problems, web
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor, StaleVersion, VersionRequired
from shared.security import Principal

router = web.router(tags=["fund bank accounts"])


@router.get("/funds/banks", summary="Banks (รายชื่อธนาคาร)")
async def list_banks(principal: FundReader) -> BankList:
    """List the banks that a fund may have an account with. รายชื่อธนาคารและรหัส."""
    del principal
    return BankList.model_validate(
        {
            **{name: banks.shipped()[name] for name in ("source", "confidence", "as_of")},
            "items": [{"code": code, "name": name} for code, name in banks.names().items()],
        }
    )


@router.get(
    "/funds/{fund_id}/bank-accounts",
    response_model=paging.Page[BankAccountOut],
    responses=problems.responses(FundNotFound, InvalidCursor),
    summary="Bank accounts of a fund (บัญชีเงินฝากธนาคาร)",
)
async def list_fund_bank_accounts(
    session: ReadSession, principal: FundReader, fund_id: UUID, page: paging.PageParams
) -> Response:
    """List a fund's accounts, closed ones too; numbers in full only with `funds:write`. รายการบัญชีธนาคาร."""
    await registry.require(session, fund_id, principal=principal, active=False)
    after = page.place(UUID)
    rows = await queries.page(session, fund_id=fund_id, after=after, limit=page.fetch)
    total = await queries.count(session, fund_id=fund_id) if page.count else None
    return paging.page(page, rows, key=("id",), shape=partial(_shown, principal=principal), total=total)


@router.post(
    "/funds/{fund_id}/bank-accounts",
    status_code=status.HTTP_201_CREATED,
    response_model=BankAccountOut,
    responses=problems.responses(FundNotFound, FundNotActive, UnknownBank, BankAccountTaken, DateInFuture),
    summary="Register a bank account (เพิ่มบัญชีธนาคาร)",
)
async def register_fund_bank_account(
    session: Session, principal: FundWriter, fund_id: UUID, body: NewBankAccount
) -> Response:
    """Register an account; it belongs to one fund at a time. เพิ่มบัญชีธนาคารของกองทุน."""
    account_id = await service.register(session, fund_id=fund_id, new=body, actor=principal, now=clock.now())
    response = await _answer(session, fund_id, account_id, principal)
    response.status_code = status.HTTP_201_CREATED
    response.headers["Location"] = f"/v1/funds/{fund_id}/bank-accounts/{account_id}"
    return response


@router.get(
    "/funds/{fund_id}/bank-accounts/{account_id}",
    response_model=BankAccountOut,
    responses=problems.responses(FundNotFound, BankAccountNotFound),
    summary="One bank account (ข้อมูลบัญชีธนาคาร)",
)
async def read_fund_bank_account(
    session: ReadSession, principal: FundReader, fund_id: UUID, account_id: UUID
) -> Response:
    """Return an account; its number in full only with `funds:write`. ข้อมูลบัญชีธนาคาร."""
    await registry.require(session, fund_id, principal=principal, active=False)
    return await _answer(session, fund_id, account_id, principal)


@router.patch(
    "/funds/{fund_id}/bank-accounts/{account_id}",
    response_model=BankAccountOut,
    responses=problems.responses(
        FundNotFound,
        BankAccountNotFound,
        BankAccountTaken,
        DateInFuture,
        ClosedBeforeOpened,
        StaleVersion,
        VersionRequired,
    ),
    summary="Correct or close a bank account (แก้ไขหรือปิดบัญชีธนาคาร)",
)
async def change_fund_bank_account(
    session: Session,
    principal: FundWriter,
    fund_id: UUID,
    account_id: UUID,
    if_match: etags.IfMatch,
    body: BankAccountChange,
) -> Response:
    """Correct an account's name, branch or days; another number is another account. แก้ไขหรือปิดบัญชี."""
    await service.change(
        session,
        fund_id=fund_id,
        account_id=account_id,
        patch=body,
        if_match=if_match,
        actor=principal,
        now=clock.now(),
    )
    return await _answer(session, fund_id, account_id, principal)


async def _answer(session: AsyncSession, fund_id: UUID, account_id: UUID, principal: Principal) -> Response:
    row = await queries.one(session, fund_id=fund_id, account_id=account_id)
    if row is None:
        raise BankAccountNotFound
    headers = {"ETag": etags.of(row["version"])}
    body = paging.json_bytes(_shown(row, principal))
    return Response(body, media_type="application/json", headers=headers)


def _shown(row: Mapping[str, Any], principal: Principal) -> dict[str, Any]:
    """Return an account as `BankAccountOut` says it to this caller."""
    number = row["account_no"] if principal.may("funds:write") else masked(row["account_no"])
    return {**row, "account_no": number, "bank": banks.names()[row["bank_code"]]}
