"""How the names of an import sound: the search for a name falls back on it, so each is learnt once."""

from typing import Final

from households.feeds.staging import Stage
from households.feeds.worker_process import Sounds

_BATCH: Final = 2_000
_UNHEARD = """
SELECT name_key FROM (
    SELECT first_name_key AS name_key FROM incoming_persons UNION SELECT last_name_key FROM incoming_persons
) names
WHERE name_key <> '' AND NOT EXISTS (SELECT FROM name_sounds s WHERE s.name_key = names.name_key)
"""
_LEARN = """
INSERT INTO name_sounds (name_key, sound) SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING
"""


async def learn(stage: Stage) -> None:
    """Learn the names that no person had before; the reading processes work out the sounds."""
    keys = [row["name_key"] for row in await stage.connection.fetch(_UNHEARD)]
    messages = [Sounds(tuple(keys[at : at + _BATCH])) for at in range(0, len(keys), _BATCH)]
    async for message, sounds in stage.pool.each(messages):
        await stage.connection.execute(_LEARN, message.keys, sounds)
