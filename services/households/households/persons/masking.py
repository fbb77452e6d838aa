"""What a person looks like to those who may not see everything: citizen id masked, birth year only."""

from collections.abc import Mapping
from typing import Any

from shared import citizen
from shared.citizen import Cipher

_OPEN = (
    "id", "prefix", "first_name", "last_name", "sex", "died_on", "village_code", "household_id",
    "version", "updated_at",
)  # fmt: skip


def masked(person: Mapping[str, Any], *, cipher: Cipher) -> dict[str, Any]:
    """Return a person as `PersonOut` says her, masked."""
    full = citizen_id(person, cipher=cipher)
    born = person["birth_date"]
    return {
        **{name: person[name] for name in _OPEN},
        "birth_year": born.year if born else None,
        "citizen_id": None if full is None else citizen.mask(full),
    }


def full(person: Mapping[str, Any], *, cipher: Cipher) -> dict[str, Any]:
    """Return a person with everything that is known of her; who asks has said for what purpose."""
    return {
        **masked(person, cipher=cipher),
        "citizen_id": citizen_id(person, cipher=cipher),
        "birth_date": person["birth_date"],
    }


def citizen_id(person: Mapping[str, Any], *, cipher: Cipher) -> str | None:
    """Return the citizen id (เลขประจำตัวประชาชน) in the clear."""
    sealed = person["citizen_id_enc"]
    return None if sealed is None else cipher.decrypt(sealed, table="persons", row=person["id"])
