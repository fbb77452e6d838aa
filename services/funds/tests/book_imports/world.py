"""What test_every_route.py needs of books taken over."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from funds.book_imports import service
from funds.book_imports.schemas import NewBookImport
from shared.storage import StoredFile
from tests.book_imports.books import CUT_OFF, workbook
from tests.factories import NOW, OFFICER, a_fund

World = dict[str, str]
_VILLAGE = "34190203"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def a_book_import(session: AsyncSession, world: World) -> World:
    """Begin the import of a village's book, with a workbook to be checked."""
    del world
    fund = await a_fund(session, kind="poverty", area_code=_VILLAGE)
    new = NewBookImport(fund_id=fund.id, cut_off_on=CUT_OFF)
    by: dict[str, Any] = {"actor": OFFICER, "now": NOW}
    import_id = await service.begin(session, new=new, **by)
    stored = StoredFile(key="book-imports/0.xlsx", size=1, sha256="0" * 64)
    await service.take_file(session, import_id=import_id, name="book.xlsx", stored=stored, **by)
    return {"import_id": str(import_id)}


MAKERS = [a_book_import]
BODIES: dict[str, Callable[[World], dict[str, Any]]] = {
    "check_book_import": lambda _: {},
    "cancel_book_import": lambda _: {},
}
FILES = {"send_book_file": ("book.xlsx", workbook(), _XLSX)}
