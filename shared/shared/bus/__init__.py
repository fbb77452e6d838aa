"""The transport between services: an interface and its two adapters, in-process and AMQP."""

from shared.bus.amqp import AmqpBus
from shared.bus.base import Bus, DeadLetter, NotPublished, Unroutable
from shared.bus.inprocess import InProcessBus

__all__ = ["AmqpBus", "Bus", "DeadLetter", "InProcessBus", "NotPublished", "Unroutable"]
