"""Facts that the tests of papers share, and how their text is read again."""

from datetime import date
from fractions import Fraction
from io import BytesIO

from pypdf import PdfReader

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
from funds.schedules.rules import Disbursement, Method, Rounding, Terms, schedule

FUND = FundFacts(
    name="กองทุนพัฒนาบทบาทสตรี ตำบลเมืองศรีไค",
    place="ตำบลเมืองศรีไค อำเภอวารินชำราบ จังหวัดอุบลราชธานี",
    signer="นางบุญมี ค้ำคูณ",
)
ROWS = schedule(
    [Disbursement(date(2022, 10, 1), 5000_00)],
    Terms(
        method=Method.FLAT,
        annual_rate=Fraction(12, 100),
        instalments=18,
        first_due=date(2022, 11, 1),
        instalment_rounding=Rounding(multiple=100),
    ),
).rows
CONTRACT = ContractFacts(
    fund=FUND,
    contract_no="12/2565",
    signed_on=date(2022, 10, 1),
    borrower=Party(name="กลุ่มทอผ้าบ้านศรีไค", address="หมู่ที่ 9 ตำบลเมืองศรีไค"),
    principal=5000_00,
    annual_rate=Fraction(12, 100),
    purpose="ซื้อเส้นไหมและกี่ทอผ้าสำหรับทอผ้าไหมมัดหมี่จำหน่าย",
    rows=ROWS,
    instalments=18,
    penalty_rate=Fraction(75, 1000),
    shares=[
        Share(name="นางสมหญิง น้ำใจดี", amount=1666_67),
        Share(name="นางป้อม ปิ่นแก้ว", amount=1666_67),
        Share(name="นางเปี้ย ฝั่งโขง", amount=1666_66),
    ],
    guarantors=[Party(name="นายซ้ำ ต่ำต้อย")],
    conventions=["ดอกเบี้ยคิดแบบคงที่ตลอดสัญญา เฉลี่ยเท่ากันทุกงวด"],
)
RECEIPT = ReceiptFacts(
    fund=FUND,
    receipt_no="0001/2565",
    paid_on=date(2022, 11, 1),
    contract_no="12/2565",
    payer="นางสมหญิง น้ำใจดี",
    penalty=0,
    interest=50_00,
    principal=278_00,
    advance=0,
    outstanding=4722_00,
    channel="เงินสด",
    received_by="นางบุญมี ค้ำคูณ",
    next_due_on=date(2022, 12, 1),
    next_due=328_00,
)
LETTER = DemandLetterFacts(
    fund=FUND,
    letter_no="กพส 7/2566",
    written_on=date(2023, 2, 5),
    to=Party(name="นางสมหญิง น้ำใจดี", address="บ้านเลขที่ 12 หมู่ที่ 9"),
    contract_no="12/2565",
    contract_date=date(2022, 10, 1),
    principal=5000_00,
    outstanding=4722_00,
    overdue=[
        Overdue(number=2, due_on=date(2022, 12, 1), principal=278_00, interest=50_00, penalty=1_20),
        Overdue(number=3, due_on=date(2023, 1, 1), principal=278_00, interest=50_00),
    ],
    days_late=66,
    pay_by=date(2023, 2, 20),
    contact="นางบุญมี ค้ำคูณ ที่ทำการกองทุน",
)
STATEMENT = StatementFacts(
    fund=FUND,
    holder="นางสมหญิง น้ำใจดี",
    account="เงินกู้ สัญญาเลขที่ 12/2565",
    since=date(2022, 10, 1),
    until=date(2024, 9, 30),
    opening=0,
    movements=[
        LoanMovement(
            on=row.due_date,
            document=f"ร {row.number}/2565",
            text="รับชำระหนี้",
            principal=row.principal,
            interest=row.interest,
            paid_in=row.total,
            paid_out=0,
            balance=row.balance,
        )
        for row in ROWS * 4
    ],
    closing=0,
    advance=46_00,
    made_on=date(2024, 9, 30),
)


def text_of(pdf: bytes) -> str:
    """Return a PDF's text without blanks: readers put them where a mark was moved."""
    pages = PdfReader(BytesIO(pdf)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def squeezed(text: str) -> str:
    """Return a text as `text_of` gives it."""
    return "".join(text.split())
