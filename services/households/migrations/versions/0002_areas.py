"""Areas: the country's codes as a prefix tree (จังหวัด อำเภอ ตำบล หมู่บ้าน)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

CODE = sa.Text(collation="C")


def upgrade() -> None:
    op.create_table(
        "areas",
        sa.Column("code", CODE, nullable=False),
        sa.Column("level", sa.SmallInteger, nullable=False),
        sa.Column("parent_code", CODE),
        sa.Column("name_th", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text),
        sa.Column("name_key", CODE, nullable=False),
        sa.Column("name_parts", postgresql.ARRAY(sa.Text(collation="C")), nullable=False),
        sa.Column("sort_key", CODE, nullable=False),
        sa.Column("lat", sa.Double),
        sa.Column("lon", sa.Double),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_to", sa.Date),
        sa.Column("successors", postgresql.ARRAY(CODE), nullable=False, server_default="{}"),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_areas"),
        sa.CheckConstraint("level IN (2, 4, 6, 8)", name="ck_areas_level"),
        sa.CheckConstraint("code ~ '^[0-9]+$' AND char_length(code) = level", name="ck_areas_code"),
        sa.CheckConstraint("parent_code IS NOT DISTINCT FROM nullif(left(code, level - 2), '')", name="ck_areas_parent_code"),
        sa.CheckConstraint("valid_to > valid_from", name="ck_areas_valid_to"),
        sa.CheckConstraint("(lat IS NULL) = (lon IS NULL) AND lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name="ck_areas_place"),
    )
    # Children of an area, and the whole country one level at a time, in code order.
    op.create_index("ix_areas_parent_code_code", "areas", ["parent_code", "code"])
    op.create_index("ix_areas_level_code", "areas", ["level", "code"])
    # Name search that forgives typing mistakes: names that share a part with the question (core GIN, no extension).
    op.create_index("ix_areas_name_parts", "areas", ["name_parts"], postgresql_using="gin")
