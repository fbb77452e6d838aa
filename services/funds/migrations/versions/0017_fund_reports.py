"""Reports: how late each fund's loans were at the end of each month; everything else is the ledger's."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

CODE = sa.Text(collation="C")
MONEY = sa.BigInteger


def upgrade() -> None:
    # Lateness is known for today only; a report of a past year needs what it was at that year's end. The row of
    # the present month is written again each day until the month is over.
    op.create_table(
        "fund_arrears_months",
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("month", sa.Date, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("late_loans", sa.Integer, nullable=False),
        sa.Column("overdue", MONEY, nullable=False),
        sa.Column("par30", MONEY, nullable=False),
        sa.Column("par60", MONEY, nullable=False),
        sa.Column("par90", MONEY, nullable=False),
        sa.PrimaryKeyConstraint("fund_id", "month", name="pk_fund_arrears_months"),
        sa.CheckConstraint("extract(day FROM month) = 1", name="ck_fund_arrears_months_month"),
        sa.CheckConstraint(
            "overdue >= 0 AND par90 >= 0 AND par60 >= par90 AND par30 >= par60 AND late_loans >= 0",
            name="ck_fund_arrears_months_amounts",
        ),
        comment="Overdue principal, and outstanding of loans more than 30, 60 and 90 days late, by month; satang",
    )
    op.create_index("ix_fund_arrears_months_area_code", "fund_arrears_months", ["area_code", "month"])
    # Loans paid out in a year, by area.
    op.create_index("ix_loan_disbursements_area_code", "loan_disbursements", ["area_code", "paid_on"])
