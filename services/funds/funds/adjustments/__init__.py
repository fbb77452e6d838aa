"""Entries written by hand (รายการปรับปรุง): proposed by one person, posted by another."""
