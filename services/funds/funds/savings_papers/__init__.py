"""Papers of a savings group: pass books, and the sheet of its monthly meeting, which comes back filled in."""
