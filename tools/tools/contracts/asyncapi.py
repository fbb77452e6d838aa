"""The AsyncAPI 3.0 document: every event, the service that sends it and the consumers that receive it."""

import importlib
from collections.abc import Mapping
from typing import Any

import orjson
import yaml

from shared.bus import topology
from shared.consumers import Consumer
from shared.events import CONTENT_TYPE, Event
from tools.contracts import events

_DESCRIPTION = """\
What the services of Chumchon (ชุมชน) tell each other. Every event is a CloudEvents 1.0 envelope in
structured JSON on the topic exchange `events`; its type is the routing key. Events carry surrogate ids,
area codes, states and amounts, never a citizen id, a name or a phone number. `sequence` is the version of
the aggregate named by `subject`: a late event never overwrites a newer state. Within a version only fields
are added; consumers ignore what they do not know.
"""
_ENVELOPE = {
    "type": "object",
    "required": [
        "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "sequence", "data",
    ],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "format": "uuid", "description": "The same however often it is delivered"},
        "source": {"type": "string", "pattern": "^urn:chumchon:[a-z]+$"},
        "type": {"type": "string"},
        "subject": {"type": "string", "format": "uuid", "description": "The aggregate's id"},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "sequence": {"type": "string", "pattern": "^[0-9]{19}$", "description": "The aggregate's version"},
        "correlationid": {"type": "string", "description": "The request or event that began the story"},
        "causationid": {"type": "string", "format": "uuid", "description": "The event that caused this one"},
        "traceparent": {"type": "string", "description": "W3C trace context"},
        "data": {"type": "object"},
    },
}  # fmt: skip


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such, and nothing as an alias."""

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def document(classes: Mapping[str, Mapping[str, type[Event]]]) -> bytes:
    """Return the document for the event classes of each service and the consumers of all of them."""
    published = {name: cls for of_service in classes.values() for name, cls in of_service.items()}
    operations = {
        f"send.{name}": _operation("send", name, f"{cls.__name__} happened")
        for name, cls in published.items()
    }
    for service in classes:
        for consumer in consumers(service):
            operations |= {
                f"receive.{consumer.name}.{name}": _operation(
                    "receive", name, f"{consumer.queue} learns of it"
                )
                for name in consumer.handlers
                if name in published
            }
    whole = {
        "asyncapi": "3.0.0",
        "id": "urn:chumchon:events",
        "info": {"title": "Chumchon events", "version": "1.0.0", "description": _DESCRIPTION},
        "defaultContentType": CONTENT_TYPE,
        "servers": {
            "broker": {
                "host": "rabbitmq:5672",
                "protocol": "amqp",
                "protocolVersion": "0.9.1",
                "description": "RabbitMQ; each service connects as its own user",
            }
        },
        "channels": {name: _channel(name, cls) for name, cls in published.items()},
        "operations": operations,
        "components": {
            "messages": {name: _message(name, cls) for name, cls in published.items()},
            "schemas": {
                "envelope": _ENVELOPE,
                **{name: _payload(name, cls) for name, cls in published.items()},
            },
        },
    }
    text: str = yaml.dump(whole, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text.encode()


def consumers(service: str) -> list[Consumer]:
    """Return the consumers that a service's worker runs."""
    found: list[Consumer] = importlib.import_module(f"{service}.worker").CONSUMERS
    return found


def _channel(name: str, cls: type[Event]) -> dict[str, Any]:
    return {
        "address": name,
        "title": cls.__name__,
        "description": (cls.__doc__ or "").strip(),
        "messages": {cls.__name__: {"$ref": f"#/components/messages/{name}"}},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {
                    "name": topology.EVENTS,
                    "type": "topic",
                    "durable": True,
                    "autoDelete": False,
                    "vhost": "/",
                },
                "bindingVersion": "0.3.0",
            }
        },
    }


def _operation(action: str, name: str, summary: str) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{name}"}, "summary": summary}


def _message(name: str, cls: type[Event]) -> dict[str, Any]:
    return {
        "name": name,
        "title": cls.__name__,
        "summary": (cls.__doc__ or "").strip(),
        "contentType": CONTENT_TYPE,
        "correlationId": {"location": "$message.payload#/correlationid"},
        "payload": {"$ref": f"#/components/schemas/{name}"},
        "examples": [{"name": "example", "payload": _example(cls)}],
    }


def _payload(name: str, cls: type[Event]) -> dict[str, Any]:
    data = events.schema(cls)
    definitions = data.pop("$defs", None)
    data.pop("$schema")
    data.pop("$id")
    schema: dict[str, Any] = {
        "allOf": [
            {"$ref": "#/components/schemas/envelope"},
            {"type": "object", "properties": {"type": {"const": name}, "data": data}},
        ]
    }
    if definitions:
        data["definitions"] = definitions
        _relocate(data, f"#/components/schemas/{name}/allOf/1/properties/data/definitions/")
    return schema


def _relocate(part: Any, place: str) -> None:
    """Point references to the definitions at where they stand in this document."""
    if isinstance(part, dict):
        if "$ref" in part:
            part["$ref"] = place + part["$ref"].rpartition("/")[2]
        for value in part.values():
            _relocate(value, place)
    elif isinstance(part, list):
        for value in part:
            _relocate(value, place)


def _example(cls: type[Event]) -> Any:

    return orjson.loads(events.document(cls))["example"]
