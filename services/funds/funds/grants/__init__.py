"""Grants: money given, not lent; paid out of an approval, and its use shown."""
