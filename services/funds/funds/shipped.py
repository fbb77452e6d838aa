"""What the service ships in its tables, written after every migration: the kinds of money that funds give."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from funds.products.service import load_shipped


async def load(session: AsyncSession, *, now: datetime) -> None:
    """Bring the shipped rows up to date; quick when nothing differs."""
    await load_shipped(session, now=now)
