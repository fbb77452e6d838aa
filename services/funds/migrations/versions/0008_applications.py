"""Applications with their shares, guarantors, checks and decisions (คำขอรับการสนับสนุน)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.migrations import append_only

revision = "0008"
down_revision = "0007"

CODE = sa.Text(collation="C")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _applications()
    _shares()
    _guarantors()
    _checks()
    _decisions()


def _applications() -> None:
    op.create_table(
        "applications",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("application_no", CODE, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("category", CODE, nullable=False),
        sa.Column("borrower_kind", CODE, nullable=False),
        sa.Column("borrower_id", sa.Uuid, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("purpose", CODE, nullable=False),
        sa.Column("plan", sa.Text),
        sa.Column("amount", sa.BigInteger, nullable=False),  # satang
        sa.Column("annual_rate", sa.Numeric(9, 6)),  # per cent a year, where another than the fund's is asked
        sa.Column("months", sa.SmallInteger),
        sa.Column("instalments", sa.SmallInteger),
        sa.Column("budget", JSONB, nullable=False),  # [{"item": "…", "amount": satang}], sums to the amount
        sa.Column("applied_on", sa.Date, nullable=False),  # the product's terms of this day hold
        sa.Column("authors", ARRAY(CODE), nullable=False),  # who wrote it and so does not decide on it
        sa.Column("state", CODE, nullable=False, server_default="draft"),
        sa.Column("reason", sa.Text),  # of the return, rejection or cancellation that it stands in
        sa.Column("round", sa.SmallInteger, nullable=False, server_default="0"),  # of submission
        sa.Column("steps", JSONB, nullable=False),  # of the round: [{"code", "level", "kind"}]
        sa.Column("step_no", sa.SmallInteger, nullable=False, server_default="0"),  # steps taken
        sa.Column("risk", JSONB),  # instrument, version, answers, score, level, who and when
        sa.Column("submitted_on", sa.Date),
        sa.Column("approved_on", sa.Date),
        sa.Column("valid_until", sa.Date),  # the approval's last day
        sa.Column("due_at", MOMENT),  # when the approval lapses: claimed by the worker
        sa.Column("reserved", sa.BigInteger, nullable=False, server_default="0"),  # satang kept back for it
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_applications"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_applications_fund_id"),
        sa.ForeignKeyConstraint(["product_id"], ["fund_products.id"], name="fk_applications_product_id"),
        sa.UniqueConstraint("fund_id", "application_no", name="uq_applications_fund_id"),
        sa.CheckConstraint(
            "category IN ('loan', 'interest_free_loan', 'grant')", name="ck_applications_category"
        ),
        sa.CheckConstraint(
            "borrower_kind IN ('group', 'member', 'household')", name="ck_applications_borrower_kind"
        ),
        sa.CheckConstraint("amount > 0", name="ck_applications_amount"),
        sa.CheckConstraint("annual_rate BETWEEN 0 AND 100", name="ck_applications_annual_rate"),
        sa.CheckConstraint("months > 0", name="ck_applications_months"),
        sa.CheckConstraint("instalments > 0", name="ck_applications_instalments"),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'recommended', 'returned', 'rejected', 'approved', 'contracted', "
            "'paid', 'cancelled', 'expired')",
            name="ck_applications_state",
        ),
        # Money is kept back for an approval and for nothing else; the loan or grant takes it over.
        sa.CheckConstraint(
            "reserved = CASE state WHEN 'approved' THEN amount ELSE 0 END", name="ck_applications_reserved"
        ),
        sa.CheckConstraint(
            "state <> 'approved' OR (approved_on IS NOT NULL AND valid_until IS NOT NULL AND due_at IS NOT NULL)",
            name="ck_applications_approved_on",
        ),
        sa.CheckConstraint("state = 'draft' OR round > 0 OR state = 'cancelled'", name="ck_applications_round"),
    )
    # Lists: the caller's area is a prefix, pages go on from the last (area_code, id).
    op.create_index("ix_applications_area_code_id", "applications", ["area_code", "id"])
    op.create_index("ix_applications_fund_id_id", "applications", ["fund_id", "id"])
    op.create_index("ix_applications_updated_at_id", "applications", ["updated_at", "id"])
    # What else a borrower has asked for, and whether it still stands.
    op.create_index("ix_applications_borrower_id", "applications", ["borrower_id", "product_id", "state"])
    op.create_index(
        "ix_applications_due_at", "applications", ["due_at", "id"],
        postgresql_where=sa.text("state = 'approved'"),
    )


def _shares() -> None:
    op.create_table(
        "application_shares",
        sa.Column("application_id", sa.Uuid, nullable=False),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("parts", sa.Integer),  # what the amount was split by; none where the amount was named
        sa.Column("amount", sa.BigInteger, nullable=False),  # satang; all of an application sum to its amount
        sa.PrimaryKeyConstraint("application_id", "member_id", name="pk_application_shares"),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name="fk_application_shares_application_id"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["fund_members.id"], name="fk_application_shares_member_id"),
        sa.CheckConstraint("parts > 0", name="ck_application_shares_parts"),
        sa.CheckConstraint("amount >= 0", name="ck_application_shares_amount"),
    )
    op.create_index("ix_application_shares_member_id", "application_shares", ["member_id"])


def _guarantors() -> None:
    op.create_table(
        "application_guarantors",
        sa.Column("application_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.SmallInteger, nullable=False),
        sa.Column("member_id", sa.Uuid),
        sa.Column("name", sa.Text),  # of somebody who is no member of the fund
        sa.Column("relation", sa.Text),
        sa.PrimaryKeyConstraint("application_id", "number", name="pk_application_guarantors"),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name="fk_application_guarantors_application_id"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["fund_members.id"], name="fk_application_guarantors_member_id"
        ),
        sa.UniqueConstraint("application_id", "member_id", name="uq_application_guarantors_application_id"),
        sa.CheckConstraint("(member_id IS NULL) = (name IS NOT NULL)", name="ck_application_guarantors_name"),
    )
    op.create_index("ix_application_guarantors_member_id", "application_guarantors", ["member_id"])


def _checks() -> None:
    # The checklist before lending (ป้องกัน): one row an item, its history in the audit trail.
    op.create_table(
        "application_checks",
        sa.Column("application_id", sa.Uuid, nullable=False),
        sa.Column("item", CODE, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.Column("done_on", sa.Date, nullable=False),
        sa.Column("done_by", sa.Text, nullable=False),  # who went there, as she signs
        sa.Column("evidence", sa.Text),
        sa.Column("file_key", CODE),
        sa.Column("file_type", CODE),
        sa.Column("file_size", sa.BigInteger),
        sa.Column("file_sha256", CODE),
        sa.Column("recorded_by", CODE, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("application_id", "item", name="pk_application_checks"),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name="fk_application_checks_application_id"
        ),
        sa.CheckConstraint(
            "(file_key IS NULL) = (file_type IS NULL) AND (file_key IS NULL) = (file_size IS NULL) "
            "AND (file_key IS NULL) = (file_sha256 IS NULL)",
            name="ck_application_checks_file_key",
        ),
    )


def _decisions() -> None:
    op.create_table(
        "application_decisions",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("application_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.SmallInteger, nullable=False),
        sa.Column("round", sa.SmallInteger, nullable=False),
        sa.Column("step", CODE, nullable=False),
        sa.Column("level", CODE, nullable=False),
        sa.Column("decision", CODE, nullable=False),
        sa.Column("subject", CODE, nullable=False),
        sa.Column("decided_on", sa.Date, nullable=False),
        sa.Column("meeting_id", sa.Uuid),  # of the fund itself
        sa.Column("minutes_no", CODE),
        sa.Column("minutes_on", sa.Date),
        sa.Column("reason", sa.Text),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_application_decisions"),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name="fk_application_decisions_application_id"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["fund_meetings.id"], name="fk_application_decisions_meeting_id"
        ),
        sa.UniqueConstraint("application_id", "number", name="uq_application_decisions_application_id"),
        # Whoever decides one step of a round decides no other of it.
        sa.UniqueConstraint("application_id", "round", "subject", name="uq_application_decisions_subject"),
        sa.CheckConstraint(
            "level IN ('village', 'tambon', 'district', 'province')", name="ck_application_decisions_level"
        ),
        sa.CheckConstraint(
            "decision IN ('recommend', 'approve', 'return', 'reject')",
            name="ck_application_decisions_decision",
        ),
        sa.CheckConstraint(
            "decision NOT IN ('return', 'reject') OR reason IS NOT NULL",
            name="ck_application_decisions_reason",
        ),
        sa.CheckConstraint(
            "(minutes_no IS NULL) = (minutes_on IS NULL) AND (meeting_id IS NULL OR minutes_no IS NOT NULL) "
            "AND minutes_on <= decided_on",
            name="ck_application_decisions_minutes_no",
        ),
    )
    append_only(op, "application_decisions")
