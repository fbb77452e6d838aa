"""Committees of funds: members' terms, meetings with minutes, hand-overs (กรรมการ ประชุม ส่งมอบงาน)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"

CODE = sa.Text(collation="C")
NOW = sa.text("now()")


def upgrade() -> None:
    _members()
    _meetings()
    _handovers()


def _members() -> None:
    op.create_table(
        "fund_committee_members",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("subject", CODE),  # user id, when she has one
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("role", CODE, nullable=False),
        sa.Column("person_id", sa.Uuid),
        sa.Column("household_id", sa.Uuid),  # her own household, on which she does not decide
        sa.Column("term_from", sa.Date, nullable=False),
        sa.Column("term_to", sa.Date),  # inclusive: the last day in office
        sa.Column("end_reason", CODE),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("id", name="pk_fund_committee_members"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_fund_committee_members_fund_id"),
        sa.CheckConstraint(
            "role IN ('chair', 'vice_chair', 'secretary', 'treasurer', 'member')",
            name="ck_fund_committee_members_role",
        ),
        sa.CheckConstraint("term_to >= term_from", name="ck_fund_committee_members_term_to"),
        sa.CheckConstraint(
            "end_reason IN ('term_ended', 'resigned', 'removed', 'died', 'moved_away')",
            name="ck_fund_committee_members_end_reason",
        ),
        # A floor under the service's check of overlapping terms, which runs under a lock of the fund.
        sa.UniqueConstraint("fund_id", "subject", "term_from", name="uq_fund_committee_members_fund_id"),
    )
    # Who is in office in a fund on a day.
    op.create_index(
        "ix_fund_committee_members_fund_id", "fund_committee_members", ["fund_id", "term_from", "id"]
    )


def _meetings() -> None:
    op.create_table(
        "fund_meetings",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("minutes_no", CODE, nullable=False),
        sa.Column("place", sa.Text),
        sa.Column("present", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("decisions", JSONB, nullable=False),  # [{"number": "1", "text": "…"}]
        sa.Column("file_key", CODE),
        sa.Column("file_type", CODE),
        sa.Column("file_size", sa.BigInteger),
        sa.Column("file_sha256", CODE),
        sa.Column("recorded_by", CODE, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("id", name="pk_fund_meetings"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_fund_meetings_fund_id"),
        sa.UniqueConstraint("fund_id", "minutes_no", name="uq_fund_meetings_fund_id"),
        sa.CheckConstraint(
            "kind IN ('committee', 'general', 'extraordinary', 'forum')", name="ck_fund_meetings_kind"
        ),
        sa.CheckConstraint("present BETWEEN 0 AND total AND total > 0", name="ck_fund_meetings_present"),
        sa.CheckConstraint(
            "(file_key IS NULL) = (file_type IS NULL) AND (file_key IS NULL) = (file_size IS NULL) "
            "AND (file_key IS NULL) = (file_sha256 IS NULL)",
            name="ck_fund_meetings_file_key",
        ),
    )
    # Newest first within a fund, and the last meeting of each fund.
    op.create_index("ix_fund_meetings_fund_id_held_on", "fund_meetings", ["fund_id", "held_on", "id"])


def _handovers() -> None:
    op.create_table(
        "fund_handovers",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("handed_on", sa.Date, nullable=False),
        sa.Column("reason", CODE, nullable=False),
        sa.Column("state", CODE, nullable=False, server_default="draft"),
        sa.Column("books", JSONB, nullable=False),  # [{"name": "…", "count": 2, "remark": null}]
        sa.Column("documents", JSONB, nullable=False),  # likewise
        sa.Column("explanation", sa.Text),  # of what was counted and is not what the books say
        sa.Column("journal_number", sa.BigInteger, nullable=False),  # the fund's last entry when it was counted
        sa.Column("recorded_by", CODE, nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("id", name="pk_fund_handovers"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_fund_handovers_fund_id"),
        sa.CheckConstraint(
            "reason IN ('term_ended', 'resigned', 'removed', 'died', 'moved_away')",
            name="ck_fund_handovers_reason",
        ),
        sa.CheckConstraint("state IN ('draft', 'signed')", name="ck_fund_handovers_state"),
        sa.CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name="ck_fund_handovers_signed_at"),
    )
    op.create_index("ix_fund_handovers_fund_id", "fund_handovers", ["fund_id", "handed_on", "id"])
    op.create_table(
        "fund_handover_balances",
        sa.Column("handover_id", sa.Uuid, nullable=False),
        sa.Column("account", CODE, nullable=False),
        sa.Column("counted", sa.BigInteger, nullable=False),  # satang, what the two sides found
        sa.Column("booked", sa.BigInteger, nullable=False),  # satang, what the ledger said on that day
        sa.PrimaryKeyConstraint("handover_id", "account", name="pk_fund_handover_balances"),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["fund_handovers.id"], name="fk_fund_handover_balances_handover_id"
        ),
        sa.CheckConstraint("account ~ '^[0-9]{4}$'", name="ck_fund_handover_balances_account"),
        sa.CheckConstraint("counted >= 0", name="ck_fund_handover_balances_counted"),
    )
    op.create_table(
        "fund_handover_signatures",
        sa.Column("handover_id", sa.Uuid, nullable=False),
        sa.Column("side", CODE, nullable=False),
        sa.Column("subject", CODE, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("handover_version", sa.Integer, nullable=False),  # what was signed
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("handover_id", "side", name="pk_fund_handover_signatures"),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["fund_handovers.id"], name="fk_fund_handover_signatures_handover_id"
        ),
        sa.CheckConstraint("side IN ('outgoing', 'incoming')", name="ck_fund_handover_signatures_side"),
        # Two sides are two persons.
        sa.UniqueConstraint("handover_id", "subject", name="uq_fund_handover_signatures_handover_id"),
    )
