"""Editions as the tests of feeds make them."""

from ..feeds.conftest import desk as desk  # noqa: PLC0414, TID252  # a fixture is known by being here
