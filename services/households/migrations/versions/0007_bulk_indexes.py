"""A bulk load does without every index of the five tables that an edition fills, not only without some.

Keys too are cheaper to build from all rows than to keep row by row, and households and their snapshots are
written in the same load.
"""

from alembic import op

revision = "0007"
down_revision = "0006"

# A migration that changes one of these writes both functions anew; a test compares them with the catalogue.
BULK_KEYS = {
    "households": ("pk_households PRIMARY KEY (id)", "uq_households_house_id UNIQUE (house_id)"),
    "persons": ("pk_persons PRIMARY KEY (id)", "uq_persons_citizen_id_index UNIQUE (citizen_id_index)"),
    "memberships": ("pk_memberships PRIMARY KEY (id)",),
    "edition_households": ("pk_edition_households PRIMARY KEY (edition_id, household_id)",),
    "edition_persons": ("pk_edition_persons PRIMARY KEY (edition_id, person_id)",),
}
BULK_INDEXES = {
    "ix_households_village_code_id": "households (village_code, id)",
    "ix_persons_village_code_id": "persons (village_code, id)",
    "ix_persons_first_name_key": "persons (first_name_key, last_name_key)",
    "ix_persons_last_name_key": "persons (last_name_key, first_name_key)",
    "ix_memberships_household_id": "memberships (household_id)",
    "ix_memberships_person_id_past": "memberships (person_id) WHERE valid_to IS NOT NULL",
    "uq_memberships_person_id_present": "memberships (person_id) WHERE valid_to IS NULL",
    "uq_memberships_household_id_head": "memberships (household_id) WHERE relation = 'head' AND valid_to IS NULL",
    "ix_edition_households_household_id": "edition_households (household_id)",
    "ix_edition_households_village_code": "edition_households (edition_id, village_code)",
    "ix_edition_persons_household_id": "edition_persons (household_id)",
}


def upgrade() -> None:
    keys = [(table, key) for table, of_table in BULK_KEYS.items() for key in of_table]
    drops = [f"ALTER TABLE {table} DROP CONSTRAINT {key.split()[0]};" for table, key in keys]
    drops += [f"DROP INDEX {name};" for name in BULK_INDEXES]
    builds = [f"ALTER TABLE {table} ADD CONSTRAINT {key};" for table, key in keys]
    builds += [
        f"CREATE {'UNIQUE ' if name.startswith('uq') else ''}INDEX {name} ON {definition};"
        for name, definition in BULK_INDEXES.items()
    ]
    for name, body in (("begin_bulk_load", drops), ("end_bulk_load", builds)):
        op.execute(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS void LANGUAGE plpgsql SECURITY DEFINER "
            f"SET search_path FROM CURRENT AS $function$ BEGIN {''.join(body)} END $function$"
        )
