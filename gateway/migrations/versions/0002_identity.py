"""Identity, first form: principals, grants, tokens taken back (ผู้ใช้ สิทธิ์ และโทเคนที่ถูกเพิกถอน)."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

CODE = sa.Text(collation="C")


def upgrade() -> None:
    op.create_table(
        "principals",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("name", CODE, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("secret_hash", sa.Text),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("grant_version", sa.BigInteger, nullable=False, server_default="1"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_principals"),
        sa.UniqueConstraint("name", name="uq_principals_name"),
        sa.CheckConstraint("kind IN ('user', 'client')", name="ck_principals_kind"),
        sa.CheckConstraint("name ~ '^[a-z][a-z0-9._-]{1,62}$'", name="ck_principals_name"),
        sa.CheckConstraint("kind = 'client' OR secret_hash IS NULL", name="ck_principals_secret_hash"),
    )
    op.create_table(
        "grants",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("principal_id", sa.Uuid, nullable=False),
        sa.Column("role", CODE, nullable=False),
        sa.Column("area", CODE, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_grants"),
        sa.ForeignKeyConstraint(["principal_id"], ["principals.id"], name="fk_grants_principal_id"),
        sa.CheckConstraint("area ~ '^([0-9]{2}){0,4}$'", name="ck_grants_area"),
        sa.CheckConstraint("role ~ '^[a-z_]{2,40}$'", name="ck_grants_role"),
    )
    op.create_index(
        "uq_grants_principal_id_role_area", "grants", ["principal_id", "role", "area"], unique=True
    )
    op.create_table(
        "revoked_tokens",
        sa.Column("jti", CODE, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("jti", name="pk_revoked_tokens"),
    )
    op.create_index("ix_revoked_tokens_expires_at", "revoked_tokens", ["expires_at"])
