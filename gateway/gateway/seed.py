"""The demo's users and clients: python -m gateway.seed FILE writes their credentials into FILE.

Made up, in Ubon Ratchathani (34): its district Warin Chamrap (3415), a tambon and a village of it, the
women's fund of the tambon Mueang Si Khai (341522), a poverty fund's village in Phibun Mangsahan (3419).
"""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from gateway.identity import service
from gateway.identity.passwords import new_secret
from gateway.settings import Settings
from shared import clock
from shared.db import Database

LOGIN = "python -m gateway.login"


@dataclass(frozen=True, slots=True)
class Demo:
    """One demo principal: name, what it is called, and the role and area it holds."""

    name: str
    label: str
    role: str
    area: str


USERS = (
    Demo("department", "กรมการพัฒนาชุมชน / Department", "department", ""),
    Demo("province34", "สำนักงานพัฒนาชุมชนจังหวัด / Province office", "province", "34"),
    Demo("district3415", "พัฒนาการอำเภอ / District officer", "district", "3415"),
    Demo("tambon341501", "พัฒนากร / Tambon officer", "tambon_officer", "341501"),
    Demo("chair3415", "ประธาน ศจพ.อ. / Chair of the district committee", "district_committee", "3415"),
    Demo("secretary3415", "เลขานุการ ศจพ.อ. / Secretary", "district_committee", "3415"),
    Demo("member3415-1", "กรรมการ ศจพ.อ. / Member", "district_committee", "3415"),
    Demo("member3415-2", "กรรมการ ศจพ.อ. / Member", "district_committee", "3415"),
    Demo("member3415-3", "กรรมการ ศจพ.อ. / Member", "district_committee", "3415"),
    Demo("village34150101", "คณะกรรมการหมู่บ้าน / Village committee", "village_committee", "34150101"),
    Demo("fund341522-1", "คณะทำงานกองทุนสตรีตำบล / Women's fund of a tambon", "fund_working_group", "341522"),
    Demo("fund341522-2", "คณะทำงานกองทุนสตรีตำบล / Women's fund of a tambon", "fund_working_group", "341522"),
    Demo("fund3415", "อนุกรรมการกองทุนสตรีอำเภอ / Women's fund, district", "fund_subcommittee", "3415"),
    Demo("fund34", "อนุกรรมการกองทุนสตรีจังหวัด / Women's fund, province", "fund_subcommittee", "34"),
    Demo("fund34190401-1", "กรรมการ กข.คจ. หมู่บ้าน / Poverty fund, chair", "fund_committee", "34190401"),
    Demo("fund34190401-2", "กรรมการ กข.คจ. หมู่บ้าน / Poverty fund, treasurer", "fund_committee", "34190401"),
    Demo("fund34190401-3", "กรรมการ กข.คจ. หมู่บ้าน / Poverty fund, member", "fund_committee", "34190401"),
    Demo("tambon341904", "พัฒนากร / Tambon officer", "tambon_officer", "341904"),
    Demo("chair3419", "ประธาน ศจพ.อ. / Chair of the district committee", "district_committee", "3419"),
    Demo("secretary3419", "เลขานุการ ศจพ.อ. / Secretary", "district_committee", "3419"),
    Demo("member3419-1", "กรรมการ ศจพ.อ. / Member", "district_committee", "3419"),
    Demo("district3419", "พัฒนาการอำเภอ / District officer", "district", "3419"),
    Demo("auditor", "ผู้ตรวจสอบ / Auditor", "auditor", ""),
)
CLIENTS = (
    Demo("chumchon-admin", "สิทธิ์ทั้งหมด / All rights", "system", ""),
    Demo("demo-portal", "พอร์ทัลข้อมูลสาธารณะ / Portal, public data", "partner", ""),
    Demo("demo-feed", "ระบบส่งข้อมูล / Feed system", "feed", ""),
)


async def seed_demo(
    database: Database,
    *,
    public_url: str,
    now: datetime,
    login: str = LOGIN,
    known: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Make the demo's principals and return what `demo-credentials.json` holds.

    Safe to repeat. `known` is what an earlier call returned: its secrets stay valid and are returned again.
    Without it every demo client gets a new secret, since the old one is nowhere but with its owner.
    `login` is the command that prints a user's token, up to `--user NAME`.
    """
    secrets = {entry["client_id"]: entry["client_secret"] for entry in (known or {}).get("clients", ())}
    users, clients = {}, []
    async with database.transaction() as session:
        for demo in USERS:
            subject = await _keep(session, demo, kind="user", secret=None, now=now)
            users[demo.name] = _user(demo, subject, f"{login} --user {demo.name}")
        for demo in CLIENTS:
            old = secrets.get(demo.name)
            secret = old or new_secret()
            subject = await _keep(session, demo, kind="client", secret=None if old else secret, now=now)
            clients.append(
                {
                    "client_id": demo.name,
                    "client_secret": secret,
                    "subject": subject,
                    "label": demo.label,
                    "role": demo.role,
                }
            )
    return {
        "token_url": f"{public_url}/oauth/token",
        "client_id": clients[0]["client_id"],
        "client_secret": clients[0]["client_secret"],
        "clients": clients,
        "users": users,
    }


async def _keep(session: AsyncSession, demo: Demo, *, kind: str, secret: str | None, now: datetime) -> str:
    """Make or refresh one demo principal and return its subject."""
    row = await service.keep_principal(
        session, name=demo.name, kind=kind, label=demo.label, now=now, secret=secret
    )
    await service.keep_grants(session, principal_id=row.id, grants=[(demo.role, demo.area)], now=now)
    return str(row.id)


def _user(demo: Demo, subject: str, command: str) -> dict[str, str]:
    return {
        "label": demo.label,
        "role": demo.role,
        "area": demo.area,
        "subject": subject,
        "token_command": command,
    }


def read(path: Path) -> dict[str, Any] | None:
    """Return the credentials written before, or None."""
    if not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def write(path: Path, credentials: Mapping[str, Any]) -> None:
    """Write the credentials whole or not at all, readable by their owner only."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(credentials, file, ensure_ascii=False, indent=2)
        file.write("\n")
    partial.rename(path)


async def _main(path: Path) -> None:
    settings = Settings()
    if settings.environment == "production":
        sys.exit("there are no demo users in production")
    database = Database(settings.database_url, application_name="gateway-seed", pool_size=1)
    try:
        write(
            path,
            await seed_demo(database, public_url=settings.public_url, now=clock.now(), known=read(path)),
        )
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1])))
