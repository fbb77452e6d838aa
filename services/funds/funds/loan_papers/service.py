"""Facts of papers, gathered from what is recorded of a loan."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds import rates
from funds.committees import queries as committees
from funds.documents.facts import (
    ContractFacts,
    DemandLetterFacts,
    FundFacts,
    LoanMovement,
    Overdue,
    Party,
    ReceiptFacts,
    Share,
    StatementFacts,
)
from funds.documents.places import place
from funds.loan_papers import queries, rules
from funds.loan_papers.errors import LoanFrozen, NoSuchGuarantor, NothingOverdue, PayByInThePast
from funds.loan_papers.schemas import LetterAsked
from funds.loans import queries as loans
from funds.loans.errors import LoanNotFound
from funds.loans.rules import State
from funds.loans.terms import schedule_terms
from funds.products.rules import Due
from funds.registry import service as registry
from funds.repayments import queries as repayments
from funds.repayments.errors import RepaymentNotFound
from funds.schedules.rules import Row
from shared import audit
from shared.clock import business_date
from shared.security import Principal

_CHANNELS = {"cash": "เงินสด", "bank": "โอนเข้าบัญชีกองทุน"}


async def contract(
    session: AsyncSession, *, loan_id: UUID, principal: Principal, now: datetime
) -> ContractFacts:
    """Return the facts of a loan's contract; leaves an audit row. Raises LoanNotFound."""
    loan = await _loan(session, loan_id, paper="contract", principal=principal, now=now)
    words = loan["terms"]
    agreed = schedule_terms(words)
    fund = await _fund(session, loan["fund_id"], principal=principal, on=loan["contract_date"])
    parts = await queries.shares(session, loan_id)
    allocation = [Due(one) for one in words["repayment"]["allocation_order"]]
    return ContractFacts(
        fund=fund,
        contract_no=loan["contract_no"],
        signed_on=loan["contract_date"],
        borrower=_borrower(loan),
        principal=loan["principal"],
        annual_rate=agreed.annual_rate,
        purpose=await queries.purpose(session, loan_id) or "ประกอบอาชีพ",
        rows=_rows(await queries.whole_schedule(session, loan_id)),
        instalments=agreed.instalments,
        penalty_rate=rates.rate(words["repayment"]["penalty_rate"]),
        shares=[Share(name=part["name"], amount=part["amount"]) for part in parts],
        guarantors=[Party(name=name) for name in await queries.guarantors(session, loan_id)],
        conventions=rules.conventions(agreed, allocation),
    )


async def receipt(
    session: AsyncSession, *, repayment_id: UUID, principal: Principal, now: datetime
) -> ReceiptFacts:
    """Return the facts of a repayment's receipt; leaves an audit row. Raises RepaymentNotFound."""
    paid = await repayments.one(session, repayment_id, areas=principal.areas)
    if paid is None:
        raise RepaymentNotFound
    loan = await _loan(session, paid["loan_id"], paper="receipt", principal=principal, now=now)
    fund = await _fund(session, paid["fund_id"], principal=principal, on=paid["paid_on"])
    following = None if paid["reversed_on"] else await queries.next_due(session, paid["loan_id"])
    return ReceiptFacts(
        fund=fund,
        receipt_no=paid["receipt_no"],
        paid_on=paid["paid_on"],
        contract_no=loan["contract_no"],
        payer=_answering(loan, on=paid["paid_on"]).name,
        penalty=paid["penalty"],
        interest=paid["interest"],
        principal=paid["principal"],
        advance=paid["advance"],
        outstanding=await _owed_after(session, loan, paid),
        channel=_CHANNELS[paid["channel"]],
        received_by=await _name(session, paid["fund_id"], paid["recorded_by"], on=paid["paid_on"]),
        next_due_on=None if following is None else following["due_on"],
        next_due=0 if following is None else following["due"],
        reversed_on=paid["reversed_on"],
    )


async def statement(
    session: AsyncSession, *, loan_id: UUID, since: date | None, until: date | None, principal: Principal,
    now: datetime,
) -> StatementFacts:  # fmt: skip
    """Return the facts of a loan's statement; leaves an audit row. Raises LoanNotFound."""
    loan = await _loan(session, loan_id, paper="statement", principal=principal, now=now)
    first, last = since or loan["contract_date"], until or business_date(now)
    booked = await queries.movements(session, fund_id=loan["fund_id"], loan_id=loan_id, until=last)
    before = [row for row in booked if row["business_date"] < first]
    opening = before[-1]["balance"] if before else 0
    return StatementFacts(
        fund=await _fund(session, loan["fund_id"], principal=principal, on=last),
        holder=_borrower(loan).name,
        account=f"เงินกู้ สัญญาเลขที่ {loan['contract_no']}",
        since=first,
        until=last,
        opening=opening,
        movements=[
            LoanMovement(
                on=row["business_date"],
                document=row["document_no"],
                text=rules.movement(row["kind"]),
                **{name: row[name] for name in _MOVED},
            )
            for row in booked[len(before) :]
        ],
        closing=booked[-1]["balance"] if booked else 0,
        advance=booked[-1]["ahead"] if booked else 0,
        made_on=business_date(now),
    )


_MOVED = ("paid_in", "paid_out", "principal", "interest", "penalty", "advance", "balance")


async def demand_letter(
    session: AsyncSession, *, loan_id: UUID, asked: LetterAsked, principal: Principal, now: datetime
) -> DemandLetterFacts:
    """Return the facts of a letter that asks for what is overdue today; leaves an audit row.

    It goes to the borrower or, after her death, to who answers for the debt; else to the guarantor asked for.
    Raises LoanNotFound, LoanFrozen, NothingOverdue, NoSuchGuarantor, PayByInThePast.
    """
    today = business_date(now)
    if asked.pay_by < today:
        raise PayByInThePast(pointer="?pay_by")
    loan = await _loan(session, loan_id, paper="demand_letter", principal=principal, now=now)
    if loan["state"] == State.FROZEN.value:
        raise LoanFrozen
    late = await queries.overdue(session, loan_id, day=today)
    if not late:
        raise NothingOverdue
    to, answers_as = _answering(loan), loan["answerable_as"] or ""
    if asked.guarantor is not None:
        names = await queries.guarantors(session, loan_id)
        if asked.guarantor > len(names):
            raise NoSuchGuarantor(pointer="?guarantor")
        to, answers_as = Party(name=names[asked.guarantor - 1]), ""
    fund = await _fund(session, loan["fund_id"], principal=principal, on=today)
    return DemandLetterFacts(
        fund=fund,
        letter_no=asked.letter_no,
        written_on=today,
        to=to,
        contract_no=loan["contract_no"],
        contract_date=loan["contract_date"],
        principal=loan["principal"],
        outstanding=loan["outstanding"] + loan["written_off"] - loan["recovered"],
        overdue=[Overdue(number=row["number"], **{name: row[name] for name in _OVERDUE}) for row in late],
        days_late=(today - late[0]["due_on"]).days,
        pay_by=asked.pay_by,
        contact=asked.contact or f"คณะกรรมการ {fund.name}",
        as_guarantor=asked.guarantor is not None,
        borrower=_borrower(loan).name,
        answers_as=answers_as,
    )


_OVERDUE = ("due_on", "principal", "interest", "penalty")


async def _loan(
    session: AsyncSession, loan_id: UUID, *, paper: str, principal: Principal, now: datetime
) -> Mapping[str, Any]:
    loan = await loans.loan(session, loan_id, areas=principal.areas)
    if loan is None:
        raise LoanNotFound
    await audit.record(
        session, principal=principal, action=f"loan_paper.{paper}", subjects=[loan_id], now=now
    )
    return dict(loan)


async def _fund(session: AsyncSession, fund_id: UUID, *, principal: Principal, on: date) -> FundFacts:
    fund = await registry.require(session, fund_id, principal=principal, active=False)
    committee = await committees.in_office(session, fund_id, on=on)
    chairs = [one["display_name"] for one in committee if one["role"] == "chair"]
    return FundFacts(name=fund.name_th, place=place(fund.area_code), signer=next(iter(chairs), ""))


async def _name(session: AsyncSession, fund_id: UUID, subject: str, *, on: date) -> str:
    """Return the name of who is on the committee on a day under this user id; nothing for others."""
    members = await committees.in_office(session, fund_id, on=on)
    return next((one["display_name"] for one in members if one["subject"] == subject), "")


async def _owed_after(session: AsyncSession, loan: Mapping[str, Any], paid: Mapping[str, Any]) -> int:
    """Return the principal owed after a receipt: what was written off is owed all the same."""
    if not paid["recovery"]:
        return int(paid["outstanding"])
    return int(loan["written_off"]) - await queries.recovered(session, loan["id"], paid["id"])


def _borrower(loan: Mapping[str, Any]) -> Party:
    return Party(name=loan["borrower_name"] or "ครัวเรือนเป้าหมาย")


def _answering(loan: Mapping[str, Any], *, on: date = date.max) -> Party:
    """Return who answers for the loan on a day: after the borrower's death whoever was named."""
    since = loan["answerable_since"]
    return _borrower(loan) if since is None or on < since else Party(name=loan["answerable"])


def _rows(instalments: Sequence[Mapping[str, Any]]) -> list[Row]:
    rows, left = [], sum(one["principal"] for one in instalments)
    for one in instalments:
        left -= one["principal"]
        parts = (one["principal"], one["interest"], one["principal"] + one["interest"])
        rows.append(Row(one["number"], one["due_on"], *parts, left))
    return rows
