"""Committees that find, propose and certify target households, and their members' terms."""
