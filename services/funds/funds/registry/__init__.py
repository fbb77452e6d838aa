"""The registry of funds: kind, area, name, state."""
