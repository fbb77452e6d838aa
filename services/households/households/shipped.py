"""What the service ships in its tables, written after every migration: the areas of the country."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from households.areas.service import load_catalogue


async def load(session: AsyncSession, *, now: datetime) -> None:
    """Bring the shipped rows up to date; quick when nothing differs."""
    await load_catalogue(session, now=now)
