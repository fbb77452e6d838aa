"""The long work of feeds, as the worker runs it."""

from pathlib import Path
from typing import Any
from uuid import UUID

from households.feeds import pulls
from households.feeds.errors import FileRefusal
from households.feeds.importing import Import, remember_refusal, run_import
from households.feeds.service import IMPORT_KIND
from shared import clock
from shared.jobs import JobContext, Work
from shared.storage import Files


def work(*, files_url: str, secrets_folder: Path, allow_private: bool) -> dict[str, Work]:
    """Return what does each kind of job; `allow_private` lets pulls reach addresses inside (tests, demo)."""
    files = Files(files_url)

    async def import_edition(job: JobContext) -> dict[str, Any]:
        task = Import(
            UUID(job.arguments["edition_id"]),
            dry_run=bool(job.arguments.get("dry_run")),
            approved=bool(job.arguments.get("approved")),
        )
        try:
            return await run_import(
                job.session, files, secrets_folder, task, progress=job.progress, now=clock.now()
            )
        except FileRefusal as refusal:
            if not task.dry_run:
                async with job.database.transaction() as session:
                    await remember_refusal(session, task.edition_id, refusal)
            raise

    async def pull(job: JobContext) -> dict[str, Any]:
        return await pulls.run(
            job, files=files, secrets_folder=secrets_folder, allow_private=allow_private, now=clock.now()
        )

    return {IMPORT_KIND: import_edition, pulls.KIND: pull}
