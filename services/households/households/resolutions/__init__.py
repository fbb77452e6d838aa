"""Resolutions of a meeting over many cases: certified, rejected or returned."""
