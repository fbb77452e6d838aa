"""Days that no instalment falls due on: the calendar of Thailand with what an area has set beside it."""
