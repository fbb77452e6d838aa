"""Papers of loans over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from funds.documents import responses
from funds.documents.contract import contract
from funds.documents.letter import demand_letter
from funds.documents.receipt import receipt
from funds.documents.statement import statement
from funds.loan_papers import service
from funds.loan_papers.errors import LoanFrozen, NoSuchGuarantor, NothingOverdue, PayByInThePast
from funds.loan_papers.schemas import LetterAsked
from funds.loans.errors import LoanNotFound
from funds.permissions import LoanReader
from funds.repayments.errors import RepaymentNotFound
from shared import clock, problems, web
from shared.db import Session
from shared.schemas import Day

router = web.router(tags=["loan papers"])


@router.get(
    "/loans/{loan_id}/contract.pdf",
    response_class=Response,
    responses={**responses.described(), **problems.responses(LoanNotFound)},
    summary="The contract of a loan (สัญญากู้ยืมเงิน)",
)
async def download_loan_contract(session: Session, principal: LoanReader, loan_id: UUID) -> Response:
    """Give the contract with the schedule first agreed on, to be signed; leaves an audit row.

    สัญญากู้พร้อมตารางผ่อนชำระฉบับแรก สำหรับลงนาม
    """
    facts = await service.contract(session, loan_id=loan_id, principal=principal, now=clock.now())
    return await responses.pdf(contract, facts, name=f"สัญญา {facts.contract_no}")


@router.get(
    "/loans/{loan_id}/statement.pdf",
    response_class=Response,
    responses={**responses.described(), **problems.responses(LoanNotFound)},
    summary="The statement of a loan (รายการเดินบัญชีเงินกู้)",
)
async def download_loan_statement(
    session: Session,
    principal: LoanReader,
    loan_id: UUID,
    since: Annotated[Day | None, Query(description="First day; without it the contract's")] = None,
    until: Annotated[Day | None, Query(description="Last day; without it today")] = None,
) -> Response:
    """Give what was paid out and came in on a loan, as booked; leaves an audit row.

    Each receipt by its principal, interest, penalty and what is kept ahead; reversals are shown as such.

    รายการจ่ายและรับชำระของสัญญาตามที่ลงบัญชี
    """
    facts = await service.statement(
        session, loan_id=loan_id, since=since, until=until, principal=principal, now=clock.now()
    )
    return await responses.pdf(statement, facts, name="รายการเดินบัญชี")


@router.get(
    "/loans/{loan_id}/demand-letter.pdf",
    response_class=Response,
    responses={
        **responses.described(),
        **problems.responses(LoanNotFound, LoanFrozen, NothingOverdue, NoSuchGuarantor, PayByInThePast),
    },
    summary="A letter that asks for what is overdue (หนังสือทวงถาม)",
)
async def download_demand_letter(
    session: Session, principal: LoanReader, loan_id: UUID, asked: Annotated[LetterAsked, Query()]
) -> Response:
    """Give a demand letter to the borrower or a guarantor, as of today; leaves an audit row.

    After a borrower's death it goes to who answers for the debt. ผู้กู้ถึงแก่กรรมแล้ว ส่งถึงผู้รับผิดชอบหนี้แทน
    """
    facts = await service.demand_letter(
        session, loan_id=loan_id, asked=asked, principal=principal, now=clock.now()
    )
    return await responses.pdf(demand_letter, facts, name=f"หนังสือทวงถาม {facts.letter_no}")


@router.get(
    "/repayments/{repayment_id}/receipt.pdf",
    response_class=Response,
    responses={**responses.described(), **problems.responses(RepaymentNotFound)},
    summary="The receipt of a repayment (ใบเสร็จรับเงิน)",
)
async def download_receipt(session: Session, principal: LoanReader, repayment_id: UUID) -> Response:
    """Give a receipt; that of a repayment taken back says so across; leaves an audit row.

    ใบเสร็จรับเงิน ใบที่กลับรายการแล้วมีข้อความกำกับ
    """
    facts = await service.receipt(session, repayment_id=repayment_id, principal=principal, now=clock.now())
    return await responses.pdf(receipt, facts, name=f"ใบเสร็จ {facts.receipt_no}")
