"""The keys for citizen ids, as operations of this service get them."""

from typing import Annotated

from fastapi import Depends, Request

from shared.citizen import CitizenKeys


async def _keys(request: Request) -> CitizenKeys:
    """Return the keys loaded when the process started."""
    keys: CitizenKeys = request.app.state.citizen_keys
    return keys


Keys = Annotated[CitizenKeys, Depends(_keys)]
"""Parameter type of operations that store, find or show a citizen id (เลขประจำตัวประชาชน)."""
