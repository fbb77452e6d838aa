"""Meetings of committees: who was present, who declared a conflict, the minutes."""
