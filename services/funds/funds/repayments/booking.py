"""How repayments and what follows from them are posted and stored."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import service as ledger
from funds.ledger.rules import Entry, JournalKind
from funds.ledger.service import Posted
from funds.loans.events import LoanClosed
from funds.loans.rules import Channel, ClosedBecause, LoanFacts, State, band
from funds.loans.service import subject
from funds.repayments import rules
from funds.repayments.allocating import Outcome
from funds.repayments.events import LoanRepaid
from funds.repayments.rules import Receipt, Split
from funds.repayments.schemas import NewRepayment
from shared import audit, outbox
from shared.ids import uuid7
from shared.rows import Row, insert
from shared.security import Principal

SYSTEM: Final = "system:funds"
"""Who uses an advance when an instalment falls due."""


class Slip(NamedTuple):
    """A receipt as it was asked to be recorded, and who of a group brought what."""

    new: NewRepayment
    receipt: Receipt
    batch_id: UUID | None
    parts: dict[UUID, int]

    @property
    def id(self) -> UUID:
        """Return the repayment's id."""
        assert self.receipt.id is not None  # noqa: S101  # every new one has an id
        return self.receipt.id

    @property
    def booked_on(self) -> date:
        """Return the business date of the entry."""
        return self.new.booked_on or self.receipt.on


@dataclass(frozen=True, slots=True)
class Beside:
    """What is booked on a loan beside its repayments."""

    kind: str
    on: date
    id: UUID | None = None
    repayment_id: UUID | None = None
    document_no: str | None = None
    channel: Channel | None = None


async def book(
    session: AsyncSession,
    loan: LoanFacts,
    slip: Slip,
    *,
    outcome: Outcome,
    closed: bool,
    actor: Principal,
    now: datetime,
) -> None:
    """Post a repayment and what it moved of the others; store its row, its parts, its events."""
    moved = Beside("reallocation", slip.booked_on, id=uuid7(), repayment_id=slip.id)
    entries = [_received(loan, slip, outcome.paid.split)]
    if any(outcome.moved):
        entries.append(_beside(loan, outcome.moved, moved))
    posted = await ledger.post_many(session, fund_id=loan.fund_id, entries=entries, actor=actor, now=now)
    rows = [_row(loan, slip, outcome, posted[0], actor=actor.subject, now=now)]
    rows += [
        Row("repayment_parts", {"repayment_id": slip.id, "member_id": member, "amount": amount})
        for member, amount in slip.parts.items()
    ]
    if any(outcome.moved):
        rows.append(_entry_row(loan, outcome.moved, moved, posted[1], actor=actor.subject, now=now))
    fact = LoanRepaid.model_construct(
        loan_id=loan.id,
        fund_id=loan.fund_id,
        area_code=loan.area_code,
        paid_on=slip.receipt.on,
        amount_band=band(slip.new.amount),
    )
    rows.append(outbox.row(fact, subject=loan.id, sequence=loan.version + 1, now=now))
    if closed:
        rows.append(_closed(loan, on=max(slip.receipt.on, loan.last_paid_on or slip.receipt.on), now=now))
    about = [loan.id, slip.id]
    rows.append(audit.row(principal=actor, action="repayment.record", subjects=about, now=now))
    await insert(session, *rows)
    outbox.announce(session)


async def book_beside(
    session: AsyncSession,
    loan: LoanFacts,
    split: Split,
    *,
    about: Beside,
    closed: bool,
    actor: Principal | str,
    now: datetime,
) -> UUID:
    """Post and store what is booked on a loan beside its repayments; returns the entry's id."""
    about = about if about.id is not None else _with_id(about)
    posted = await ledger.post(
        session, fund_id=loan.fund_id, entry=_beside(loan, split, about), actor=actor, now=now
    )
    rows = [_entry_row(loan, split, about, posted, actor=subject(actor), now=now)]
    if closed:
        rows.append(_closed(loan, on=about.on, now=now))
    if isinstance(actor, Principal):
        action = f"loan.{about.kind}"
        rows.append(audit.row(principal=actor, action=action, subjects=[loan.id], now=now))
    await insert(session, *rows)
    outbox.announce(session)
    assert about.id is not None  # noqa: S101  # it has one by now
    return about.id


def _with_id(about: Beside) -> Beside:
    return Beside(about.kind, about.on, uuid7(), about.repayment_id, about.document_no, about.channel)


def _received(loan: LoanFacts, slip: Slip, split: Split) -> Entry:
    recovery = loan.state is State.WRITTEN_OFF
    return Entry(
        kind=JournalKind.RECOVERY if recovery else JournalKind.REPAYMENT,
        document_kind="repayment",
        document_id=slip.id,
        business_date=slip.booked_on,
        value_date=slip.receipt.on,
        document_no=slip.new.receipt_no,
        memo=slip.new.note,
        lines=[
            rules.money(slip.new.amount, slip.new.channel),
            *rules.lines(split, loan_id=loan.id, recovery=recovery),
        ],
    )


def _beside(loan: LoanFacts, split: Split, about: Beside) -> Entry:
    """Return the entry of an advance used or given back, or of what others of its receipts pay now.

    What is moved counts to the kind of what it is moved of, so that sums of repaid principal stay right.
    """
    recovery = loan.written_off > 0
    moved = JournalKind.RECOVERY if recovery else JournalKind.REPAYMENT
    lines = rules.lines(split, loan_id=loan.id, recovery=recovery)
    if about.channel is not None:
        lines.append(rules.money(split.advance, about.channel))
    assert about.id is not None  # noqa: S101  # the caller gave one
    return Entry(
        kind=moved if about.kind == "reallocation" else JournalKind.ADVANCE,
        document_kind=f"loan_{about.kind}",
        document_id=about.id,
        business_date=about.on,
        document_no=about.document_no,
        lines=lines,
    )


def _row(loan: LoanFacts, slip: Slip, outcome: Outcome, posted: Posted, *, actor: str, now: datetime) -> Row:
    split, recovery = outcome.paid.split, loan.state is State.WRITTEN_OFF
    principal = 0 if recovery else split.principal + outcome.moved.principal
    values: dict[str, Any] = {
        "id": slip.id,
        "loan_id": loan.id,
        "fund_id": loan.fund_id,
        "area_code": loan.area_code,
        "receipt_no": slip.new.receipt_no,
        "paid_on": slip.receipt.on,
        "booked_on": slip.booked_on,
        "amount": slip.new.amount,
        "channel": slip.new.channel.value,
        "early": slip.receipt.early.value,
        "recovery": recovery,
        **split._asdict(),
        "outstanding": loan.outstanding - principal,
        "allocation": orjson.dumps([part._asdict() for part in outcome.paid.parts]).decode(),
        "base_no": loan.base_no,
        "batch_id": slip.batch_id,
        "note": slip.new.note,
        "journal_id": posted.journal_id,
        "journal_number": posted.number,
        "recorded_by": actor,
        "created_at": now,
        "updated_at": now,
    }
    return Row("repayments", values)


def _entry_row(
    loan: LoanFacts, split: Split, about: Beside, posted: Posted, *, actor: str, now: datetime
) -> Row:
    values: dict[str, Any] = {
        "id": about.id,
        "loan_id": loan.id,
        "fund_id": loan.fund_id,
        "area_code": loan.area_code,
        "kind": about.kind,
        "on_date": about.on,
        **split._asdict(),
        "base_no": loan.base_no,
        "repayment_id": about.repayment_id,
        "document_no": about.document_no,
        "channel": None if about.channel is None else about.channel.value,
        "journal_id": posted.journal_id,
        "journal_number": posted.number,
        "actor": actor,
        "created_at": now,
    }
    return Row("loan_entries", values)


def _closed(loan: LoanFacts, *, on: date, now: datetime) -> Row:
    fact = LoanClosed(
        loan_id=loan.id,
        fund_id=loan.fund_id,
        area_code=loan.area_code,
        closed_on=on,
        because=ClosedBecause.REPAID,
    )
    return outbox.row(fact, subject=loan.id, sequence=loan.version + 1, now=now)
