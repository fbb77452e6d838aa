"""What each paper tells; amounts in satang, rates as fractions of one, and never a citizen id."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from funds.schedules.rules import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class FundFacts:
    """The fund that issues a paper (กองทุน)."""

    name: str
    place: str
    """As it is written: "หมู่ที่ 9 ตำบลศรีไค อำเภอวารินชำราบ จังหวัดอุบลราชธานี"."""
    signer: str = ""
    """Who signs for the fund."""
    signer_role: str = "ประธานคณะกรรมการกองทุน"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody who borrows, guarantees or receives a letter."""

    name: str
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A group member's part of a loan (ส่วนของสมาชิก)."""

    name: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractFacts:
    """A loan contract (สัญญากู้ยืมเงิน)."""

    fund: FundFacts
    contract_no: str
    signed_on: date
    borrower: Party
    principal: int
    annual_rate: Fraction
    purpose: str
    rows: Sequence[Row]
    """The schedule agreed on; empty where it follows with the disbursement."""
    instalments: int
    penalty_rate: Fraction = Fraction(0)
    shares: Sequence[Share] = ()
    guarantors: Sequence[Party] = ()
    conventions: Sequence[str] = ()
    """Sentences on how interest is counted and rounded, in Thai."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFacts:
    """A receipt for a repayment (ใบเสร็จรับเงิน)."""

    fund: FundFacts
    receipt_no: str
    paid_on: date
    contract_no: str
    payer: str
    penalty: int
    interest: int
    principal: int
    advance: int
    """What is kept for the next instalments; below zero: what was kept and is used."""
    outstanding: int
    """Principal left after it."""
    channel: str
    """How it was paid: "เงินสด", "โอนเข้าบัญชีกองทุน"."""
    received_by: str
    next_due_on: date | None = None
    next_due: int = 0
    reversed_on: date | None = None
    """Where it was cancelled: the paper says so across."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """An instalment that is late (งวดที่ค้างชำระ)."""

    number: int
    due_on: date
    principal: int
    interest: int
    penalty: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandLetterFacts:
    """A letter that asks for what is overdue (หนังสือทวงถาม)."""

    fund: FundFacts
    letter_no: str
    written_on: date
    to: Party
    contract_no: str
    contract_date: date
    principal: int
    outstanding: int
    overdue: Sequence[Overdue]
    days_late: int
    pay_by: date
    contact: str
    """Whom to call or visit, and where."""
    as_guarantor: bool = False
    """The letter goes to a guarantor."""
    borrower: str = ""
    """Who borrowed and died, where the letter goes to somebody who answers in her place."""
    answers_as: str = ""
    """As what she does: `heirs`, `estate` or `guarantors`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A line of a statement: what came in or went out, and what stood after it."""

    on: date
    document: str
    text: str
    paid_in: int
    paid_out: int
    balance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanMovement(Movement):
    """A line of a loan's statement; the balance is the principal that is left.

    Of what came in, so much was principal, interest and penalty, and so much is kept ahead; below zero it was
    taken from there, or back.
    """

    principal: int = 0
    interest: int = 0
    penalty: int = 0
    advance: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFacts:
    """A loan's account over a time (รายการเดินบัญชี)."""

    fund: FundFacts
    holder: str
    account: str
    """What the account is: "เงินกู้ สัญญาเลขที่ …"."""
    since: date
    until: date
    opening: int
    movements: Sequence[LoanMovement]
    closing: int
    advance: int
    """Kept ahead at the end (เงินรับล่วงหน้า)."""
    made_on: date
