"""Members of funds and the groups they borrow in (สมาชิกกองทุน กลุ่มสมาชิก)."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

CODE = sa.Text(collation="C")
NOW = sa.text("now()")


def upgrade() -> None:
    _members()
    _groups()


def _members() -> None:
    op.create_table(
        "fund_members",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("member_no", CODE, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", CODE, nullable=False),  # what a name is searched by: shared.thai.name_key
        sa.Column("phone", CODE),  # digits only
        sa.Column("person_id", sa.Uuid),  # the surrogate ids of the households service, when known
        sa.Column("household_id", sa.Uuid),
        sa.Column("joined_on", sa.Date, nullable=False),
        sa.Column("left_on", sa.Date),  # the first day on which she was no member any more
        sa.Column("leave_reason", CODE),
        sa.Column("state", CODE, nullable=False, server_default="active"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("id", name="pk_fund_members"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_fund_members_fund_id"),
        sa.UniqueConstraint("fund_id", "member_no", name="uq_fund_members_fund_id"),
        sa.CheckConstraint("state IN ('active', 'left')", name="ck_fund_members_state"),
        sa.CheckConstraint(
            "(state = 'left') = (left_on IS NOT NULL) AND (state = 'left') = (leave_reason IS NOT NULL)",
            name="ck_fund_members_left",
        ),
        sa.CheckConstraint("left_on >= joined_on", name="ck_fund_members_left_on"),
        sa.CheckConstraint(
            "leave_reason IN ('resigned', 'moved_away', 'died', 'removed', 'mistake')",
            name="ck_fund_members_leave_reason",
        ),
        sa.CheckConstraint("phone ~ '^[0-9]{9,10}$'", name="ck_fund_members_phone"),
    )
    # Nobody is a member of one fund twice at a time.
    op.create_index(
        "uq_fund_members_person_id", "fund_members", ["fund_id", "person_id"], unique=True,
        postgresql_where=sa.text("state = 'active'"),
    )
    # Lists: the caller's area is a prefix, pages go on from the last (area_code, id).
    op.create_index("ix_fund_members_fund_id_id", "fund_members", ["fund_id", "id"])
    # Deaths and target households arrive by surrogate id.
    op.create_index(
        "ix_fund_members_person_id", "fund_members", ["person_id"],
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    op.create_index(
        "ix_fund_members_household_id", "fund_members", ["household_id"],
        postgresql_where=sa.text("household_id IS NOT NULL"),
    )
    op.create_index("ix_fund_members_area_code", "fund_members", ["area_code", "state"])


def _groups() -> None:
    op.create_table(
        "borrower_groups",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("formed_on", sa.Date, nullable=False),
        sa.Column("dissolved_on", sa.Date),  # the first day on which it stood no more
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("id", name="pk_borrower_groups"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_borrower_groups_fund_id"),
        sa.CheckConstraint("dissolved_on >= formed_on", name="ck_borrower_groups_dissolved_on"),
    )
    # A name means one standing group of the fund.
    op.create_index(
        "uq_borrower_groups_name", "borrower_groups", ["fund_id", "name"], unique=True,
        postgresql_where=sa.text("dissolved_on IS NULL"),
    )
    op.create_index("ix_borrower_groups_fund_id_id", "borrower_groups", ["fund_id", "id"])
    op.create_table(
        "group_members",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("group_id", sa.Uuid, nullable=False),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("role", CODE, nullable=False, server_default="member"),
        sa.Column("joined_on", sa.Date, nullable=False),
        sa.Column("left_on", sa.Date),  # the first day on which she was not in the group any more
        sa.PrimaryKeyConstraint("id", name="pk_group_members"),
        sa.ForeignKeyConstraint(["group_id"], ["borrower_groups.id"], name="fk_group_members_group_id"),
        sa.ForeignKeyConstraint(["member_id"], ["fund_members.id"], name="fk_group_members_member_id"),
        sa.CheckConstraint(
            "role IN ('chair', 'secretary', 'treasurer', 'member')", name="ck_group_members_role"
        ),
        sa.CheckConstraint("left_on >= joined_on", name="ck_group_members_left_on"),
    )
    op.create_index(
        "uq_group_members_group_id", "group_members", ["group_id", "member_id"], unique=True,
        postgresql_where=sa.text("left_on IS NULL"),
    )
    op.create_index("ix_group_members_member_id", "group_members", ["member_id"])
