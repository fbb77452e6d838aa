"""Dead letters of the services whose settings are in the environment: list them, deliver them again.

python -m tools.dlq list [SERVICE ...]
python -m tools.dlq replay CONSUMER [--id EVENT]

A dead letter is an event that a consumer could not apply: its handler refused it for good, its data did
not fit, or its attempts are used up (docs/runbooks/messaging.md). Replayed, it keeps its id: what was
applied in the meantime is skipped. Works over RabbitMQ where the service's `…_AMQP_URL` is set, else on
the in-process transport's tables in the service's database.
"""

import argparse
import asyncio
import importlib
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from shared.bus import AmqpBus, Bus, DeadLetter, InProcessBus
from shared.consumers import Consumer
from shared.db import Database
from shared.settings import ServiceSettings

SERVICES = ("households", "funds", "otop", "tourism")


@asynccontextmanager
async def opened(settings: ServiceSettings, consumers: Sequence[Consumer]) -> AsyncIterator[Bus]:
    """Yield the transport that a service with these settings uses."""
    if settings.amqp_url is not None:
        bus = AmqpBus(settings.amqp_url, name="dead letters")
        try:
            yield bus
        finally:
            await bus.close()
        return
    database = Database(settings.database_url, application_name="dead-letters", pool_size=2)
    try:
        inprocess = InProcessBus(consumers)
        inprocess.attach(consumers, database)
        yield inprocess
    finally:
        await database.close()


async def dead_letters(settings: ServiceSettings, consumers: Sequence[Consumer]) -> list[DeadLetter]:
    """Return the oldest hundred dead letters of each consumer."""
    async with opened(settings, consumers) as bus:
        return [letter for consumer in consumers for letter in await bus.dead_letters(consumer)]


async def replay(settings: ServiceSettings, consumer: Consumer, *, event_id: UUID | None) -> int:
    """Deliver a consumer's dead letters again, one or all; returns how many."""
    async with opened(settings, [consumer]) as bus:
        return await bus.replay(consumer, event_id=event_id)


def consumers_of(service: str) -> list[Consumer]:
    """Return the consumers that a service's worker runs."""
    found: list[Consumer] = importlib.import_module(f"{service}.worker").CONSUMERS
    return found


def settings_of(service: str) -> ServiceSettings | None:
    """Return a service's settings; None when its environment does not hold them."""
    try:
        found: ServiceSettings = importlib.import_module(f"{service}.settings").Settings()
    except ValidationError:
        return None
    return found


def shown(letters: Sequence[DeadLetter]) -> Table:
    """Return a table of dead letters."""
    table = Table("consumer", "event", "type", "attempts", "error")
    for letter in letters:
        event = str(letter.event_id or "unreadable")
        table.add_row(letter.consumer, event, letter.type or "", str(letter.attempts), letter.error)
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.dlq")
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("list", help="show dead letters")
    listing.add_argument("services", nargs="*", default=[], metavar="SERVICE")
    again = commands.add_parser("replay", help="deliver dead letters again")
    again.add_argument("consumer", metavar="CONSUMER", help="as `list` names it")
    again.add_argument("--id", type=UUID, dest="event_id", metavar="EVENT", help="only this one")
    options = parser.parse_args(arguments)
    if options.command == "list":
        return _list(options.services or SERVICES)
    return _replay(options.consumer, options.event_id)


def _list(services: Sequence[str]) -> int:
    known = {service: settings for service in services if (settings := settings_of(service)) is not None}
    if not known:
        print("no service's settings are in the environment (CHUMCHON_<SERVICE>_…)", file=sys.stderr)
        return 1
    letters = [
        letter
        for service, settings in known.items()
        for letter in asyncio.run(dead_letters(settings, consumers_of(service)))
    ]
    Console().print(shown(letters) if letters else f"no dead letters in {', '.join(known)}")
    return 0


def _replay(name: str, event_id: UUID | None) -> int:
    service = name.partition(".")[0]
    consumers = consumers_of(service) if service in SERVICES else []
    consumer = next((one for one in consumers if one.name == name), None)
    if consumer is None:
        print(f"no consumer {name!r}", file=sys.stderr)
        return 1
    settings = settings_of(service)
    if settings is None:
        print(f"the settings of {service} are not in the environment", file=sys.stderr)
        return 1
    count = asyncio.run(replay(settings, consumer, event_id=event_id))
    print(f"{count} delivered again")
    return 0 if count or event_id is None else 1


if __name__ == "__main__":
    sys.exit(main())
