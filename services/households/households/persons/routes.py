"""Persons over HTTP: found by name or citizen id, read, corrected, their death recorded."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from households.changes import queries as changes
from households.changes.schemas import ChangeOut
from households.citizen import Keys
from households.permissions import HouseholdReader, HouseholdWriter
from households.persons import masking, queries, service
from households.persons.errors import (
    AlreadyDead,
    BirthInFuture,
    DateInFuture,
    DeathBeforeBirth,
    PersonNotFound,
)
from households.persons.rules import NameQuestion, name_question
from households.persons.schemas import (
    Death,
    DeathOut,
    Lookup,
    MembershipOut,
    PersonDetail,
    PersonFilters,
    PersonOut,
    PersonPatch,
)
from shared import audit, clock, etags, paging, problems, web
from shared.db import Session
from shared.errors import InvalidCursor, PurposeRequired, ScopeMissing, StaleVersion, VersionRequired
from shared.security import Principal, purpose_of

router = web.router(tags=["persons"])


@router.get(
    "/persons",
    response_model=paging.Page[PersonOut],
    responses=problems.responses(InvalidCursor),
    summary="Persons by name or area (ค้นหาบุคคล)",
)
async def list_persons(
    session: Session,
    principal: HouseholdReader,
    keys: Keys,
    page: paging.PageParams,
    filters: Annotated[PersonFilters, Query()],
) -> Response:
    """Find persons of your areas by name, or list them village by village. Masked; leaves an audit row.

    ค้นหาบุคคลด้วยชื่อ (ตัดคำนำหน้า สะกดต่างกันเล็กน้อยก็พบ) หรือเรียงตามหมู่บ้าน ข้อมูลปกปิดบางส่วนและบันทึกการเข้าถึง
    """
    narrowed = queries.Filters(areas=principal.areas, area=filters.area, updated_since=filters.updated_since)
    question = None if filters.name is None else name_question(filters.name)
    if question is not None:
        rows, mode = await _by_name(session, question, narrowed, page)
        key: tuple[str, ...] = ("first_name_key", "last_name_key", "id")
    else:
        mode, key = "area", ("village_code", "id")
        after = None if page.after is None else (str(page.after[1]), UUID(page.after[2]))
        rows = await queries.by_area(session, filters=narrowed, after=after, limit=page.fetch)
    more, rows = len(rows) > page.limit, rows[: page.limit]
    total = await queries.count(session, filters=narrowed) if page.count and question is None else None
    await _seen(session, principal, "person.list", rows)
    next_key = (mode, *(str(rows[-1][name]) for name in key)) if more else None
    items = [masking.masked(row, cipher=keys.cipher) for row in rows]
    return paging.page(page, items, next_key=next_key, total=total)


async def _by_name(
    session: AsyncSession, question: NameQuestion, filters: queries.Filters, page: paging.Params
) -> tuple[list[Any], queries.Mode]:
    """Return the rows by spelling, by sound where nobody is spelt like that; a next page goes on alike."""
    limit = page.fetch
    if page.after is not None:
        mode, first, last, person_id = page.after
        after = (first, last, UUID(person_id))
        found = await queries.by_name(
            session, question=question, mode=mode, filters=filters, after=after, limit=limit
        )
        return found, mode
    modes: tuple[queries.Mode, ...] = ("name", "sound")
    for mode in modes:
        found = await queries.by_name(
            session, question=question, mode=mode, filters=filters, after=None, limit=limit
        )
        if found:
            return found, mode
    return [], "name"


@router.post(
    "/persons/lookup",
    response_model=PersonOut,
    responses=problems.responses(PersonNotFound),
    summary="The person with a citizen id (ค้นหาด้วยเลขประจำตัวประชาชน)",
)
async def look_up_person(session: Session, principal: HouseholdReader, keys: Keys, body: Lookup) -> Response:
    """Return the person of your areas with this citizen id, masked. Leaves an audit row.

    ค้นหาบุคคลด้วยเลขประจำตัวประชาชนผ่านดัชนีแบบปิด เลขไม่อยู่ใน URL และบันทึกการเข้าถึง
    """
    row = await queries.by_citizen_id(session, keys.index.index(body.citizen_id), areas=principal.areas)
    if row is None:
        raise PersonNotFound
    await _seen(session, principal, "person.lookup", [row])
    return _answer(masking.masked(row, cipher=keys.cipher), version=row["version"])


@router.get(
    "/persons/{person_id}",
    response_model=PersonDetail,
    responses={200: etags.DESCRIBED, **problems.responses(PersonNotFound, PurposeRequired, ScopeMissing)},
    summary="One person (ข้อมูลบุคคล)",
)
async def read_person(
    session: Session,
    principal: HouseholdReader,
    keys: Keys,
    person_id: UUID,
    full: Annotated[  # noqa: FBT002  # FastAPI passes it by name
        bool, Query(description="Citizen id and birth date in full; needs `pii:read` and a `Purpose` header")
    ] = False,
) -> Response:
    """Return a person of your areas with all memberships. Leaves an audit row.

    อ่านข้อมูลบุคคลและประวัติการเป็นสมาชิกครัวเรือน ข้อมูลเต็มต้องมีสิทธิ์ pii:read และระบุวัตถุประสงค์
    """
    purpose = purpose_of(principal) if full else None
    row = await queries.one(session, person_id, areas=principal.areas)
    if row is None:
        raise PersonNotFound
    await audit.record(
        session,
        principal=principal,
        action="person.read_full" if full else "person.read",
        subjects=[person_id],
        now=clock.now(),
        purpose=purpose,
    )
    show = masking.full if full else masking.masked
    body: dict[str, Any] = show(row, cipher=keys.cipher)
    held = await queries.memberships(session, person_id)
    body["memberships"] = [{name: one[name] for name in MembershipOut.model_fields} for one in held]
    return _answer(body, version=row["version"])


@router.patch(
    "/persons/{person_id}",
    response_model=PersonOut,
    responses=problems.responses(
        PersonNotFound, StaleVersion, VersionRequired, BirthInFuture, DeathBeforeBirth
    ),
    summary="Correct a person (แก้ไขข้อมูลบุคคล)",
)
async def change_person(
    session: Session,
    principal: HouseholdWriter,
    keys: Keys,
    person_id: UUID,
    if_match: etags.IfMatch,
    body: PersonPatch,
) -> Response:
    """Correct name, title, sex or birth date by merge patch. แก้ไขชื่อ คำนำหน้า เพศ หรือวันเกิด."""
    row = await service.change(
        session, person_id=person_id, patch=body, if_match=if_match, actor=principal, now=clock.now()
    )
    return _answer(masking.masked(row, cipher=keys.cipher), version=row["version"])


@router.post(
    "/persons/{person_id}/death",
    response_model=DeathOut,
    responses=problems.responses(PersonNotFound, AlreadyDead, DateInFuture, DeathBeforeBirth),
    summary="Record a death (บันทึกการเสียชีวิต)",
)
async def record_death(
    session: Session, principal: HouseholdWriter, keys: Keys, person_id: UUID, body: Death
) -> Response:
    """Record a death: the membership ends; a household whose head died needs another one.

    บันทึกการเสียชีวิต สิ้นสุดการเป็นสมาชิก ถ้าเป็นหัวหน้าครัวเรือนต้องกำหนดหัวหน้าใหม่
    """
    row, household_id, needs_head = await service.record_death(
        session, person_id=person_id, died_on=body.died_on, actor=principal, now=clock.now()
    )
    answer = {
        "person": masking.masked(row, cipher=keys.cipher),
        "household_id": household_id,
        "household_needs_head": needs_head,
    }
    return _answer(answer, version=row["version"])


@router.get(
    "/persons/{person_id}/history",
    response_model=paging.Page[ChangeOut],
    responses=problems.responses(PersonNotFound, InvalidCursor),
    summary="What changed of a person (ประวัติการแก้ไขข้อมูลบุคคล)",
)
async def list_person_changes(
    session: Session, principal: HouseholdReader, person_id: UUID, page: paging.PageParams
) -> Response:
    """List the changes of a person, newest first. Leaves an audit row. ประวัติการเปลี่ยนแปลง ใหม่สุดก่อน."""
    row = await queries.one(session, person_id, areas=principal.areas)
    if row is None:
        raise PersonNotFound
    await _seen(session, principal, "person.history", [row])
    return await _changes(session, person_id, page)


async def _changes(session: AsyncSession, subject: UUID, page: paging.Params) -> Response:
    before = page.place(UUID)
    rows = await changes.of(session, subject=subject, before=before, limit=page.fetch)
    return paging.page(page, rows, key=("id",))


async def _seen(
    session: AsyncSession, principal: Principal, action: str, rows: list[Mapping[str, Any]]
) -> None:
    if rows:
        subjects = [row["id"] for row in rows]
        await audit.record(session, principal=principal, action=action, subjects=subjects, now=clock.now())


def _answer(body: Mapping[str, Any], *, version: int) -> Response:
    return Response(
        paging.json_bytes(body), media_type="application/json", headers={"ETag": etags.of(version)}
    )
