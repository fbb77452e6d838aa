"""The tables' common base: metadata of this service alone."""

from sqlmodel import SQLModel

from shared.db import new_registry


class Base(SQLModel, registry=new_registry()):
    """Base of every table of this service."""
