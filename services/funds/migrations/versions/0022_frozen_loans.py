"""Problem cases: of which loans the frozen figures are the sums (หลักฐานรายสัญญาของตัวเลขที่ตรึงไว้)."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "problem_figure_loans",
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("round", sa.SmallInteger, nullable=False),
        sa.Column("loan_id", sa.Uuid, nullable=False),
        sa.Column("outstanding", sa.BigInteger, nullable=False),
        sa.Column("overdue_principal", sa.BigInteger, nullable=False),
        sa.Column("overdue_interest", sa.BigInteger, nullable=False),
        sa.Column("written_off", sa.BigInteger, nullable=False),  # and not recovered
        sa.Column("oldest_due_on", sa.Date),  # of what is overdue
        sa.PrimaryKeyConstraint("case_id", "round", "loan_id", name="pk_problem_figure_loans"),
        sa.ForeignKeyConstraint(
            ["case_id", "round"], ["problem_figures.case_id", "problem_figures.round"],
            name="fk_problem_figure_loans_case_id",
        ),
        sa.CheckConstraint(
            "overdue_principal BETWEEN 0 AND outstanding AND overdue_interest >= 0 AND written_off >= 0",
            name="ck_problem_figure_loans_overdue",
        ),
        comment="Open and written-off loans of a fund when the figures of its case were frozen, in satang",
    )
    op.execute(
        "DO $$ BEGIN EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON problem_figure_loans "
        "FROM %1$I', replace(current_user, '_owner', '_app')); END $$"
    )
